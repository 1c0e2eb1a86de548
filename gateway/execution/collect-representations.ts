import type { FetchNode, QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { compileRead } from "./generate-code.ts";
import { jsonText } from "./leaf-text.ts";
import { isJsonObject, type JsonObject } from "./merge-entities.ts";
import { compileRewrites, fragmentType, isOfType } from "./rewrite-data.ts";

/** The representations for one `_entities` call, each one once. */
export interface Representations {
  /** JSON texts. */
  readonly texts: readonly string[];
  /** The objects that are represented. */
  readonly targets: readonly JsonObject[];
  /** For each target, which text stands for it. */
  readonly indexes: readonly number[];
}

export type CollectRepresentations = (objects: readonly JsonObject[]) => Representations;

/** Writes the representation of an object; null where something required is missing: it is left out. */
type WriteRepresentation = (object: JsonObject) => string | null;

/** How objects of one type are represented. */
interface TypeWriter {
  readonly write: WriteRepresentation;
  /** Reads the value that the representation depends on, where it is a single one. */
  readonly key: ((object: JsonObject) => unknown) | null;
}

/**
 * Compiles what a fetch requires of an object to a writer of JSON text per type. Equal texts are sent once
 * (an entity that occurs many times costs one).
 */
export function compileRepresentations(fetch: FetchNode, schema: GraphQLSchema): CollectRepresentations {
  const writers = new Map<string, TypeWriter | null>();
  const writerFor = (type: string): TypeWriter | null => {
    const known = writers.get(type);
    if (known !== undefined) return known;
    // Names that the supergraph does not have come from a subgraph, without limit: not kept.
    if (!schema.getType(type)) return null;
    const made = compileType(type, fetch, schema);
    writers.set(type, made);
    return made;
  };
  return (objects) => {
    const texts: string[] = [];
    const targets: JsonObject[] = [];
    const indexes: number[] = [];
    const byText = new Map<string, number>();
    let type: unknown;
    let writer: TypeWriter | null = null;
    let byKey = new Map<unknown, number>();
    for (const object of objects) {
      if (object.__typename !== type) {
        type = object.__typename;
        writer = typeof type === "string" ? writerFor(type) : null;
        byKey = new Map();
      }
      if (writer === null) continue;
      const key = writer.key?.(object);
      let index = key === undefined ? undefined : byKey.get(key);
      if (index === undefined) {
        const text = writer.write(object);
        if (text === null) continue;
        index = byText.get(text);
        if (index === undefined) {
          index = texts.push(text) - 1;
          byText.set(text, index);
        }
        if (key !== undefined) byKey.set(key, index);
      }
      targets.push(object);
      indexes.push(index);
    }
    return { texts, targets, indexes };
  };
}

/** Null where nothing is required of the type: its objects are not sent. */
function compileType(type: string, fetch: FetchNode, schema: GraphQLSchema): TypeWriter | null {
  const fragments = (fetch.requires ?? []).filter(
    (node) => node.kind === "InlineFragment" && isOfType(schema, type, node.typeCondition ?? type),
  );
  const [only] = fragments;
  if (only === undefined) return null;
  const typeName = rewrittenTypeName(type, fetch, schema);
  if (
    fragments.length > 1 ||
    only.kind !== "InlineFragment" ||
    typeName === null ||
    !isPlain(only.selections)
  ) {
    return { write: compileGeneral(fetch, schema), key: null };
  }
  const parts = only.selections.filter((node) => responseKeyOf(node) !== "__typename");
  const [single] = parts;
  return {
    write: composeObject(`{"__typename":${JSON.stringify(typeName)}`, parts),
    key:
      parts.length === 1 && single?.kind === "Field" && !single.selections
        ? compileRead(responseKeyOf(single))
        : null,
  };
}

/** What `inputRewrites` make of a type's name; null where they do anything else. */
function rewrittenTypeName(type: string, fetch: FetchNode, schema: GraphQLSchema): string | null {
  let name = type;
  for (const rewrite of fetch.inputRewrites ?? []) {
    const [condition, key, ...rest] = rewrite.path;
    const on = condition === undefined ? null : fragmentType(condition);
    if (rewrite.kind !== "ValueSetter" || on === null || key !== "__typename" || rest.length > 0) return null;
    if (isOfType(schema, name, on)) name = String(rewrite.setValueTo);
  }
  return name;
}

/** Fields all the way down, `__typename` at the top: text can be written straight from the object. */
function isPlain(selections: readonly QueryPlanSelectionNode[]): boolean {
  const onlyFields = (nodes: readonly QueryPlanSelectionNode[]): boolean =>
    nodes.every((node) => node.kind === "Field" && (!node.selections || onlyFields(node.selections)));
  return onlyFields(selections) && selections.some((node) => responseKeyOf(node) === "__typename");
}

function responseKeyOf(node: QueryPlanSelectionNode): string {
  return node.kind === "Field" ? (node.alias ?? node.name) : "";
}

/** Writes `head` (an object's text without the closing brace), then the fields. */
function composeObject(head: string, nodes: readonly QueryPlanSelectionNode[]): WriteRepresentation {
  const parts = nodes.map((node, index) => {
    const key = responseKeyOf(node);
    const opener = index === 0 && head === "{" ? "" : ",";
    const below = node.selections ? composeObject("{", node.selections) : null;
    return { prefix: `${opener}"${key}":`, read: compileRead(key), below };
  });
  return (object) => {
    let text = head;
    for (const { prefix, read, below } of parts) {
      const value = read(object);
      if (value === undefined) return null;
      text += prefix + (below === null ? jsonText(value) : nestedText(value, below));
    }
    return `${text}}`;
  };
}

function nestedText(value: unknown, write: WriteRepresentation): string {
  if (Array.isArray(value)) return `[${value.map((item) => nestedText(item, write)).join(",")}]`;
  return isJsonObject(value) ? (write(value) ?? "null") : "null";
}

/** Whatever a plan may require: fragments anywhere, rewrites of any kind. */
function compileGeneral(fetch: FetchNode, schema: GraphQLSchema): WriteRepresentation {
  const rewrite = compileRewrites(fetch.inputRewrites ?? [], schema);
  const select = composeSelect(fetch.requires ?? [], schema);
  return (object) => {
    const representation = select(object);
    if (representation === null || typeof representation.__typename !== "string") return null;
    rewrite(representation);
    return JSON.stringify(representation);
  };
}

function composeSelect(
  nodes: readonly QueryPlanSelectionNode[],
  schema: GraphQLSchema,
): (object: JsonObject) => JsonObject | null {
  const parts = nodes.map((node) => {
    const select = node.selections ? composeSelect(node.selections, schema) : null;
    if (node.kind === "Field")
      return { key: responseKeyOf(node), read: compileRead(responseKeyOf(node)), select };
    return { type: node.typeCondition, select };
  });
  return (object) => {
    const result: JsonObject = {};
    for (const part of parts) {
      if (part.read) {
        const value = part.read(object);
        if (value === undefined) return null;
        result[part.key] = part.select ? selectBelow(value, part.select) : value;
      } else if (
        typeof object.__typename === "string" &&
        isOfType(schema, object.__typename, part.type ?? object.__typename)
      ) {
        mergeSelected(result, part.select?.(object) ?? {});
      }
    }
    return result;
  };
}

function selectBelow(value: unknown, select: (object: JsonObject) => JsonObject | null): unknown {
  if (Array.isArray(value)) return value.map((item) => selectBelow(item, select));
  return isJsonObject(value) ? select(value) : null;
}

/** Adds what another fragment selected of the same object: equal keys hold parts of the same value. */
function mergeSelected(target: unknown, source: unknown): unknown {
  if (Array.isArray(target) && Array.isArray(source)) {
    return target.map((item, index) => mergeSelected(item, source[index]));
  }
  if (!isJsonObject(target) || !isJsonObject(source)) return source;
  for (const key of Object.keys(source)) {
    if (key === "__proto__") continue;
    target[key] = Object.hasOwn(target, key) ? mergeSelected(target[key], source[key]) : source[key];
  }
  return target;
}
