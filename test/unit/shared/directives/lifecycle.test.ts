import { describe, expect, it } from "vitest";
import { lifecycle } from "../../../../shared/directives/lifecycle.ts";
import {
  applied,
  callerOf,
  lintCodes,
  merged,
  type TestCallerFacts,
} from "../../../testkit/apply-directive.ts";

function verdict(written: string, facts: TestCallerFacts = { scopes: [] }) {
  return lifecycle.judge?.([applied(lifecycle, written)], callerOf(facts));
}

describe("@lifecycle", () => {
  it("shows drafts to callers with the scope only", () => {
    expect(verdict("@lifecycle(status: DRAFT)")).toEqual({
      kind: "deny",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: [["lifecycle:draft"]],
    });
    expect(verdict("@lifecycle(status: DRAFT)", {})).toMatchObject({ code: "UNAUTHENTICATED" });
    expect(verdict("@lifecycle(status: DRAFT)", { scopes: ["lifecycle:draft"] })).toEqual({ kind: "allow" });
  });

  it("lets deprecated fields pass, with a notice", () => {
    const written = `@lifecycle(status: DEPRECATED, sunset: "2027-01-01", replacedBy: "Customer.phone")`;
    expect(verdict(written)).toEqual({ kind: "allow" });
    expect(lifecycle.notice?.(applied(lifecycle, written))).toEqual({
      code: "DEPRECATED",
      message: "Deprecated, available until 2027-01-01: use Customer.phone.",
      unnamed: "Deprecated, available until 2027-01-01.",
      details: { sunset: "2027-01-01", replacedBy: "Customer.phone" },
    });
    expect(lifecycle.notice?.(applied(lifecycle, "@lifecycle(status: ACTIVE)"))).toBeNull();
  });

  it("refuses everybody from the day of the sunset on, and names the replacement", () => {
    const written = `@lifecycle(status: DEPRECATED, sunset: "2026-07-01", replacedBy: "Customer.phone")`;
    expect(verdict(written, { scopes: ["lifecycle:draft"], today: "2026-06-30" })).toEqual({ kind: "allow" });
    expect(verdict(written, { scopes: ["lifecycle:draft"], today: "2026-07-01" })).toEqual({
      kind: "deny",
      code: "FIELD_RETIRED",
      missing: [],
      message: "No longer available since 2026-07-01: use Customer.phone.",
      unnamed: "No longer available since 2026-07-01.",
      details: { sunset: "2026-07-01", replacedBy: "Customer.phone" },
    });
    expect(verdict("@lifecycle(status: RETIRED)")).toMatchObject({ code: "FIELD_RETIRED" });
  });

  it("takes the stage that is furthest along and the earliest sunset", () => {
    const said = {
      a: [`@lifecycle(status: DEPRECATED, sunset: "2027-05-01")`],
      b: [`@lifecycle(status: DEPRECATED, sunset: "2027-01-01", replacedBy: "T.g")`],
      c: ["@lifecycle(status: ACTIVE)"],
    };
    expect(merged(lifecycle, said)).toEqual([
      { status: "DEPRECATED", sunset: "2027-01-01", replacedBy: "T.g" },
    ]);
  });

  it("takes dates, and a sunset only for what is on its way out", () => {
    expect(() => applied(lifecycle, `@lifecycle(status: DEPRECATED, sunset: "soon")`)).toThrow();
    expect(() => applied(lifecycle, `@lifecycle(status: ACTIVE, sunset: "2027-01-01")`)).toThrow(/sunset/);
    expect(() => applied(lifecycle, `@lifecycle(status: "DRAFT")`)).toThrow(/enum value/);
  });

  it("is linted for dates in the wrong order and replacements that do not exist", () => {
    const written = `@lifecycle(status: DEPRECATED, since: "2027-01-01", sunset: "2026-01-01", replacedBy: "T.x")`;
    expect(lintCodes(lifecycle, written, {})).toEqual([
      "error LIFECYCLE_DATES",
      "warning LIFECYCLE_REPLACEMENT",
    ]);
  });

  it("does not bind selections on an interface by one implementer", () => {
    expect(lifecycle.bindsInterfaces).toBe(false);
  });
});
