import { extend, type TextState } from "./tape.ts";
import type { TextPlace } from "./text-plan.ts";

/** Numbers the objects at a place, in their records, and lists where they are. Done once per run. */
export function numberObjects(place: TextPlace, state: TextState): void {
  if ((state.objects[place.index] ?? -1) >= 0) return;
  const { way, provider } = place;
  const { tape } = state;
  const found: number[] = [];
  const arrive = place.unites
    ? uniter(place, state, found)
    : (record: number) => {
        tape[record + 1] = found.push(record) - 1;
      };
  const visit = (record: number, at: number): void => {
    if (record < 0) return;
    const step = way[at];
    if (step === undefined) arrive(record);
    else if (step === "list") {
      const end = record + (tape[record] ?? 0);
      for (let item = record + 1; item <= end; item += 1) visit(tape[item] ?? -1, at + 1);
    } else visit(tape[record + step] ?? -1, at + 1);
  };
  const start = state.records[provider.index] ?? 0;
  const end = start + (state.recordCounts[provider.index] ?? 0);
  for (let at = start; at < end; at += 1) visit(tape[at] ?? -1, 0);
  const list = extend(state, found.length);
  for (let number = 0; number < found.length; number += 1) state.tape[list + number] = found[number] ?? -1;
  state.objects[place.index] = list;
  state.objectCounts[place.index] = found.length;
}

/** Gives equal objects the same number. All their fields are leaves, so they are equal if that part of the text is. */
function uniter(place: TextPlace, state: TextState, found: number[]): (record: number) => void {
  const { tape } = state;
  const text = state.texts[place.provider.index] ?? "";
  const types = [...place.layout.byType.values()];
  const first = types.map(({ fields }) => fields[0]?.slot ?? 0);
  const last = types.map(({ fields }) => (fields.at(-1)?.slot ?? 0) + 1);
  const numbers = new Map<string, number>();
  return (record) => {
    const variant = tape[record] ?? 0;
    const leaves = text.slice(tape[record + (first[variant] ?? 0)], tape[record + (last[variant] ?? 0)]);
    let number = numbers.get(leaves);
    if (number === undefined) {
      number = found.push(record) - 1;
      numbers.set(leaves, number);
    }
    tape[record + 1] = number;
  };
}
