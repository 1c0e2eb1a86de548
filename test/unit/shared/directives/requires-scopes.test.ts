import { describe, expect, it } from "vitest";
import { requiresScopes } from "../../../../shared/directives/requires-scopes.ts";
import { applied, callerOf, merged } from "../../../testkit/apply-directive.ts";

const AB_OR_C = applied(requiresScopes, `@requiresScopes(scopes: [["a", "b"], ["c"]])`);

function allows(scopes?: readonly string[]): boolean {
  return requiresScopes.judge?.([AB_OR_C], callerOf(scopes ? { scopes } : {})).kind === "allow";
}

describe("@requiresScopes", () => {
  it("21: reads the outer list as OR and the inner one as AND", () => {
    expect([["a"], ["b"], ["a", "b"], ["c"], []].map(allows)).toEqual([false, false, true, true, false]);
  });

  it("18: compares names exactly", () => {
    expect([["C"], ["c "], ["c.x"], ["cc"], ["a b"]].map(allows)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("names what each alternative still lacks", () => {
    expect(requiresScopes.judge?.([AB_OR_C], callerOf({ scopes: ["a"] }))).toEqual({
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: [["b"], ["c"]],
    });
  });

  it("tells the anonymous caller that authentication is missing", () => {
    expect(requiresScopes.judge?.([AB_OR_C], callerOf())).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it.each([
    "@requiresScopes(scopes: [])",
    "@requiresScopes(scopes: [[]])",
    `@requiresScopes(scopes: ["a", "b"])`,
    `@requiresScopes(scopes: "a")`,
    `@requiresScopes(scopes: [[""]])`,
    "@requiresScopes(scopes: [[a]])",
    "@requiresScopes",
  ])("refuses %s, which other readers take for no requirement", (written) => {
    expect(() => applied(requiresScopes, written)).toThrow();
  });

  it("23: ANDs what several subgraphs demand, without what is implied", () => {
    const said = {
      one: [`@requiresScopes(scopes: [["a"], ["b"]])`],
      two: [`@requiresScopes(scopes: [["a"], ["c"]])`],
    };
    expect(merged(requiresScopes, said)).toEqual([{ scopes: [["a"], ["b", "c"]] }]);
  });

  it("covers what it implies", () => {
    const rule = (text: string) => applied(requiresScopes, `@requiresScopes(scopes: ${text})`);
    const covers = (own: string[], needed: string[]) =>
      requiresScopes.covers?.(own.map(rule), needed.map(rule));
    expect(covers([`[["a", "b"]]`], [`[["a"]]`])).toBe(true);
    expect(covers([`[["a"]]`, `[["b"]]`], [`[["a", "b"]]`])).toBe(true);
    expect(covers([`[["a"], ["b"]]`], [`[["a"]]`])).toBe(false);
    expect(covers([`[["a"]]`], [`[["a"], ["b"]]`])).toBe(true);
    expect(covers([], [`[["a"]]`])).toBe(false);
  });
});
