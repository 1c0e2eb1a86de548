import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MASK_STRATEGIES, type MaskSettings } from "../../../shared/mask-settings.ts";
import { createMask, strictestMask } from "../../../shared/mask-strategies.ts";

const apply = (settings: MaskSettings, value: unknown, key: string | null = null) =>
  createMask(settings, key).apply(value);
const sha = (text: string) => createHash("sha256").update(text).digest("hex");

describe("mask strategies", () => {
  it.each<[MaskSettings, unknown, unknown]>([
    [{ strategy: "NULLIFY" }, "x", null],
    [{ strategy: "DEFAULT" }, "x", ""],
    [{ strategy: "DEFAULT" }, 5, 0],
    [{ strategy: "DEFAULT" }, true, false],
    [{ strategy: "DEFAULT" }, "2024-05-06", "1970-01-01"],
    [{ strategy: "DEFAULT" }, { a: 1 }, null],
    [{ strategy: "REDACT" }, "x", "[redacted]"],
    [{ strategy: "REDACT", replacement: "—" }, "x", "—"],
    [{ strategy: "HASH" }, "jo", sha("jo")],
    [{ strategy: "HASH" }, "", sha("")],
    [{ strategy: "FIRST_N", n: 2 }, "secret", "se****"],
    [{ strategy: "LAST_N", n: 4 }, "+4915112345678", "**********5678"],
    [{ strategy: "FIRST_N", n: 6 }, "secret", sha("secret")],
    [{ strategy: "LAST_N", n: 9 }, "secret", sha("secret")],
    [{ strategy: "FIRST_N", n: 1 }, "👍🏽x", "👍**"],
    [{ strategy: "EMAIL" }, "jo@example.com", "***@example.com"],
    [{ strategy: "EMAIL" }, "no mail", sha("no mail")],
    [{ strategy: "EMAIL" }, "a@b@example.com", sha("a@b@example.com")],
    [{ strategy: "YEAR" }, "1980-05-06", "1980-01-01"],
    [{ strategy: "YEAR" }, "1980-05-06T07:08:09Z", "1980-01-01T00:00:00Z"],
    [{ strategy: "YEAR" }, "6 May 1980", null],
    [{ strategy: "ROUND", to: 100 }, 149, 100],
    [{ strategy: "ROUND", to: 100 }, 151, 200],
    [{ strategy: "BUCKET", size: 10_000 }, 59_999, 50_000],
    [{ strategy: "BUCKET", size: 10 }, -1, -10],
  ])("%j of %j is %j", (settings, value, shown) => {
    expect(apply(settings, value)).toEqual(shown);
  });

  it("HMAC is joinable under one key, and hides the value without one", () => {
    const keyed = createHmac("sha256", "k".repeat(16)).update("jo").digest("hex");
    expect(apply({ strategy: "HMAC" }, "jo", "k".repeat(16))).toBe(keyed);
    expect(apply({ strategy: "HMAC" }, "jo")).toBeNull();
  });

  it("never shows a value of a kind that the strategy does not expect", () => {
    const texts = ["HASH", "FIRST_N", "LAST_N", "EMAIL", "YEAR"] as const;
    for (const strategy of texts)
      for (const value of [5, true, { a: 1 }, ["x"]]) expect(apply({ strategy, n: 1 }, value)).toBeNull();
    for (const strategy of ["ROUND", "BUCKET"] as const)
      for (const value of ["5", true, Number.NaN, Number.POSITIVE_INFINITY])
        expect(apply({ strategy, to: 5, size: 5 }, value)).toBeNull();
  });

  it("never gives back a text as it was", () => {
    const seed = Date.now();
    console.log(`seed ${seed}`);
    const strategies = MASK_STRATEGIES.filter((item) => item !== "REDACT");
    fc.assert(
      fc.property(
        fc.constantFrom(...strategies),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (strategy, text, n) => {
          // A text of the mask's own signs is the one that a mask cannot tell from what it shows.
          fc.pre(!/^.{0,20}\*+$/su.test(text) && !text.startsWith("*"));
          expect(apply({ strategy, n }, text, "k".repeat(16))).not.toBe(text);
        },
      ),
      { seed, numRuns: 2000 },
    );
  });

  it("ranks by strictness, and hides the value where two are equally strict", () => {
    const mask = (settings: MaskSettings) => createMask(settings, null);
    const chosen = (...all: MaskSettings[]) => strictestMask(all.map(mask)).key;
    expect(chosen({ strategy: "EMAIL" }, { strategy: "HASH" })).toBe("HASH");
    expect(chosen({ strategy: "EMAIL" }, { strategy: "EMAIL" })).toBe("EMAIL");
    expect(chosen({ strategy: "ROUND", to: 1 }, { strategy: "ROUND", to: 2 })).toBe("NULLIFY");
    expect(chosen({ strategy: "NULLIFY" }, { strategy: "DEFAULT" })).toBe("NULLIFY");
  });

  it("names a mask completely", () => {
    const keys = [
      { strategy: "FIRST_N", n: 1 },
      { strategy: "FIRST_N", n: 2 },
      { strategy: "REDACT", replacement: "a" },
      { strategy: "REDACT", replacement: "b" },
      { strategy: "ROUND", to: 1 },
      { strategy: "BUCKET", size: 1 },
    ] satisfies MaskSettings[];
    expect(new Set(keys.map((item) => createMask(item, null).key)).size).toBe(keys.length);
  });
});
