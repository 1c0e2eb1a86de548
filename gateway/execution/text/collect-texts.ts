import type { QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { compileCut, keyOf } from "./cut-text.ts";
import { sourceOf } from "./field-source.ts";
import { NotOnTape, type ObjectLayout } from "./layout.ts";
import { numberObjects } from "./number-objects.ts";
import { extend, type TextState } from "./tape.ts";
import { requiredOf, type TextFetch, type TextPlace } from "./text-plan.ts";

/** What is sent for the objects at a place. */
export interface SentTexts {
  readonly texts: readonly string[];
  /** Where the tape lists, for each text, the position of its type in the fetch's layout. */
  readonly kinds: number;
}

/** Collects the representations for a fetch, each text once, and lists {@link TextState.replies}. */
export type CollectTexts = (state: TextState) => SentTexts;

/** Compiles what a fetch requires to texts that are cut out of earlier answers. */
export function compileTexts(fetch: TextFetch, schema: GraphQLSchema): CollectTexts {
  const { place, layout, index, planned } = fetch;
  if (!place) throw new TypeError("only entity fetches have representations");
  const kinds: number[] = [];
  const writers = [...place.layout.byType.values()].map((type) => {
    const required = requiredOf(planned, type.typeName, schema);
    kinds.push(layout.byType.get(type.typeName)?.variant ?? -1);
    return required ? representationOf(place, type, required) : null;
  });
  return (state) => {
    numberObjects(place, state);
    const count = state.objectCounts[place.index] ?? 0;
    const objects = state.objects[place.index] ?? 0;
    const replies = extend(state, count * 2);
    const sentKinds = replies + count;
    const { tape } = state;
    const texts: string[] = [];
    const known = new Map<string, number>();
    for (let number = 0; number < count; number += 1) {
      const variant = tape[tape[objects + number] ?? 0] ?? 0;
      const text = writers[variant]?.(state, number) ?? null;
      let reply = text === null ? -1 : known.get(text);
      if (text !== null && reply === undefined) {
        reply = texts.push(text) - 1;
        tape[sentKinds + reply] = kinds[variant] ?? -1;
        known.set(text, reply);
      }
      tape[replies + number] = reply ?? -1;
    }
    state.replies[index] = replies;
    return { texts, kinds: sentKinds };
  };
}

/** The text of something that an object has; null where it is missing. */
type TextOf = (state: TextState, number: number) => string | null;

function representationOf(
  place: TextPlace,
  type: ObjectLayout,
  required: readonly QueryPlanSelectionNode[],
): TextOf {
  const fields = required.filter((node) => node.kind === "Field" && node.name !== "__typename");
  if (fields.length === required.length || required.some((node) => node.kind !== "Field"))
    throw new NotOnTape();
  const head = `{"__typename":${JSON.stringify(type.typeName)}`;
  const parts = fields.map((node) => {
    const key = keyOf(node);
    return { prefix: `,"${key}":`, read: requiredText(place, type, key, node) };
  });
  return (state, number) => {
    let text = head;
    for (const { prefix, read } of parts) {
      const value = read(state, number);
      if (value === null) return null;
      text += prefix + value;
    }
    return `${text}}`;
  };
}

/** The text of a required field: from the object's own record, or from the entity that another fetch got for it. */
function requiredText(
  place: TextPlace,
  type: ObjectLayout,
  key: string,
  node: QueryPlanSelectionNode,
): TextOf {
  const { own, other } = sourceOf(place, type, key);
  if (own) {
    const cut = compileCut(place.provider.index, own, node);
    const { index } = place;
    return (state, number) => cut(state, state.tape[(state.objects[index] ?? 0) + number] ?? -1);
  }
  const cut = compileCut(other.fetch.index, other.field, node);
  const { index } = other.fetch;
  return (state, number) => {
    const record = entityRecord(state, index, number);
    return record < 0 ? null : cut(state, record);
  };
}

/** The record of the entity that a fetch got for an object; -1 for none. */
function entityRecord(
  { tape, replies, records, recordCounts }: TextState,
  fetch: number,
  number: number,
): number {
  if (recordCounts[fetch] === 0) return -1;
  const reply = tape[(replies[fetch] ?? 0) + number] ?? -1;
  return reply < 0 ? -1 : (tape[(records[fetch] ?? 0) + reply] ?? -1);
}
