import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
} from "graphql";
import type { CatalogAspect } from "../../shared/define-directive.ts";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { Artifact } from "../registry/compose.ts";
import { type JoinFacts, readJoin } from "../registry/read-join.ts";
import { coordinateFacts } from "../supergraph/coordinate-facts.ts";
import { type HiddenNames, hiddenNames } from "../supergraph/hidden-names.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import { readTags, type Tags } from "../supergraph/read-tags.ts";
import { originOf, type RuleOrigins, readRuleOrigins } from "../supergraph/rule-origins.ts";
import { buildSupergraph, type Supergraph } from "../supergraph/supergraph.ts";
import { visibleDescriptor } from "./visible-descriptor.ts";

/** What the catalog says of one generation. */
export interface Catalog {
  readonly products: readonly CatalogProduct[];
  readonly fields: readonly CatalogField[];
  /** Coordinates of types and fields that clients do not know. */
  readonly hidden: readonly string[];
  /** What clients see. */
  readonly schema: GraphQLSchema;
}

export interface CatalogProduct {
  /** `domain.product`. */
  readonly id: string;
  readonly subgraph: string;
  readonly domain: string;
  readonly name: string;
  readonly version: string;
  readonly status: ProductDescriptor["status"];
  readonly owner: CatalogOwner | null;
  readonly tags: readonly string[];
  /** The highest of its fields. */
  readonly classification: Classification | null;
  /** Without what clients do not know of; null where the domain sent none. */
  readonly descriptor: ProductDescriptor | null;
  readonly ports: readonly CatalogPort[];
  /** Of the whole schema. */
  readonly rules: readonly CatalogRule[];
}

export interface CatalogOwner {
  readonly team: string;
  readonly contact: string;
}

export interface CatalogPort {
  readonly type: string;
  readonly description: string | null;
  readonly rules: readonly CatalogRule[];
}

export interface CatalogField {
  readonly coordinate: string;
  readonly product: string;
  readonly parentType: string;
  readonly name: string;
  readonly type: string;
  readonly description: string | null;
  readonly deprecationReason: string | null;
  readonly classification: Classification | null;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly format: string | null;
  readonly isKey: boolean;
  readonly owner: CatalogOwner | null;
  readonly rules: readonly CatalogRule[];
}

export interface CatalogRule {
  readonly directive: string;
  /** The heading that it is shown under. */
  readonly aspect: CatalogAspect | null;
  readonly summary: string;
  /** JSON. */
  readonly arguments: string;
  readonly coordinate: string;
  readonly subgraphs: readonly string[];
  readonly reason: string | null;
}

export type Classification = "PUBLIC" | "INTERNAL" | "CONFIDENTIAL" | "RESTRICTED";

export const CLASSIFICATIONS: readonly Classification[] = [
  "PUBLIC",
  "INTERNAL",
  "CONFIDENTIAL",
  "RESTRICTED",
];

/**
 * Reads the data products of an artifact: what their owners describe, and what the graph serves of it with the rules
 * that hold. What is `@inaccessible` is not in it, nor any text that names it.
 *
 * @throws ClientError SUPERGRAPH_INVALID
 */
export function describeCatalog(artifact: Artifact): Catalog {
  const supergraph = buildSupergraph(artifact.supergraph);
  const document = parse(artifact.supergraph, { noLocation: true });
  const reader: Reader = {
    supergraph,
    join: readJoin(document),
    tags: readTags(document),
    origins: readRuleOrigins(artifact),
    hidden: hiddenNames(supergraph),
  };
  const outlines = listProducts(artifact, reader);
  const fields = new Map<string, CatalogField>();
  for (const outline of outlines)
    for (const coordinate of coordinatesOf(outline, outlines, reader))
      if (!fields.has(coordinate)) fields.set(coordinate, describeField(coordinate, outline.id, reader));
  const all = [...fields.values()];
  const products = outlines.map((outline) => describeProduct(outline, all, reader));
  const schema = supergraph.apiSchema;
  return { products, fields: all, hidden: hiddenCoordinates(reader), schema };
}

function hiddenCoordinates({ supergraph, hidden }: Reader): readonly string[] {
  const types = Object.values(supergraph.schema.getTypeMap());
  const coordinates = types.flatMap((type) => [
    type.name,
    ...(isObjectType(type) || isInterfaceType(type)
      ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
      : []),
  ]);
  return coordinates.filter((coordinate) => !hidden.isVisible(coordinate));
}

interface Reader {
  readonly supergraph: Supergraph;
  readonly join: JoinFacts;
  readonly tags: Tags;
  readonly origins: RuleOrigins;
  readonly hidden: HiddenNames;
}

