import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

/** Share of a goal. Whether the goals themselves are met takes more rounds to tell: `npm run test:overload`. */
const SLACK = 0.5;

test("107, 109: with five times as many requests as it can answer it goes on answering, refuses the rest quickly and rightly, and recovers", async () => {
  const figures = await measureOverload({ rounds: 2, seconds: { peak: 4, overload: 5, after: 3 } });
  expect(figures).toHaveLength(5);
  expect(figures.filter((figure) => !meets(figure, SLACK))).toEqual([]);
});
