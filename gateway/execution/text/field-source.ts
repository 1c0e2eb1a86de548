import { type FieldLayout, fieldOf, NotOnTape, type ObjectLayout } from "./layout.ts";
import type { FindSource } from "./source.ts";
import type { TextFetch, TextPlace } from "./text-plan.ts";

/** The fetch that gives a field: the one that gives the object itself, or another one that adds to it. */
export type FieldSource =
  | { readonly own: FieldLayout; readonly other: null }
  | {
      readonly own: null;
      readonly other: { readonly fetch: TextFetch; readonly type: ObjectLayout; readonly field: FieldLayout };
    };

/** Who gives a field of the objects at a place; nobody and several are {@link NotOnTape}. */
export function sourceOf(place: TextPlace, type: ObjectLayout, key: string): FieldSource {
  const own = fieldOf(type, key);
  const others = place.fetches.flatMap((fetch) => {
    const entity = fetch.layout.byType.get(type.typeName);
    const field = entity && fieldOf(entity, key);
    return entity && field ? [{ fetch, type: entity, field }] : [];
  });
  const [other] = others;
  if (own && others.length === 0) return { own, other: null };
  if (!own && other && others.length === 1) return { own: null, other };
  throw new NotOnTape();
}

/** Finds fields of the objects of one type in the answer to a fetch, or at a place; notes which entity fetches give some. */
export function findAtPlace(
  { fetch, place }: { readonly fetch: number; readonly place: TextPlace | null },
  type: ObjectLayout,
  used: Set<TextFetch>,
): FindSource {
  return (key) => {
    const own = place === null ? (fieldOf(type, key) ?? null) : null;
    if (own) return { fetch, type, field: own, record: "r", mayMiss: false };
    if (place === null) return null;
    const found = sourceOf(place, type, key);
    if (found.own) return { fetch, type, field: found.own, record: "r", mayMiss: false };
    const { fetch: giver, field, type: entity } = found.other;
    used.add(giver);
    return { fetch: giver.index, type: entity, field, record: `e${giver.index}`, mayMiss: true };
  };
}
