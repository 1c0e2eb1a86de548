import {
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { ProductDescriptor } from "../../../shared/product-descriptor.ts";
import type { QualityRule } from "../../../shared/quality-rule.ts";
import type { CatalogField, CatalogPort, CatalogProduct, CatalogRule } from "../catalog.ts";
import { type Json, lay, patchSchema, plain } from "./json-patch.ts";
import { custom, customList, directiveProperty, STATUS } from "./vocabulary.ts";

/** A product with what is needed to write it down in other standards. */
export interface ProductFacts {
  readonly product: CatalogProduct;
  /** Of the product. */
  readonly fields: readonly CatalogField[];
  /** What clients see. */
  readonly schema: GraphQLSchema;
}

/**
 * The contract of a product in the Open Data Contract Standard 3.1 (https://bitol-io.github.io/open-data-contract-standard):
 * what it offers, field by field, promised and checked how; rules of governance in custom properties that begin with `dpg`.
 * What was imported and has no place with us is laid over it.
 */
export function toContract(facts: ProductFacts): Json {
  const { standards } = facts.product.descriptor ?? {};
  const patch = patchSchema.safeParse(standards?.odcs);
  return lay(patch.success ? patch.data : null, ownContract(facts));
}

/** The same without what was imported. */
export function ownContract({ product, fields, schema }: ProductFacts): Json {
  const { id, name, version, status, domain, descriptor, ports } = product;
  const writer = new SchemaWriter(fields, schema, descriptor);
  return {
    apiVersion: "v3.1.0",
    kind: "DataContract",
    id,
    name,
    version,
    status: STATUS[status],
    domain,
    dataProduct: id,
    ...(descriptor ? describe(descriptor) : {}),
    schema: ports.map((port) => writer.object(port)),
    ...(descriptor ? promise(descriptor) : {}),
  };
}

function describe({ purpose, terms, tags, support, owner, roles, created }: ProductDescriptor): {
  [key: string]: Json;
} {
  return {
    description: { purpose, usage: terms.usage, limitations: terms.limitations },
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    ...(support.length > 0 ? { support: plain(support) } : {}),
    team: { name: owner.team, members: [{ username: owner.contact, role: "owner" }] },
    ...(created === undefined ? {} : { contractCreatedTs: created }),
    ...(roles.length > 0
      ? {
          roles: roles.map(({ name, access, description, scopes }) => ({
            role: name,
            access,
            ...(description === undefined ? {} : { description }),
            ...(scopes.length > 0 ? { customProperties: [custom("dpgScopes", [...scopes])] } : {}),
          })),
        }
      : {}),
  };
}

function promise({ serviceLevels, description, inputPorts, terms }: ProductDescriptor): {
  [key: string]: Json;
} {
  const { availability, latencyP95Ms, errorRate, freshness, deprecationNotice, onStale } = serviceLevels;
  return {
    slaProperties: [
      { property: "availability", value: availability, unit: "percent" },
      { property: "latency", value: latencyP95Ms, unit: "ms", description: "95th percentile of a request" },
      ...(errorRate === undefined ? [] : [{ property: "errorRate", value: errorRate, unit: "percent" }]),
      { property: "freshness", value: freshness, description: "age of the data, ISO 8601" },
      { property: "deprecationNotice", value: deprecationNotice, description: "ISO 8601" },
    ],
    ...customList({
      dpgDescription: description,
      dpgInputPorts: inputPorts.length > 0 ? plain(inputPorts) : undefined,
      dpgOnStale: onStale === "off" ? undefined : onStale,
      dpgLicense: terms.license,
      dpgBilling: terms.billing,
    }),
  };
}

/** Writes types as schema objects, with the values in them nested. */
class SchemaWriter {
  readonly #fields: readonly CatalogField[];
  readonly #schema: GraphQLSchema;
  readonly #descriptor: ProductDescriptor | null;

  constructor(fields: readonly CatalogField[], schema: GraphQLSchema, descriptor: ProductDescriptor | null) {
    this.#fields = fields;
    this.#schema = schema;
    this.#descriptor = descriptor;
  }

  object({ type, description, rules }: CatalogPort): { [key: string]: Json } {
    const port = this.#descriptor?.outputPorts.find((item) => item.type === type);
    return {
      name: type,
      logicalType: "object",
      physicalType: "type",
      ...(port?.table === undefined ? {} : { physicalName: port.table }),
      ...(description === null ? {} : { description }),
      properties: this.#properties(type, [type]),
      ...this.#quality(type),
      ...customList(ruleProperties(type, rules)),
    };
  }

  #properties(type: string, within: readonly string[]): { [key: string]: Json }[] {
    return this.#fields
      .filter(({ parentType }) => parentType === type)
      .map((field) => this.#property(field, within));
  }

  #property(field: CatalogField, within: readonly string[]): { [key: string]: Json } {
    const {
      parentType,
      name,
      type,
      description,
      classification,
      categories,
      tags,
      isKey,
      deprecationReason,
    } = field;
    const owner = this.#schema.getType(parentType);
    const output = isObjectType(owner) ? owner.getFields()[name]?.type : undefined;
    const own = tags.filter((tag) => !this.#isInherited(parentType, tag));
    return {
      name,
      ...(output ? this.#logical(output, within) : { logicalType: "string" }),
      physicalType: type,
      ...(description === null ? {} : { description }),
      required: type.endsWith("!"),
      ...(isKey ? { primaryKey: true, primaryKeyPosition: 1 } : {}),
      ...(classification === null ? {} : { classification: classification.toLowerCase() }),
      ...(own.length > 0 ? { tags: own } : {}),
      ...this.#quality(field.coordinate),
      ...customList({
        dpgCategories: categories.length > 0 ? [...categories] : undefined,
        dpgDeprecated: deprecationReason ?? undefined,
        dpgValues: output ? enumValues(output) : undefined,
        ...ruleProperties(field.coordinate, field.rules),
      }),
    };
  }

  /** A tag of the type is told once, there. */
  #isInherited(type: string, tag: string): boolean {
    const all = this.#fields.filter(({ parentType }) => parentType === type);
    return all.length > 1 && all.every(({ tags }) => tags.includes(tag));
  }

  #logical(type: GraphQLOutputType, within: readonly string[]): { [key: string]: Json } {
    if (isNonNullType(type)) return this.#logical(type.ofType, within);
    if (isListType(type)) return { logicalType: "array", items: this.#logical(type.ofType, within) };
    if (!isObjectType(type)) return { logicalType: LOGICAL[type.name] ?? "string" };
    if (within.includes(type.name)) return { logicalType: "object" };
    const properties = this.#properties(type.name, [...within, type.name]);
    return { logicalType: "object", ...(properties.length > 0 ? { properties } : {}) };
  }

  #quality(coordinate: string): { [key: string]: Json } {
    const rules = (this.#descriptor?.quality ?? []).filter(({ on }) => on === coordinate);
    return rules.length === 0 ? {} : { quality: rules.map(qualityItem) };
  }
}

const LOGICAL: Readonly<Record<string, string>> = {
  Int: "integer",
  Float: "number",
  Boolean: "boolean",
  Date: "date",
  DateTime: "timestamp",
  Time: "time",
};

function enumValues(type: GraphQLOutputType): Json | undefined {
  const named = isNonNullType(type) ? type.ofType : type;
  return isEnumType(named) ? named.getValues().map(({ name }) => name) : undefined;
}

/** The rules that stand on the place itself, by directive: `dpgRowFilter: [{ field, claim }]`. */
function ruleProperties(coordinate: string, rules: readonly CatalogRule[]): Readonly<Record<string, Json>> {
  const found: Record<string, Json[]> = {};
  for (const rule of rules) {
    if (rule.coordinate !== coordinate) continue;
    const args: Json = JSON.parse(rule.arguments);
    const name = directiveProperty(rule.directive);
    found[name] = [...(found[name] ?? []), args];
  }
  return found;
}

/** A rule in the standard's words as far as it has some, and whole beside them. */
function qualityItem(rule: QualityRule): { [key: string]: Json } {
  const { name, description, severity, every } = rule;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    severity,
    schedule: every,
    scheduler: "interval",
    ...checkOf(rule),
    customProperties: [custom("dpgRule", plain(rule))],
  };
}

