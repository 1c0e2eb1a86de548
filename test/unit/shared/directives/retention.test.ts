import { describe, expect, it } from "vitest";
import { retention } from "../../../../shared/directives/retention.ts";
import { applied, lintCodes, merged } from "../../../testkit/apply-directive.ts";

const NOW = Date.parse("2026-06-30T12:00:00Z");
const leaf = { type: "String", leafKind: "String", hasRequiredArguments: false } as const;

function isKept(written: string, value: unknown): boolean | undefined {
  const rule = retention.rows?.(applied(retention, written));
  return rule?.bind({ claimValues: () => new Set(), now: NOW })(value);
}

describe("@retention", () => {
  it("keeps what is within the period of its date", () => {
    const written = `@retention(period: "P1Y", from: "createdAt")`;
    expect(isKept(written, "2025-06-30T12:00:00Z")).toBe(true);
    expect(isKept(written, "2025-06-30T11:59:59Z")).toBe(false);
    expect(isKept(written, "2025-07-01")).toBe(true);
    expect(isKept(written, Date.parse("2026-01-01"))).toBe(true);
    expect(isKept(written, "2030-01-01")).toBe(true);
  });

  it("shows nothing without a date it can read", () => {
    for (const value of [null, undefined, "", "long ago", true, {}, Number.NaN])
      expect(isKept(`@retention(period: "P1Y", from: "createdAt")`, value)).toBe(false);
  });

  it("counts months by the calendar", () => {
    const written = `@retention(period: "P4M", from: "createdAt")`;
    expect(isKept(written, "2026-02-28T12:00:00Z")).toBe(true);
    expect(isKept(written, "2026-02-27T12:00:00Z")).toBe(false);
  });

  it("takes the shortest period of several subgraphs, by the field it counts from", () => {
    const said = {
      a: [`@retention(period: "P400D", from: "createdAt")`],
      b: [`@retention(period: "P1Y", from: "createdAt")`, `@retention(period: "P9Y", from: "closedAt")`],
    };
    expect(merged(retention, said)).toEqual([
      { period: "P9Y", from: "closedAt" },
      { period: "P1Y", from: "createdAt" },
    ]);
  });

  it("refuses what is no period", () => {
    for (const period of ["1Y", "P", "PT", "P0D", "P1.5Y", "forever", "-P1Y"])
      expect(() => applied(retention, `@retention(period: "${period}", from: "x")`)).toThrow(/duration/);
  });

  it("is linted for the field it reads and for types that cannot be null", () => {
    const written = `@retention(period: "P1Y", from: "createdAt")`;
    const fieldAt = (coordinate: string) => (coordinate === "T.createdAt" ? leaf : null);
    expect(lintCodes(retention, written, { fieldAt })).toEqual([]);
    expect(lintCodes(retention, written, {})).toEqual(["error ROW_RULE_FIELD"]);
    expect(lintCodes(retention, written, { fieldAt, type: "String!" })).toEqual(["error RETENTION_NON_NULL"]);
  });
});
