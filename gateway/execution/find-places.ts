import { compileRead } from "./generate-code.ts";
import { jsonText } from "./leaf-text.ts";
import type { JsonObject, KeyTree } from "./merge-entities.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import { objectsAt, type PathStep } from "./walk-path.ts";

/** Where fetches find objects of merged data, which may be many. */
export interface Place {
  readonly find: (found: FoundPlaces) => readonly JsonObject[];
  /** Whether equal objects here are made one. */
  readonly unites: boolean;
}

/** What one run knows of the places of its plan; {@link Place.find} fills it. */
export interface FoundPlaces {
  readonly data: JsonObject;
  readonly united: Map<Place, readonly JsonObject[]>;
}

/**
 * The places of a plan's fetches, by {@link PlannedFetch.at}.
 *
 * Where all that is known of the objects at a place are the leaves that one earlier fetch selected (mostly keys
 * of entities), those with equal leaves are made one object: whatever comes later would be the same for
 * all of them. So an entity is represented, merged, walked and written once, however often it occurs. Not
 * so in plans where what comes later depends on the way to the object (type conditions in paths, contexts).
 */
export function findPlaces(fetches: readonly PlannedFetch[]): ReadonlyMap<string, Place> {
  const mayUnite = !fetches.some(isPathDependent);
  const places = new Map<string, Place>();
  const byLength = [...fetches].sort((a, b) => a.steps.length - b.steps.length);
  const located: { readonly steps: readonly PathStep[]; readonly place: Place }[] = [];
  for (const fetch of byLength) {
    if (places.has(fetch.at)) continue;
    const { steps } = fetch;
    const identity = mayUnite && steps.length > 0 ? identityAt(steps, fetches) : null;
    const base = located.findLast((item) => item.place.unites && isPrefix(item.steps, steps));
    const start = base?.steps.length ?? 0;
    const between = located.filter((item) => item.steps.length > start && isPrefix(item.steps, steps));
    const shared = Math.min(steps.length, ...between.map((item) => item.steps.length)) - start;
    const from = {
      base: base?.place ?? null,
      steps: steps.slice(start),
      sharedFrom: mayUnite ? shared : steps.length,
    };
    const place = identity === null ? plainPlace(from) : unitingPlace(from, identity);
    places.set(fetch.at, place);
    located.push({ steps, place });
  }
  return places;
}

/** Whether what a fetch writes into an object depends on how the object was reached. */
export function isPathDependent({ fetch, steps }: PlannedFetch): boolean {
  return fetch.contextRewrites !== undefined || steps.some(({ types }) => types !== null);
}

interface Way {
  readonly base: Place | null;
  /** From the objects of the base, or from the root. */
  readonly steps: readonly PathStep[];
  readonly sharedFrom: number;
}

function plainPlace({ base, steps, sharedFrom }: Way): Place {
  return {
    unites: false,
    find: (found) => objectsAt(base?.find(found) ?? [found.data], steps, sharedFrom),
  };
}

function unitingPlace({ base, steps, sharedFrom }: Way, identity: readonly string[]): Place {
  const place: Place = {
    unites: true,
    find: (found) => {
      const known = found.united.get(place);
      if (known) return known;
      const twins = createTwins(identity);
      objectsAt(base?.find(found) ?? [found.data], steps, sharedFrom, twins.unite);
      found.united.set(place, twins.objects);
      return twins.objects;
    },
  };
  return place;
}

interface Twins {
  /** The first object that has the same leaves. */
  readonly unite: (object: JsonObject) => JsonObject;
  readonly objects: readonly JsonObject[];
}

function createTwins(identity: readonly string[]): Twins {
  const reads = identity.filter((key) => key !== "__typename").map(compileRead);
  const [only] = reads;
  const identify =
    reads.length === 1 && only
      ? only
      : (object: JsonObject) => reads.map((read) => textOf(read(object))).join();
  const byType = new Map<unknown, Map<unknown, JsonObject>>();
  const objects: JsonObject[] = [];
  let type: unknown;
  let ofType: Map<unknown, JsonObject> | undefined;
  const unite = (object: JsonObject): JsonObject => {
    if (ofType === undefined || object.__typename !== type) {
      type = object.__typename;
      ofType = byType.get(type) ?? new Map<unknown, JsonObject>();
      byType.set(type, ofType);
    }
    const key = identify(object);
    const twin = ofType.get(key);
    if (twin !== undefined) return twin;
    ofType.set(key, object);
    objects.push(object);
    return object;
  };
  return { unite, objects };
}

function textOf(value: unknown): string {
  return value === undefined ? "" : jsonText(value);
}

/** The leaves that say everything about objects at a place before it is first visited; null where others do too. */
function identityAt(steps: readonly PathStep[], fetches: readonly PlannedFetch[]): readonly string[] | null {
  const above = fetches.filter((other) => other.steps.length < steps.length && isPrefix(other.steps, steps));
  const trees = above.flatMap((other) => {
    const tree = keysBelow(other.keys, steps.slice(other.steps.length));
    return tree === undefined ? [] : [{ tree, other }];
  });
  const [introduced] = trees;
  if (!introduced || trees.length > 1 || introduced.other.fetch.outputRewrites) return null;
  const { tree } = introduced;
  return tree !== null && [...tree.values()].every((below) => below === null) ? [...tree.keys()] : null;
}

/** The keys that a fetch selects at the end of some steps; undefined where it does not go there. */
function keysBelow(keys: KeyTree, steps: readonly PathStep[]): KeyTree | null | undefined {
  let tree: KeyTree | null | undefined = keys;
  for (const step of steps) if (step.kind === "key") tree = tree?.get(step.key);
  return tree;
}

function isPrefix(short: readonly PathStep[], long: readonly PathStep[]): boolean {
  return short.every((step, index) => {
    const other = long[index];
    return (
      step.kind === other?.kind && (step.kind === "list" || (other.kind === "key" && step.key === other.key))
    );
  });
}
