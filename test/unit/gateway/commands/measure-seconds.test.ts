import { expect, test } from "vitest";
import { readMeasureMs } from "../../../../gateway/commands/measure-seconds.ts";

test("promises are measured every 15 seconds, or as often as is said", () => {
  expect(readMeasureMs({})).toBe(15_000);
  expect(readMeasureMs({ REGISTRY_MEASURE_SECONDS: "" })).toBe(15_000);
  expect(readMeasureMs({ REGISTRY_MEASURE_SECONDS: "0.5" })).toBe(500);
});

test.each(["0", "-1", "often", "4000"])("REGISTRY_MEASURE_SECONDS=%s is refused by name", (text) => {
  expect(() => readMeasureMs({ REGISTRY_MEASURE_SECONDS: text })).toThrow(/^REGISTRY_MEASURE_SECONDS: /);
});
