import type { FetchDataRewrite } from "@apollo/query-planner";
import { type GraphQLSchema, isAbstractType, isObjectType } from "graphql";
import { checkKey, compileRead } from "./generate-code.ts";
import { isJsonObject, type JsonObject } from "./merge-entities.ts";

/** Changes an object in place, or each one of a list. */
export type Rewrite = (value: unknown) => void;

/** Compiles a plan's rewrites: setting a value or renaming a key, at a path of keys and `... on Type`. */
export function compileRewrites(rewrites: readonly FetchDataRewrite[], schema: GraphQLSchema): Rewrite {
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, schema));
  return (value) => {
    for (const rewrite of compiled) rewrite(value);
  };
}

/** Whether an object type is, or is part of, the named type. */
export function isOfType(schema: GraphQLSchema, objectType: string, condition: string): boolean {
  if (objectType === condition) return true;
  const [type, abstract] = [schema.getType(objectType), schema.getType(condition)];
  return isObjectType(type) && isAbstractType(abstract) && schema.isSubType(abstract, type);
}

/** The type of a `... on Type` element of a rewrite's path; null for a key. */
export function fragmentType(element: string): string | null {
  return element.startsWith("... on ") ? element.slice("... on ".length) : null;
}

function compileRewrite(rewrite: FetchDataRewrite, schema: GraphQLSchema): Rewrite {
  const key = checkKey(rewrite.path.at(-1) ?? "");
  const steps = rewrite.path.slice(0, -1);
  if (rewrite.kind === "ValueSetter") {
    return atPath(steps, schema, (object) => {
      object[key] = rewrite.setValueTo;
    });
  }
  const read = compileRead(key);
  const name = checkKey(rewrite.renameKeyTo);
  return atPath(steps, schema, (object) => {
    const value = read(object);
    if (value === undefined) return;
    object[name] = value;
    delete object[key];
  });
}

function atPath(
  steps: readonly string[],
  schema: GraphQLSchema,
  apply: (object: JsonObject) => void,
): Rewrite {
  const [first, ...rest] = steps;
  const type = first === undefined ? null : fragmentType(first);
  const read = first === undefined || type !== null ? null : compileRead(first);
  const below = first === undefined ? null : atPath(rest, schema, apply);
  const rewrite: Rewrite = (value) => {
    if (Array.isArray(value)) for (const item of value) rewrite(item);
    else if (!isJsonObject(value)) return;
    else if (below === null) apply(value);
    else if (read !== null) below(read(value));
    else if (type !== null && matches(schema, value, type)) below(value);
  };
  return rewrite;
}

function matches(schema: GraphQLSchema, object: JsonObject, condition: string): boolean {
  const name = object.__typename;
  return typeof name !== "string" || isOfType(schema, name, condition);
}