/** A product before its fields are known. */
interface Outline {
  readonly id: string;
  readonly subgraph: string;
  readonly domain: string;
  readonly version: string;
  readonly status: ProductDescriptor["status"];
  readonly descriptor: ProductDescriptor | null;
  readonly types: readonly string[];
}

/** Those with a descriptor, and those that only directives name. */
function listProducts(
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
function coordinatesOf(outline: Outline, all: readonly Outline[], reader: Reader): readonly string[] {
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

function describeField(coordinate: string, product: string, reader: Reader): CatalogField {
  const { supergraph, join, tags } = reader;
  const [parentType = "", name = ""] = coordinate.split(".");
  const definition = fieldsOf(supergraph, parentType)[name];
  const rules = supergraph.fieldPolicies.of(parentType, name)?.rules ?? [];
  const { classification, owner } = coordinateFacts(supergraph, coordinate);
  return {
    coordinate,
    product,
    parentType,
    name,
    type: String(definition?.type ?? ""),
    description: definition?.description ?? null,
    deprecationReason: definition?.deprecationReason ?? null,
    classification: levelOf(classification?.level),
    categories: classification?.categories ?? [],
    tags: [...new Set([...(tags.get(parentType) ?? []), ...(tags.get(coordinate) ?? [])])],
    format: rules.flatMap((rule) => (rule.directive.aspect === "STANDARD" ? textOf(rule) : []))[0] ?? null,
    isKey: isKey(join, parentType, name),
    owner,
    rules: rules.flatMap((rule) => tell(rule, reader)),
  };
}

function describeProduct(outline: Outline, fields: readonly CatalogField[], reader: Reader): CatalogProduct {
  const { id, subgraph, domain, version, status, descriptor, types } = outline;
  const { supergraph, tags } = reader;
  const own = fields.filter(({ product }) => product === id);
  const levels = own.map(({ classification }) => CLASSIFICATIONS.indexOf(classification ?? "PUBLIC"));
  const isClassified = own.some(({ classification }) => classification !== null);
  const [main = ""] = types;
  const stated = types.flatMap((type) => [...(tags.get(type) ?? [])]);
  return {
    id,
    subgraph,
    domain,
    name: descriptor?.name ?? id,
    version,
    status,
    owner: descriptor?.owner ?? coordinateFacts(supergraph, main).owner,
    tags: [...new Set([...(descriptor?.tags ?? []), ...stated])],
    classification: isClassified ? (CLASSIFICATIONS[Math.max(...levels)] ?? null) : null,
    descriptor,
    ports: types.map((type) => describePort(type, descriptor, reader)),
    rules: (supergraph.policy.get("schema") ?? []).flatMap((rule) => tell(rule, reader)),
  };
}

function describePort(typeName: string, descriptor: ProductDescriptor | null, reader: Reader): CatalogPort {
  const port = descriptor?.outputPorts.find(({ type }) => type === typeName);
  return {
    type: typeName,
    description: port?.description ?? reader.supergraph.apiSchema.getType(typeName)?.description ?? null,
    rules: (reader.supergraph.policy.get(typeName) ?? []).flatMap((rule) => tell(rule, reader)),
  };
}

/** A rule for people; nothing of what clients do not know. */
function tell(rule: Rule, { origins, hidden }: Reader): readonly CatalogRule[] {
  const { coordinate, directive, applications } = rule;
  if (!hidden.isVisible(coordinate)) return [];
  const origin = originOf(rule, origins);
  const isTold = (text: string) => !hidden.isRevealing(text, coordinate);
  const reason = origin?.reason ?? rule.reason;
  return applications.flatMap((args) => {
    // Product and owner have fields of their own, with rules of their own: contacts are not for everybody.
    const { product, owner } = directive.facts?.(args) ?? {};
    if (product || owner) return [];
    const summary = directive.describe(args);
    const json = JSON.stringify(args);
    const isPlain = isTold(summary) && isTold(json);
    return {
      directive: directive.name,
      aspect: directive.aspect ?? null,
      summary: isPlain ? summary : WITHHELD,
      arguments: isPlain ? json : "{}",
      coordinate,
      subgraphs: origin?.subgraphs ?? [],
      reason: reason !== null && isTold(reason) ? reason : null,
    };
  });
}

const WITHHELD = "not told: it names what clients do not know";

function textOf({ directive, applications }: Rule): readonly string[] {
  return applications.map((args) => directive.describe(args));
}

function fieldsOf({ apiSchema }: Supergraph, typeName: string): ReturnType<GraphQLObjectType["getFields"]> {
  const type = apiSchema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
}

function isKey({ keys }: JoinFacts, type: string, field: string): boolean {
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

function levelOf(level: string | undefined): Classification | null {
  return CLASSIFICATIONS.find((item) => item === level) ?? null;
}
