import { type GraphQLObjectType, isInterfaceType, isObjectType, parse } from "graphql";
import { CLASSIFICATIONS, type Classification } from "../../shared/classification-levels.ts";
import type { ProductDescriptor } from "../../shared/product-descriptor.ts";
import type { Artifact } from "../registry/compose.ts";
import { readJoin } from "../registry/read-join.ts";
import { coordinateFacts } from "../supergraph/coordinate-facts.ts";
import { hiddenNames } from "../supergraph/hidden-names.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import { readTags } from "../supergraph/read-tags.ts";
import { originOf, readRuleOrigins } from "../supergraph/rule-origins.ts";
import { buildSupergraph, type Supergraph } from "../supergraph/supergraph.ts";
import type {
  Catalog,
  CatalogField,
  CatalogOwner,
  CatalogPort,
  CatalogProduct,
  CatalogRule,
} from "./catalog.ts";
import { coordinatesOf, isKey, listProducts, type Outline, type Reader } from "./list-products.ts";

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
      if (!fields.has(coordinate)) fields.set(coordinate, describeField(coordinate, outline, reader));
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

function describeField(coordinate: string, outline: Outline, reader: Reader): CatalogField {
  const { supergraph, join, tags } = reader;
  const [parentType = "", name = ""] = coordinate.split(".");
  const definition = fieldsOf(supergraph, parentType)[name];
  const rules = supergraph.fieldPolicies.of(parentType, name)?.rules ?? [];
  const { classification, owner } = coordinateFacts(supergraph, coordinate);
  return {
    coordinate,
    product: outline.id,
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
    // Whoever answers for the product, where nobody else does for the field.
    owner: owner ?? ownerOf(outline, reader),
    rules: rules.flatMap((rule) => tell(rule, reader)),
  };
}

function describeProduct(outline: Outline, fields: readonly CatalogField[], reader: Reader): CatalogProduct {
  const { id, subgraph, domain, version, status, descriptor, types } = outline;
  const { supergraph, tags } = reader;
  const own = fields.filter(({ product }) => product === id);
  const levels = own.map(({ classification }) => CLASSIFICATIONS.indexOf(classification ?? "PUBLIC"));
  const isClassified = own.some(({ classification }) => classification !== null);
  const stated = types.flatMap((type) => [...(tags.get(type) ?? [])]);
  return {
    id,
    subgraph,
    domain,
    name: descriptor?.name ?? id,
    version,
    status,
    owner: ownerOf(outline, reader),
    tags: [...new Set([...(descriptor?.tags ?? []), ...stated])],
    classification: isClassified ? (CLASSIFICATIONS[Math.max(...levels)] ?? null) : null,
    descriptor,
    ports: types.map((type) => describePort(type, descriptor, reader)),
    rules: (supergraph.policy.get("schema") ?? []).flatMap((rule) => tell(rule, reader)),
  };
}

function ownerOf({ descriptor, types: [main = ""] }: Outline, { supergraph }: Reader): CatalogOwner | null {
  return descriptor?.owner ?? coordinateFacts(supergraph, main).owner;
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

function levelOf(level: string | undefined): Classification | null {
  return CLASSIFICATIONS.find((item) => item === level) ?? null;
}
