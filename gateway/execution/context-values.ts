import type { FetchDataKeyRenamer } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { compileRead } from "./generate-code.ts";
import { isJsonObject, type JsonObject } from "./merge-entities.ts";
import { fragmentType, isOfType } from "./rewrite-data.ts";
import type { Located } from "./walk-path.ts";

/** Objects for which the arguments taken from a context (`@fromContext`) have the same values. */
export interface ContextGroup {
  /** JSON text by variable name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly objects: readonly JsonObject[];
}

export type GroupByContext = (located: readonly Located[]) => readonly ContextGroup[];

/**
 * Compiles a fetch's context rewrites: each reads, some levels above an object, the value of one argument. As
 * variables hold for a whole call, objects are grouped by the values; what lacks one is left out.
 */
export function compileContexts(
  rewrites: readonly FetchDataKeyRenamer[],
  schema: GraphQLSchema,
): GroupByContext {
  const names = [...new Set(rewrites.map(({ renameKeyTo }) => renameKeyTo))];
  const readers = rewrites.map((rewrite) => ({
    name: rewrite.renameKeyTo,
    read: compileContext(rewrite, schema),
  }));
  return (located) => {
    const groups = new Map<string, { texts: ReadonlyMap<string, string>; objects: JsonObject[] }>();
    for (const item of located) {
      const texts = new Map<string, string>();
      for (const { name, read } of readers) {
        const value = read(item);
        if (value !== undefined) texts.set(name, JSON.stringify(value));
      }
      if (!names.every((name) => texts.has(name))) continue;
      const key = names.map((name) => texts.get(name)).join(" ");
      const group = groups.get(key) ?? { texts, objects: [] };
      group.objects.push(item.object);
      groups.set(key, group);
    }
    return [...groups.values()];
  };
}

/** The path of a context: `..` for each level up, then `... on Type` and keys. */
function compileContext({ path }: FetchDataKeyRenamer, schema: GraphQLSchema): (located: Located) => unknown {
  const levels = path.filter((element) => element === "..").length;
  const steps = path.slice(levels).map((element) => {
    const type = fragmentType(element);
    return type === null
      ? compileRead(element)
      : (object: JsonObject) => (isOf(object, type, schema) ? object : undefined);
  });
  return ({ object, ancestors }) => {
    let value: unknown = levels === 0 ? object : ancestors.at(-levels);
    for (const step of steps) value = isJsonObject(value) ? step(value) : undefined;
    return value;
  };
}

function isOf(object: JsonObject, type: string, schema: GraphQLSchema): boolean {
  const name = object.__typename;
  return typeof name !== "string" || isOfType(schema, name, type);
}
