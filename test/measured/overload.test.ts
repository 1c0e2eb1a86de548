import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

/** Share of a goal, of what other work on the machine weighs on. Whether the goals themselves are met takes more rounds to tell: `npm run test:overload`. */
const SLACK = 0.5;

test("107, 109: with five times as many requests as it can answer, each gets its answer or a 503 that says when to come back, and afterwards all are answered again", async () => {
  const figures = await measureOverload({ rounds: 3, seconds: { peak: 4, overload: 5, after: 3 } });
  expect(figures).toHaveLength(5);
  const judged = figures.filter(({ what, unit }) => unit === "answers" || what.startsWith("after"));
  expect(judged).toHaveLength(2);
  expect(judged.filter((figure) => !meets(figure))).toEqual([]);
  expect(figures.filter((figure) => !meets(figure, SLACK))).toEqual([]);
});
