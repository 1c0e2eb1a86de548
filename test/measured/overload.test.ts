import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

/** By how much the others may miss their goals on a machine that has other work; `npm run test:overload` judges the goals. */
const FACTOR = 3;

test("107, 109: with five times as many requests as it can answer, each gets its answer or a 503 that says when to come back, and afterwards all are answered again", async () => {
  const figures = await measureOverload({ rounds: 3, seconds: { peak: 4, overload: 5, after: 3 } });
  expect(figures).toHaveLength(5);
  const judged = figures.filter(({ what, unit }) => unit === "answers" || what.startsWith("after"));
  expect(judged).toHaveLength(2);
  expect(judged.filter((figure) => !meets(figure))).toEqual([]);
  expect(figures.filter((figure) => !meets(figure, FACTOR))).toEqual([]);
});
