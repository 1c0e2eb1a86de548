import { expect, test } from "vitest";
import { sayMask } from "../../../../gateway/console/say-mask.ts";
import { MASK_STRATEGIES } from "../../../../shared/mask-settings.ts";
import { createMask } from "../../../../shared/mask-strategies.ts";

test.each(MASK_STRATEGIES)("%s is said in words", (strategy) => {
  const said = sayMask(JSON.stringify({ strategy, n: 4, to: 10, size: 100 }));
  expect(said).toMatch(/^(?:It|Its|Only|A|The) .*, for everybody\.$/);
  expect(said).not.toMatch(/undefined|[A-Z]{3}/);
});

test("for whom it is not masked is said, whichever way", () => {
  const unless = { unlessScopes: ["a:b"], unlessPolicies: ["region"], unlessPurposes: ["support"] };
  expect(sayMask(JSON.stringify({ strategy: "LAST_N", n: 4, ...unless }))).toBe(
    "Only its last 4 characters arrive; callers with the scope a:b, or whom the policy region allows, or who come for the purpose support get it as it is.",
  );
});

test("the words for an address are what the mask does", () => {
  expect(createMask({ strategy: "EMAIL" }, null).apply("ada@example.net")).toBe("***@example.net");
  expect(sayMask('{"strategy":"EMAIL"}')).toBe("Only what is after the @ arrives, for everybody.");
});

test("of arguments that are withheld nothing is said", () => {
  expect(sayMask("{}")).toBeNull();
});
