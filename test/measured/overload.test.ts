import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

/** What breaks down misses its goal by more. Whether the goals themselves are met takes a quiet machine: `npm run test:overload`. */
const FACTOR = 3;

test("107, 109: with five times as many requests as it can answer it goes on answering, refuses the rest quickly and rightly, and recovers", async () => {
  const figures = await measureOverload({ rounds: 3, seconds: { peak: 4, overload: 5, after: 3 } });
  expect(figures).toHaveLength(5);
  expect(figures.filter((figure) => !meets(figure, FACTOR))).toEqual([]);
});
