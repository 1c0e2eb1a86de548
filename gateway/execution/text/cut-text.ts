import type { QueryPlanSelectionNode } from "@apollo/query-planner";
import { getNullableType, isListType, isNonNullType } from "graphql";
import { leafOf, leafWriter } from "../leaf-text.ts";
import { type FieldLayout, fieldOf, NotOnTape, type SelectionLayout } from "./layout.ts";
import type { TextState } from "./tape.ts";

/**
 * Cuts a field's text out of the answer that a record belongs to, as JSON.stringify would write it: execution on parsed data
 * must come to the same representations, or the call would be made twice.
 */
export type Cut = (state: TextState, record: number) => string;

/** Compiles {@link Cut} for a field of a fetch's answer, as a plan requires it. */
export function compileCut(fetch: number, field: FieldLayout, node: QueryPlanSelectionNode): Cut {
  const { slot, selection } = field;
  if (node.kind !== "Field") throw new NotOnTape();
  if (selection === null) {
    const canonical = canonicalWriter(field);
    return ({ texts, tape }, record) =>
      canonical((texts[fetch] ?? "").slice(tape[record + slot], tape[record + slot + 1]));
  }
  const write = compileObjectCut(fetch, selection, node.selections ?? []);
  const depth = listDepth(field);
  const below = (state: TextState, record: number, lists: number): string => {
    if (record < 0) return "null";
    if (lists === 0) return write(state, record);
    const { tape } = state;
    const items = Array.from({ length: tape[record] ?? 0 }, (_, at) =>
      below(state, tape[record + 1 + at] ?? -1, lists - 1),
    );
    return `[${items.join()}]`;
  };
  return (state, record) => below(state, state.tape[record + slot] ?? -1, depth);
}

function compileObjectCut(
  fetch: number,
  layout: SelectionLayout,
  nodes: readonly QueryPlanSelectionNode[],
): Cut {
  const [type, ...others] = layout.byType.values();
  if (!type || others.length > 0) throw new NotOnTape();
  const parts = nodes.map((node) => {
    const key = keyOf(node);
    const field = fieldOf(type, key);
    if (!field) throw new NotOnTape();
    return { prefix: `"${key}":`, cut: compileCut(fetch, field, node) };
  });
  return (state, record) => `{${parts.map(({ prefix, cut }) => prefix + cut(state, record)).join()}}`;
}

/** The response key of a required field. */
export function keyOf(node: QueryPlanSelectionNode): string {
  if (node.kind !== "Field") throw new NotOnTape();
  return node.alias ?? node.name;
}

function listDepth(field: FieldLayout): number {
  let depth = 0;
  for (let { type } = field; isListType(type) || isNonNullType(type); type = type.ofType)
    if (isListType(type)) depth += 1;
  return depth;
}

/** What the reader lets through is canonical but for escapes, decimals, and what lists contain. */
function canonicalWriter({ type }: FieldLayout): (text: string) => string {
  const inner = getNullableType(type);
  const { kind } = leafWriter(leafOf(inner));
  const mayDiffer = isListType(inner) || kind === "custom" ? null : kind === "float" ? "." : "\\";
  return (text) => (mayDiffer === null || text.includes(mayDiffer) ? JSON.stringify(JSON.parse(text)) : text);
}
