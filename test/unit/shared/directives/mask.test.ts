import { describe, expect, it } from "vitest";
import { mask } from "../../../../shared/directives/mask.ts";
import type { LeafKind } from "../../../../shared/placement.ts";
import {
  applied,
  callerOf,
  lintCodes,
  merged,
  type TestCallerFacts,
} from "../../../testkit/apply-directive.ts";

function verdict(written: string | readonly string[], facts: TestCallerFacts = {}) {
  return mask.judge?.(
    [written].flat().map((item) => applied(mask, item)),
    callerOf(facts),
  );
}

function shown(written: string | readonly string[], value: unknown, facts: TestCallerFacts = {}): unknown {
  const result = verdict(written, facts);
  return result?.kind === "mask" ? result.mask.apply(value) : value;
}

const GUARDED = `@mask(strategy: REDACT, unlessScopes: ["pii"], unlessPolicies: ["care"], unlessPurposes: ["fraud"])`;

describe("@mask", () => {
  it("is lifted by any one of the scopes, policies or purposes", () => {
    expect(verdict(GUARDED)).toMatchObject({ kind: "mask" });
    expect(verdict(GUARDED, { scopes: ["pi", "PII"] })).toMatchObject({ kind: "mask" });
    expect(verdict(GUARDED, { scopes: ["pii"] })).toEqual({ kind: "allow" });
    expect(verdict(GUARDED, { policies: ["care"] })).toEqual({ kind: "allow" });
    expect(verdict(GUARDED, { purpose: "fraud" })).toEqual({ kind: "allow" });
  });

  it("holds for everybody without exceptions", () => {
    expect(verdict("@mask(strategy: NULLIFY)", { scopes: ["admin"] })).toMatchObject({ kind: "mask" });
  });

  it("applies the strictest of those that apply to the caller", () => {
    const masks = ["@mask(strategy: EMAIL)", `@mask(strategy: REDACT, unlessScopes: ["care"])`];
    expect(shown(masks, "jo@example.com")).toBe("[redacted]");
    expect(shown(masks, "jo@example.com", { scopes: ["care"] })).toBe("***@example.com");
  });

  it("hides the value where two masks are equally strict", () => {
    expect(shown(["@mask(strategy: FIRST_N, n: 2)", "@mask(strategy: FIRST_N, n: 3)"], "secret")).toBeNull();
  });

  it.each([
    ["@mask(strategy: FIRST_N)", /FIRST_N needs it/],
    ["@mask(strategy: ROUND)", /ROUND needs it/],
    ["@mask(strategy: BUCKET, to: 3.0)", /BUCKET needs it/],
    ["@mask(strategy: EMAIL, n: 3)", /means nothing to EMAIL/],
    ["@mask(strategy: FIRST_N, n: 0)", /./],
    [`@mask(strategy: "EMAIL")`, /enum value/],
    ["@mask(strategy: ROT13)", /enum value/],
    [`@mask(strategy: EMAIL, unlessScopes: "pii")`, /./],
    [`@mask(strategy: EMAIL, unless: ["pii"])`, /unless/],
  ])("refuses %s", (written, reason) => {
    expect(() => applied(mask, written)).toThrow(reason);
  });

  it("conflicts where subgraphs mask differently, in strategy or in exceptions", () => {
    expect(merged(mask, { a: ["@mask(strategy: EMAIL)"], b: ["@mask(strategy: HASH)"] })).toBe(
      "a says EMAIL, b says HASH",
    );
    const said = { a: [`@mask(strategy: EMAIL, unlessScopes: ["x"])`], b: ["@mask(strategy: EMAIL)"] };
    expect(merged(mask, said)).toBe("a says EMAIL unless x, b says EMAIL");
    const same = {
      a: [`@mask(strategy: EMAIL, unlessScopes: ["x", "y"])`],
      b: [`@mask(strategy: EMAIL, unlessScopes: ["y", "x"])`],
    };
    expect(merged(mask, same)).toHaveLength(1);
  });

  it("fits the type of its field", () => {
    const fits = (strategy: string, leafKind: LeafKind, type: string = leafKind) =>
      lintCodes(mask, `@mask(strategy: ${strategy})`, { leafKind, type }).length === 0;
    for (const kind of ["Int", "Float", "Boolean", "enum"] as const) {
      expect(fits("HASH", kind)).toBe(false);
      expect(fits("HMAC", kind)).toBe(false);
      expect(fits("REDACT", kind)).toBe(false);
      expect(fits("NULLIFY", kind)).toBe(true);
    }
    expect(fits("ROUND, to: 10.0", "String")).toBe(false);
    expect(fits("ROUND, to: 0.5", "Int")).toBe(false);
    expect(fits("ROUND, to: 0.5", "Float")).toBe(true);
    expect(fits("BUCKET, size: 10.0", "Int")).toBe(true);
    expect(fits("YEAR", "Int")).toBe(false);
    expect(fits("YEAR", "custom", "DateTime")).toBe(true);
    expect(fits("DEFAULT", "enum")).toBe(false);
    expect(lintCodes(mask, "@mask(strategy: HASH)", { leafKind: null, type: "Address" })).toEqual([
      "error MASK_DOES_NOT_FIT",
    ]);
  });

  it("does not nullify what cannot be null", () => {
    const nullifies = (type: string) => lintCodes(mask, "@mask(strategy: NULLIFY)", { type }).length === 0;
    expect(["String", "[String]!", "[String!]", "[String]"].map(nullifies)).toEqual([true, true, true, true]);
    expect(["String!", "[String!]!"].map(nullifies)).toEqual([false, false]);
  });

  it("may not change what clients use as an identity", () => {
    expect(lintCodes(mask, "@mask(strategy: HASH)", { key: true })).toEqual(["error MASK_DOES_NOT_FIT"]);
  });
});
