import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

test("107, 109: with five times as many requests as it can answer, it answers as many as ever, refuses the rest at once, and recovers", async () => {
  const figures = await measureOverload({ rounds: 1, seconds: { peak: 4, overload: 5, after: 3 } });
  expect(figures.filter((figure) => !meets(figure))).toEqual([]);
});
