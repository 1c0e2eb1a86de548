import type { ExplainedField } from "./explain-fields.ts";

/** How a field comes otherwise than before. */
export interface Difference {
  readonly change: Change;
  /** Null where the whole operation is concerned. */
  readonly coordinate: string | null;
  /** Why it was as it was, and why it is as it will be. */
  readonly before: string;
  readonly after: string;
}

/** `masked` also where the mask is another one; `breaks`: the operation is not valid any more. */
export type Change = "breaks" | "lost" | "masked" | "filtered" | "unfiltered" | "unmasked" | "gained";

/** Compares what was decided about the same operation twice; a coordinate and a change are told once. */
export function differences(
  before: readonly ExplainedField[],
  after: readonly ExplainedField[],
): readonly Difference[] {
  const was = byPlace(before);
  const is = byPlace(after);
  const found = new Map<string, Difference>();
  for (const place of new Set([...was.keys(), ...is.keys()])) {
    const [left, right] = [was.get(place), is.get(place)];
    const change = changeOf(left ?? null, right ?? null);
    const coordinate = (right ?? left)?.coordinate ?? null;
    const key = `${coordinate} ${change}`;
    if (change !== null && !found.has(key))
      found.set(key, { change, coordinate, before: said(left), after: said(right) });
  }
  return [...found.values()];
}

const SEVERITY = ["allowed", "filtered", "masked", "denied"] as const;

/** By coordinate and path; of two at the same place the stricter one. */
function byPlace(fields: readonly ExplainedField[]): ReadonlyMap<string, ExplainedField> {
  const found = new Map<string, ExplainedField>();
  for (const field of fields)
    for (const path of field.paths) {
      const key = `${field.coordinate} ${path}`;
      const known = found.get(key);
      if (!known || SEVERITY.indexOf(field.verdict) > SEVERITY.indexOf(known.verdict)) found.set(key, field);
    }
  return found;
}

/** An object type behind an interface that is not told of comes as the interface's field does. */
function changeOf(left: ExplainedField | null, right: ExplainedField | null): Change | null {
  const [was, is] = [left?.verdict ?? "allowed", right?.verdict ?? "allowed"];
  if (was === "denied" || is === "denied") return was === is ? null : is === "denied" ? "lost" : "gained";
  if (was === "masked" || is === "masked") {
    if (is !== "masked") return "unmasked";
    if (was !== "masked" || left?.mask !== right?.mask) return "masked";
  }
  const [had, has] = [rowRules(left), rowRules(right)];
  if (has.some((rule) => !had.includes(rule))) return "filtered";
  return had.some((rule) => !has.includes(rule)) ? "unfiltered" : null;
}

function rowRules(field: ExplainedField | null): readonly string[] {
  return (field?.rowFilters ?? []).map(({ rule }) => `${rule.directive} ${rule.coordinate} ${rule.text}`);
}

function said(field: ExplainedField | undefined): string {
  return field ? `${field.verdict}: ${field.because}` : "allowed";
}
