import type { Json } from "../../../gateway/catalog/standards/json-patch.ts";

/** Stands at the end of every text that is not for everybody; no generator writes it. */
export const HIDDEN = "notforall";

/**
 * A document with a mark on each text that only bearers of a token may be told: all but what the lists below name, so that
 * a part of the standards that nobody thought of is hidden, too. Members whose name begins with `dpg` are ours, and told by
 * their own rules.
 */
export function markHidden(document: Json): Json {
  return marked(document, isObject(document) && document.kind === "DataProduct" ? PRODUCT : CONTRACT);
}

/** What is for everybody: a member as it is, or as a list of its own says. */
interface Shown {
  readonly [member: string]: true | Shown | (() => Shown);
}

const ADDRESS: Shown = {
  apiVersion: true,
  kind: true,
  id: true,
  name: true,
  version: true,
  status: true,
  domain: true,
};
const DESCRIPTION: Shown = { purpose: true, usage: true, limitations: true };
const TYPE: Shown = {
  logicalType: true,
  physicalType: true,
  classification: true,
  properties: () => PROPERTY,
};
const ITEM: Shown = { ...TYPE, items: () => ITEM };
const PROPERTY: Shown = { ...ITEM, name: true, description: true, tags: true };
const CONTRACT: Shown = {
  ...ADDRESS,
  contractCreatedTs: true,
  tags: true,
  description: DESCRIPTION,
  roles: { role: true, description: true, access: true },
  team: { name: true },
  slaProperties: { property: true, value: true, unit: true },
  schema: { name: true, description: true, properties: PROPERTY },
};
const PRODUCT: Shown = {
  ...ADDRESS,
  productCreatedTs: true,
  tags: true,
  description: DESCRIPTION,
  outputPorts: { name: true, description: true },
};

function marked(value: Json, shown: Shown): Json {
  if (typeof value === "string") return `${value}${HIDDEN}`;
  if (Array.isArray(value)) return value.map((item: Json) => marked(item, shown));
  if (!isObject(value)) return value;
  if (typeof value.property === "string" && value.property.startsWith("dpg")) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, item]) => {
      const below = Object.hasOwn(shown, member) ? shown[member] : {};
      if (below === true) return [member, item];
      return [member, marked(item, typeof below === "function" ? below() : (below ?? {}))];
    }),
  );
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
