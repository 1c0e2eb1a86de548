import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";
import { checkKey, compileRead, generateCode, memberOf } from "./generate-code.ts";

/** An object of merged data: parsed JSON, changed in place while a plan runs. */
export type JsonObject = Record<string, unknown>;

/** The response keys of a selection set with those below; null for leaves. */
export type KeyTree = ReadonlyMap<string, KeyTree | null>;

/**
 * The keys that the operation of a fetch returns, below `_entities` for an entity fetch. Fragments are
 * expanded and their keys united: two objects are merged by the same keys whatever their types.
 */
export function keysOfOperation(document: DocumentNode, entities: boolean): KeyTree {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const keys: MutableKeys = new Map();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) addKeys(node.selectionSet, fragments, keys);
  }
  return entities ? (keys.get("_entities") ?? new Map()) : keys;
}

/**
 * Compiles the assignment of what one subgraph gave to what is already there. Objects present on both sides are
 * merged, lists of equal length item by item; else the newer value stays. Only keys that were selected are
 * read, so nothing else in an answer has an effect. What `target` lacks it adopts from `source`, uncopied.
 *
 * @param interfaceObjects names that a subgraph gives as `__typename` without knowing the type: they do not
 * replace a type that is known
 */
export function compileMerge(
  keys: KeyTree,
  interfaceObjects: ReadonlySet<string>,
): (target: JsonObject, source: JsonObject) => void {
  const functions: string[] = [];
  const root = generateMerge(keys, interfaceObjects.size > 0, functions);
  const source = `const V=c[0],I=c[1];${functions.join("\n")}return ${root}`;
  return generateCode([mergeValue, interfaceObjects], source) ?? composeMerge(keys, interfaceObjects);
}

/** The keys of two selections of the same object. */
export function uniteKeys(a: KeyTree, b: KeyTree): KeyTree {
  const keys = new Map(a);
  for (const [key, below] of b) {
    const known = keys.get(key);
    keys.set(key, known && below ? uniteKeys(known, below) : (known ?? below));
  }
  return keys;
}

type MutableKeys = Map<string, MutableKeys | null>;
type Merge = (target: JsonObject, source: JsonObject) => void;

function addKeys(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  keys: MutableKeys,
): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      const key = checkKey(node.alias?.value ?? node.name.value);
      const below = keys.get(key) ?? (node.selectionSet ? new Map() : null);
      keys.set(key, below);
      if (node.selectionSet && below) addKeys(node.selectionSet, fragments, below);
    } else if (node.kind === Kind.INLINE_FRAGMENT) addKeys(node.selectionSet, fragments, keys);
    else {
      const fragment = fragments.get(node.name.value);
      if (fragment) addKeys(fragment.selectionSet, fragments, keys);
    }
  }
}

/** Adds the source of a merge function for these keys, and gives its name. */
function generateMerge(keys: KeyTree, keepTypes: boolean, functions: string[]): string {
  const statements = [...keys].map(([key, below]) => {
    const [from, to] = [memberOf("s", key), memberOf("t", key)];
    if (key === "__typename" && keepTypes) {
      return `v=${from};if(v!==undefined&&(${to}===undefined||!I.has(v)))t.${key}=v;`;
    }
    if (below === null) return `v=${from};if(v!==undefined)t.${key}=v;`;
    const merge = generateMerge(below, keepTypes, functions);
    return `v=${from};if(v!==undefined){o=${to};t.${key}=o==null?v:V(o,v,${merge})}`;
  });
  const name = `m${functions.length}`;
  functions.push(`function ${name}(t,s){let v,o;${statements.join("")}}`);
  return name;
}

function composeMerge(keys: KeyTree, interfaceObjects: ReadonlySet<unknown>): Merge {
  const parts = [...keys].map(([key, below]): Merge => {
    const read = compileRead(key);
    const merge = below === null ? null : composeMerge(below, interfaceObjects);
    return (target, source) => {
      const value = read(source);
      if (value === undefined) return;
      if (key === "__typename" && interfaceObjects.has(value) && target[key] !== undefined) return;
      const old = merge === null ? null : read(target);
      target[key] =
        merge === null || old === null || old === undefined ? value : mergeValue(old, value, merge);
    };
  });
  return (target, source) => {
    for (const part of parts) part(target, source);
  };
}

/** What takes the place of `old`, which is not null. */
function mergeValue(old: unknown, value: unknown, merge: Merge): unknown {
  if (Array.isArray(old) && Array.isArray(value)) {
    if (old.length !== value.length) return value;
    for (let i = 0; i < old.length; i += 1) {
      old[i] = old[i] === null || old[i] === undefined ? value[i] : mergeValue(old[i], value[i], merge);
    }
    return old;
  }
  if (!isJsonObject(old) || !isJsonObject(value)) return value;
  merge(old, value);
  return old;
}

/** Whether the value is a JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
