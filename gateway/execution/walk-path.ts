import type { ResponsePath } from "@apollo/query-planner";
import { checkKey, compileRead } from "./generate-code.ts";
import { isJsonObject, type JsonObject } from "./merge-entities.ts";

/** One step of a plan's path; `types` are the object types that the value may have after it, or null for any. */
export type PathStep =
  | { readonly kind: "list"; readonly types: ReadonlySet<string> | null }
  | {
      readonly kind: "key";
      readonly key: string;
      readonly read: (object: JsonObject) => unknown;
      readonly types: ReadonlySet<string> | null;
    };

/** Parses the path of a Flatten node: response keys, `@` for a list, either with `|[TypeA,TypeB]` behind it. */
export function parsePath(path: ResponsePath): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (const element of path) {
    const [base = "", condition] = String(element).split("|");
    const types = condition === undefined ? null : new Set(condition.slice(1, -1).split(","));
    if (base === "@") steps.push({ kind: "list", types });
    else if (base !== "") steps.push({ kind: "key", key: checkKey(base), read: compileRead(base), types });
  }
  return steps;
}

/**
 * The objects at the end of some steps from each of `starts`. Merged data may hold one list at several places
 * (representations are deduplicated); from `sharedFrom` steps on such a list is visited once.
 *
 * @param unite gives the object that takes the place of one that was found
 */
export function objectsAt(
  starts: readonly JsonObject[],
  steps: readonly PathStep[],
  sharedFrom: number,
  unite?: (object: JsonObject) => JsonObject,
): JsonObject[] {
  const found: JsonObject[] = [];
  const seen = sharedFrom < steps.length ? new Set<unknown>() : null;
  const last = steps.length - 1;
  const arrive = (object: JsonObject): JsonObject => {
    if (unite) return unite(object);
    found.push(object);
    return object;
  };
  const visit = (value: unknown, at: number): void => {
    const step = steps[at];
    if (step === undefined) return;
    if (step.kind === "key") {
      if (!isJsonObject(value)) return;
      const next = step.read(value);
      if (next === null || next === undefined || (step.types !== null && !hasType(next, step.types))) return;
      if (at < last) visit(next, at + 1);
      else if (isJsonObject(next)) {
        const object = arrive(next);
        if (object !== next) value[step.key] = object;
      }
    } else if (Array.isArray(value)) {
      if (seen !== null && at >= sharedFrom) {
        if (seen.has(value)) return;
        seen.add(value);
      }
      for (let i = 0; i < value.length; i += 1) {
        const item: unknown = value[i];
        if (item === null || item === undefined || (step.types !== null && !hasType(item, step.types)))
          continue;
        if (at < last) visit(item, at + 1);
        else if (isJsonObject(item)) value[i] = arrive(item);
      }
    }
  };
  if (steps.length === 0) return [...starts];
  for (const start of starts) visit(start, 0);
  return found;
}

/** An object with the response path that leads to it. */
export interface Located {
  readonly object: JsonObject;
  readonly path: readonly (string | number)[];
  /** The objects on the way, from the root on; the object itself is not one of them. */
  readonly ancestors: readonly JsonObject[];
}

/** Every place of every object at a path: what {@link objectsAt} finds, but each with its path, and repeatedly. */
export function locateObjects(root: JsonObject, steps: readonly PathStep[]): readonly Located[] {
  const found: Located[] = [];
  const visit = (
    value: unknown,
    at: number,
    path: Located["path"],
    ancestors: Located["ancestors"],
  ): void => {
    const step = steps[at];
    if (step === undefined) {
      if (isJsonObject(value)) found.push({ object: value, path, ancestors });
    } else if (step.kind === "key") {
      if (!isJsonObject(value)) return;
      const next = step.read(value);
      if (step.types === null || hasType(next, step.types)) {
        visit(next, at + 1, [...path, step.key], [...ancestors, value]);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        if (step.types === null || hasType(item, step.types))
          visit(item, at + 1, [...path, index], ancestors);
      });
    }
  };
  visit(root, 0, [], []);
  return found;
}

/** Whether the value is of one of the types; a list or an object of unnamed type is not sorted out here. */
function hasType(value: unknown, types: ReadonlySet<string>): boolean {
  const name = isJsonObject(value) ? value.__typename : undefined;
  return typeof name !== "string" || types.has(name);
}
