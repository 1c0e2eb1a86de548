import type { FieldShape } from "../operation-shape.ts";
import { type FieldLayout, NotOnTape, type ObjectLayout } from "./layout.ts";

/** Where generated code finds a field of an object: in the answer to some fetch. */
export interface Source {
  readonly fetch: number;
  readonly type: ObjectLayout;
  readonly field: FieldLayout;
  /** Expression of the record; of an entity it may be -1. */
  readonly record: string;
  readonly mayMiss: boolean;
}

/** Finds the source of what merged data would have under a key; null where no fetch gives it. */
export type FindSource = (key: string) => Source | null;

/**
 * The source of a field that a client selected.
 *
 * @throws NotOnTape if there is none, or if what the plan has under that key is not this very field
 */
export function sourceOfField({ responseKey, fieldName, type }: FieldShape, find: FindSource): Source {
  const found = find(responseKey);
  if (!found || found.field.fieldName !== fieldName || String(found.field.type) !== String(type))
    throw new NotOnTape();
  return found;
}

/** The expression of a field's value as JSON has it; undefined where it is missing. */
export function valueExpression(found: Source | null): string {
  if (!found) return "undefined";
  const { fetch, field, record, mayMiss } = found;
  if (field.selection) throw new NotOnTape();
  const value = `V(S${fetch},T[${record}+${field.slot}],T[${record}+${field.slot + 1}])`;
  return mayMiss ? `(${record}<0?undefined:${value})` : value;
}
