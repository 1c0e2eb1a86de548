import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type JsonObject = { readonly [key: string]: Json };

/**
 * What one JSON value says beyond another, to be laid over a later form of the other: where that has changed since, the
 * change shows, and what was never in it stays. Lists of named things are compared name by name.
 */
export type Patch =
  /** Another value altogether. */
  | { readonly value: Json }
  /** An object with other members. */
  | { readonly members: Readonly<Record<string, Patch>>; readonly without?: readonly string[] }
  /** A list of objects with a name each. */
  | {
      readonly by: string;
      readonly items: Readonly<Record<string, Patch>>;
      readonly order: readonly string[];
      readonly without?: readonly string[];
    };

/** A patch as it is written down. */
export const patchSchema: z.ZodType<Patch> = z.lazy(() =>
  z.union([
    z.strictObject({ value: z.json() }),
    z.strictObject({
      members: z.record(z.string(), patchSchema),
      without: z.array(z.string()).exactOptional(),
    }),
    z.strictObject({
      by: z.string(),
      items: z.record(z.string(), patchSchema),
      order: z.array(z.string()),
      without: z.array(z.string()).exactOptional(),
    }),
  ]),
);

/** What makes `target` of `base`, or null where they are equal. */
export function differ(base: Json, target: Json): Patch | null {
  if (isDeepStrictEqual(base, target)) return null;
  if (isObject(base) && isObject(target)) return differInMembers(base, target);
  const by = Array.isArray(base) && Array.isArray(target) ? nameOf([...base, ...target], base, target) : null;
  if (by === null || !Array.isArray(base) || !Array.isArray(target)) return { value: target };
  const were = byName(base, by);
  const are = byName(target, by);
  const without = [...were.keys()].filter((name) => !are.has(name));
  const items = [...are].flatMap(([name, item]) => {
    const was = were.get(name);
    const patch = was === undefined ? { value: item } : differ(was, item);
    return patch ? [[name, patch] as const] : [];
  });
  return { by, items: record(items), order: [...are.keys()], ...(without.length > 0 ? { without } : {}) };
}

/** `base` with the patch; exactly the target where `base` is what the patch was made from. */
export function lay(patch: Patch | null, base: Json | undefined): Json {
  if (patch === null) return base ?? null;
  if ("value" in patch) return patch.value;
  if ("members" in patch) {
    const known = isObject(base) ? base : {};
    const kept = Object.entries(known).filter(([key]) => !(patch.without ?? []).includes(key));
    const changed = Object.entries(patch.members).map(([key, item]) => [key, lay(item, known[key])] as const);
    return record([...kept, ...changed]);
  }
  const items = byName(Array.isArray(base) ? base : [], patch.by);
  for (const name of patch.without ?? []) items.delete(name);
  for (const [name, item] of Object.entries(patch.items)) items.set(name, lay(item, items.get(name)));
  const later = [...items.keys()].filter((name) => !patch.order.includes(name));
  return [...patch.order, ...later].flatMap((name) => items.get(name) ?? []);
}

function differInMembers(base: JsonObject, target: JsonObject): Patch {
  const without = Object.keys(base).filter((key) => !Object.hasOwn(target, key));
  const members = Object.entries(target).flatMap(([key, item]) => {
    const was = Object.hasOwn(base, key) ? base[key] : undefined;
    const patch = was === undefined ? { value: item } : differ(was, item);
    return patch ? [[key, patch] as const] : [];
  });
  return { members: record(members), ...(without.length > 0 ? { without } : {}) };
}

/** Members by which the standards tell the items of a list apart. */
const NAMES = ["name", "property", "channel", "role", "server", "username"];

/** The member that names every item of both lists, each once. */
function nameOf(all: readonly Json[], ...lists: readonly (readonly Json[])[]): string | null {
  const isNamed = (by: string) =>
    all.every((item) => isObject(item) && typeof item[by] === "string") &&
    lists.every(
      (list) => new Set(list.map((item) => (isObject(item) ? item[by] : null))).size === list.length,
    );
  return all.length === 0 ? null : (NAMES.find(isNamed) ?? null);
}

function byName(list: readonly Json[], by: string): Map<string, Json> {
  return new Map(list.flatMap((item) => (isObject(item) ? [[String(item[by]), item] as const] : [])));
}

/** Data as JSON has it: without what is undefined. */
export function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

/** Also a member that is called `__proto__` is one. */
function record<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(entries);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
