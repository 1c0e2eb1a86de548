import { isNonNullType } from "graphql";
import { checkKey } from "../generate-code.ts";
import type { FieldShape } from "../operation-shape.ts";
import { type FindSource, type Source, sourceOfField } from "./source.ts";

/** Fields that lie side by side in one answer as they do in the response: they are cut out as one text, with their keys. */
export interface LeafRun {
  /** Statements. */
  readonly before: string;
  /** The expression of the text. */
  readonly text: string;
  /** How many fields. */
  readonly length: number;
}

/** The longest run of leaves that starts at a field; null where that field is none that is delivered as it came. */
export function cutLeaves(fields: readonly FieldShape[], start: number, find: FindSource): LeafRun | null {
  const sources: Source[] = [];
  for (let index = start; index < fields.length; index += 1) {
    const field = fields[index];
    const found = field && isPlain(field) ? sourceOfField(field, find) : null;
    const last = sources.at(-1);
    if (!found || (last && !follows(last, found))) break;
    sources.push(found);
  }
  const [first, last] = [sources[0], sources.at(-1)];
  if (!first || !last) return null;
  const { fetch, record, field, mayMiss } = first;
  const keyLength = field.key.length + 3;
  const text = `S${fetch}.slice(T[${record}+${field.slot}]-${keyLength},T[${record}+${last.field.slot + 1}])`;
  const run = fields.slice(start, start + sources.length);
  if (!mayMiss) return { before: "", text, length: run.length };
  if (run.some(({ type }) => isNonNullType(type))) {
    return { before: `if(${record}<0)throw B;`, text, length: run.length };
  }
  const absent = JSON.stringify(run.map(({ responseKey }) => `"${checkKey(responseKey)}":null`).join());
  return { before: "", text: `(${record}<0?${absent}:${text})`, length: run.length };
}

/** A leaf that is delivered as it came. */
function isPlain({ fieldName, delivery, checks, counted, selection }: FieldShape): boolean {
  const simple = delivery.kind === "value" && checks.length === 0 && counted === null;
  return simple && selection === null && !fieldName.startsWith("__");
}

/** Whether one field comes right after another one in the same answer. */
function follows(a: Source, b: Source): boolean {
  return (
    a.record === b.record &&
    a.type === b.type &&
    a.type.fields.indexOf(a.field) + 1 === a.type.fields.indexOf(b.field)
  );
}
