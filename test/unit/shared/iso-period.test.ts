import { describe, expect, it } from "vitest";
import { before, parsePeriod } from "../../../shared/iso-period.ts";

function earlier(moment: string, period: string): string | null {
  const parsed = parsePeriod(period);
  return parsed && new Date(before(Date.parse(moment), parsed)).toISOString();
}

describe("ISO 8601 periods", () => {
  it.each([
    ["2026-03-31T10:00:00.000Z", "P1M", "2026-02-28T10:00:00.000Z"],
    ["2024-02-29T10:00:00.000Z", "P1Y", "2023-02-28T10:00:00.000Z"],
    ["2026-01-15T00:00:00.000Z", "P2M", "2025-11-15T00:00:00.000Z"],
    ["2026-01-15T00:00:00.000Z", "P1W", "2026-01-08T00:00:00.000Z"],
    ["2026-01-15T00:00:00.000Z", "P1DT1H1M1S", "2026-01-13T22:58:59.000Z"],
    ["2026-01-15T00:00:00.000Z", "P7Y6M", "2018-07-15T00:00:00.000Z"],
  ])("%s less %s is %s", (moment, period, expected) => {
    expect(earlier(moment, period)).toBe(expected);
  });

  it("knows what is none", () => {
    for (const text of ["", "P", "PT", "P1", "1Y", "P1.5D", "P-1D", "P0D", "PT0S", "p1y"])
      expect(parsePeriod(text)).toBeNull();
  });
});
