import { expect, test } from "vitest";
import { meets } from "../load/figures.ts";
import { measureOverload } from "../load/overload.ts";

// How much is answered, and how quickly the rest is refused, takes more rounds to tell: `npm run test:overload`.
test("107, 109: with five times as many requests as it can answer, each gets its answer or a 503 that says when to come back, and afterwards all are answered again", async () => {
  const figures = await measureOverload({ rounds: 1, seconds: { peak: 4, overload: 5, after: 3 } });
  const judged = figures.filter(({ what, unit }) => unit === "answers" || what.startsWith("after"));
  expect(judged).toHaveLength(2);
  expect(judged.filter((figure) => !meets(figure))).toEqual([]);
});
