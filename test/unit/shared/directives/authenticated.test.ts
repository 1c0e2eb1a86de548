import { describe, expect, it } from "vitest";
import { authenticated } from "../../../../shared/directives/authenticated.ts";
import { applied, callerOf, merged } from "../../../testkit/apply-directive.ts";

describe("@authenticated", () => {
  it("allows whoever has a verified token, whatever is in it", () => {
    expect(authenticated.judge?.([{}], callerOf({ scopes: [] }))).toEqual({ kind: "allow" });
  });

  it("refuses the anonymous caller because authentication is missing", () => {
    expect(authenticated.judge?.([{}], callerOf())).toEqual({
      kind: "deny",
      code: "UNAUTHENTICATED",
      missing: [],
    });
  });

  it("is one rule however many subgraphs state it", () => {
    expect(merged(authenticated, { a: ["@authenticated"], b: ["@authenticated"] })).toEqual([{}]);
  });

  it("takes no arguments", () => {
    expect(() => applied(authenticated, "@authenticated(realm: 1)")).toThrow(/realm/);
  });

  it("covers itself, and nothing covers it but itself", () => {
    expect(authenticated.covers?.([{}], [{}])).toBe(true);
    expect(authenticated.covers?.([], [{}])).toBe(false);
    expect(authenticated.covers?.([], [])).toBe(true);
  });
});
