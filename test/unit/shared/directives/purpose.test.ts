import { describe, expect, it } from "vitest";
import { purpose } from "../../../../shared/directives/purpose.ts";
import { applied, callerOf, merged } from "../../../testkit/apply-directive.ts";

function verdict(written: readonly string[], stated?: string) {
  const rules = written.map((item) => applied(purpose, item));
  return purpose.judge?.(rules, callerOf(stated === undefined ? { scopes: [] } : { purpose: stated }));
}

describe("@purpose", () => {
  it("allows the listed purposes only", () => {
    expect(verdict([`@purpose(allow: ["billing", "fraud"])`], "fraud")).toEqual({ kind: "allow" });
    expect(verdict([`@purpose(allow: ["billing", "fraud"])`], "marketing")).toEqual({
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: [["billing"], ["fraud"]],
    });
  });

  it("allows all but the denied ones, but never a request without a purpose", () => {
    expect(verdict([`@purpose(deny: ["marketing"])`], "billing")).toEqual({ kind: "allow" });
    expect(verdict([`@purpose(deny: ["marketing"])`], "marketing")).toMatchObject({ kind: "deny" });
    expect(verdict([`@purpose(deny: ["marketing"])`])).toMatchObject({ kind: "deny" });
  });

  it("holds the rules of type and field at once", () => {
    const rules = [`@purpose(allow: ["billing", "fraud"])`, `@purpose(deny: ["fraud"])`];
    expect(verdict(rules, "billing")).toEqual({ kind: "allow" });
    expect(verdict(rules, "fraud")).toMatchObject({ kind: "deny", missing: [["billing"]] });
  });

  it("intersects what is allowed and joins what is denied", () => {
    const said = {
      a: [`@purpose(allow: ["billing", "fraud"], deny: ["x"])`],
      b: [`@purpose(allow: ["fraud", "care"], deny: ["y"])`],
    };
    expect(merged(purpose, said)).toEqual([{ allow: ["fraud"], deny: ["x", "y"] }]);
  });

  it("conflicts where nothing is left to allow", () => {
    const said = { a: [`@purpose(allow: ["billing"])`], b: [`@purpose(allow: ["care"])`] };
    expect(merged(purpose, said)).toMatch(/no purpose/);
  });

  it("has to name something", () => {
    expect(() => applied(purpose, "@purpose(deny: [])")).toThrow(/allow or to deny/);
    expect(() => applied(purpose, "@purpose(allow: [])")).toThrow();
  });

  it("covers what accepts the same purposes or more", () => {
    const covers = (own: string[], needed: string[]) =>
      purpose.covers?.(
        own.map((item) => applied(purpose, item)),
        needed.map((item) => applied(purpose, item)),
      );
    expect(covers([`@purpose(allow: ["a"])`], [`@purpose(allow: ["a", "b"])`])).toBe(true);
    expect(covers([`@purpose(allow: ["a", "c"])`], [`@purpose(allow: ["a", "b"])`])).toBe(false);
    expect(covers([`@purpose(allow: ["a"])`], [`@purpose(deny: ["b"])`])).toBe(true);
    expect(covers([`@purpose(deny: ["b"])`], [`@purpose(deny: ["b"])`])).toBe(true);
    expect(covers([`@purpose(deny: ["b"])`], [`@purpose(allow: ["a"])`])).toBe(false);
    expect(covers([], [`@purpose(deny: ["b"])`])).toBe(false);
    expect(covers([], [])).toBe(true);
  });
});
