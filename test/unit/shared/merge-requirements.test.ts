import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnyOfAllOf, conjunction, implies } from "../../../shared/merge-requirements.ts";

const names = ["a", "b", "c", "d"];
const requirement = fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }), {
  minLength: 1,
  maxLength: 3,
});
const held = fc.subarray(names);

function isMet(required: AnyOfAllOf, scopes: readonly string[]): boolean {
  return required.some((all) => all.every((name) => scopes.includes(name)));
}

describe("requirements as an OR of ANDs", () => {
  it("are ANDed as a product without supersets; what is said once keeps its order", () => {
    expect(conjunction([[["b"], ["a"]], [["c", "a"]]])).toEqual([["a", "c"]]);
    expect(conjunction([[["a", "b"]], [["b", "a"]]])).toEqual([["a", "b"]]);
    expect(conjunction([[["b", "a"], ["c"], ["c", "d"]]])).toEqual([["b", "a"], ["c"]]);
    expect(conjunction([])).toEqual([[]]);
  });

  it("do not explode where many subgraphs demand much of the same", () => {
    const wide = names.map((name) => [name]);
    expect(conjunction(Array.from({ length: 40 }, () => wide))).toEqual(wide);
  });

  it("mean, ANDed, what each of them means", () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 3 }), held, (all, scopes) => {
        expect(isMet(conjunction(all), scopes)).toBe(all.every((item) => isMet(item, scopes)));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("imply each other exactly where no caller tells them apart", () => {
    const callers = Array.from({ length: 16 }, (_, bits) => names.filter((_name, at) => bits & (1 << at)));
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 2 }), requirement, (own, needed) => {
        const expected = callers.every(
          (scopes) => !own.every((item) => isMet(item, scopes)) || isMet(needed, scopes),
        );
        expect(implies(own, needed)).toBe(expected);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
