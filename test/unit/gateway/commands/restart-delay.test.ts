import { describe, expect, test } from "vitest";
import { restartDelay } from "../../../../gateway/commands/restart-delay.ts";

describe("the delay before a dead worker is replaced (hardening 107)", () => {
  test("doubles with each death of the last minute, up to half a minute", () => {
    const now = 1_000_000;
    const delays = [1, 2, 3, 4, 8, 50].map((count) =>
      restartDelay(
        Array.from({ length: count }, () => now - 1000),
        now,
      ),
    );
    expect(delays).toEqual([250, 500, 1000, 2000, 30_000, 30_000]);
  });

  test("forgets deaths that are longer ago", () => {
    expect(restartDelay([0, 1, 2, 100_000], 100_000)).toBe(250);
  });
});