function checkOf(rule: QualityRule): { [key: string]: Json } {
  const library = (metric: string, rest: { [key: string]: Json }) => ({ type: "library", metric, ...rest });
  const atMost = (tolerated: number) =>
    tolerated === 0 ? { mustBe: 0 } : { mustBeLessOrEqualTo: tolerated, unit: "percent" };
  switch (rule.rule) {
    case "notNull":
      return library("nullValues", atMost(rule.tolerated));
    case "unique":
      return library("duplicateValues", { mustBe: 0 });
    case "format":
      return library("invalidValues", { arguments: { pattern: rule.pattern }, ...atMost(rule.tolerated) });
    case "acceptedValues":
      return library("invalidValues", {
        arguments: { validValues: [...rule.values] },
        ...atMost(rule.tolerated),
      });
    case "rowCount":
      return library("rowCount", bounds(rule));
    case "sql":
      return { type: "sql", query: rule.query, ...bounds(rule) };
    default:
      return { type: "custom", engine: "data-product-gateway", implementation: plain(rule) };
  }
}

/** Exactly one operator, as the standard wants. */
function bounds({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }): {
  [key: string]: Json;
} {
  if (max === undefined) return { mustBeGreaterOrEqualTo: min ?? 0 };
  if (min === undefined) return { mustBeLessOrEqualTo: max };
  return min === max ? { mustBe: min } : { mustBeBetween: [min, max] };
}
