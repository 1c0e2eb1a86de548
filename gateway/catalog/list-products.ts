import { getNamedType, isInterfaceType, isObjectType, Kind, parse } from "graphql";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { Artifact } from "../registry/compose.ts";
import type { JoinFacts } from "../registry/read-join.ts";
import type { HiddenNames } from "../supergraph/hidden-names.ts";
import type { Tags } from "../supergraph/read-tags.ts";
import { originOf, type RuleOrigins } from "../supergraph/rule-origins.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { visibleDescriptor } from "./visible-descriptor.ts";

/** What a generation is read with. */
export interface Reader {
  readonly supergraph: Supergraph;
  readonly join: JoinFacts;
  readonly tags: Tags;
  readonly origins: RuleOrigins;
  readonly hidden: HiddenNames;
}

/** A product before its fields are known. */
export interface Outline {
  readonly id: string;
  readonly subgraph: string;
  readonly domain: string;
  readonly version: string;
  readonly status: ProductDescriptor["status"];
  readonly descriptor: ProductDescriptor | null;
  readonly types: readonly string[];
}

/** Those with a descriptor, and those that only directives name. */
export function listProducts(
  { products = [] }: Artifact,
  { supergraph, hidden, origins }: Reader,
): readonly Outline[] {
  const described = products.map(({ subgraph, descriptor: whole }): Outline => {
    const descriptor = visibleDescriptor(whole, hidden);
    const { id, domain, version, status, outputPorts } = descriptor;
    const types = outputPorts.map(({ type }) => type);
    return { id, subgraph, domain, version, status, descriptor, types };
  });
  const written = new Map<string, Outline>();
  for (const rule of [...supergraph.policy.values()].flat())
    for (const args of rule.applications) {
      const { coordinate, directive } = rule;
      const product = directive.facts?.(args).product;
      if (!product || coordinate === "schema" || !hidden.isVisible(coordinate)) continue;
      if (described.some(({ id }) => id === product.id)) continue;
      const types = [...(written.get(product.id)?.types ?? []), coordinate];
      const subgraph = originOf(rule, origins)?.subgraphs[0] ?? "";
      written.set(product.id, { ...product, ...versionOf(args), subgraph, descriptor: null, types });
    }
  return [...described, ...written.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function versionOf(args: unknown): Pick<Outline, "version" | "status"> {
  const values = new Map<string, unknown>(Object.entries(args ?? {}));
  const status = STATUSES.find((item) => item === values.get("status")) ?? "DRAFT";
  return { version: String(values.get("version") ?? ""), status };
}

const STATUSES: readonly ProductDescriptor["status"][] = ["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"];

/**
 * The fields of a product: of its output ports and of the values in them, and those that its subgraph adds to types
 * of others, as far as the product's subgraph resolves them and clients see them.
 */
export function coordinatesOf(outline: Outline, all: readonly Outline[], reader: Reader): readonly string[] {
  const { join, hidden } = reader;
  const own = join.fields.filter(
    ({ type, name, subgraphs }) =>
      subgraphs.includes(outline.subgraph) && hidden.isVisible(`${type}.${name}`),
  );
  const ports = new Set(all.flatMap(({ types }) => types));
  const types = [...outline.types];
  // Grows while it is walked.
  for (const type of types)
    for (const value of valueTypes(type, reader))
      if (!types.includes(value) && !ports.has(value)) types.push(value);
  const offered = types.flatMap((type) => own.filter((field) => field.type === type));
  const isOnly = all.filter(({ subgraph }) => subgraph === outline.subgraph).length === 1;
  const added = isOnly
    ? own.filter(({ type, name }) => join.keys.has(type) && !types.includes(type) && !isKey(join, type, name))
    : [];
  return [...offered, ...added].map(({ type, name }) => `${type}.${name}`);
}

/** Objects without a life of their own in the fields of a type; pages of lists are none. */
function valueTypes(typeName: string, { supergraph, join }: Reader): readonly string[] {
  const type = supergraph.apiSchema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const returned = getNamedType(field.type);
    if (!isObjectType(returned) || join.keys.has(returned.name)) return [];
    return /(?:Connection|Edge|PageInfo)$/.test(returned.name) ? [] : [returned.name];
  });
}

/** Whether a field is in a key of its type. */
export function isKey({ keys }: JoinFacts, type: string, field: string): boolean {
  return (keys.get(type) ?? []).some((set) => topLevel(set).includes(field));
}

/** The fields that a field set names first: `id` and `org` of `id org { id }`. */
function topLevel(fieldSet: string): readonly string[] {
  const [operation] = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return [];
  return operation.selectionSet.selections.flatMap((item) =>
    item.kind === Kind.FIELD ? [item.name.value] : [],
  );
}
