import { describe, expect, test } from "vitest";
import { type Series, TopSeries } from "../../../../gateway/telemetry/top-series.ts";

const create = (names: readonly string[]): Series => ({ names, isKept: true, recent: 0 });
const use = (top: TopSeries<Series>, name: string, times = 1) => {
  for (let n = 0; n < times; n += 1) top.of(name).recent += 1;
};
const namesOf = (top: TopSeries<Series>) => top.all().flatMap(({ names }) => names);

describe("series of the most used names", () => {
  test("are at most so many; the others share one", () => {
    const top = new TopSeries(2, ["(other)"], create);
    for (const name of ["a", "b", "c", "d"]) use(top, name, 3);
    expect(namesOf(top)).toEqual(["a", "b", "(other)"]);
    expect(top.other.recent).toBe(6);
  });

  test("a name that is used more than one of them takes its place", () => {
    const top = new TopSeries(2, ["(other)"], create);
    use(top, "a", 500);
    use(top, "b", 50);
    const replaced = top.of("b");
    use(top, "c", 100);
    expect(namesOf(top)).toEqual(["a", "c", "(other)"]);
    expect(replaced.isKept).toBe(false);
  });

  test("ten thousand names of one use each displace nobody", () => {
    const top = new TopSeries(2, ["(other)"], create);
    use(top, "a", 5);
    use(top, "b", 5);
    for (let n = 0; n < 10_000; n += 1) use(top, `flood ${n}`);
    expect(namesOf(top)).toEqual(["a", "b", "(other)"]);
  });

  test("what was used long ago gives way", () => {
    const top = new TopSeries(1, ["(other)"], create);
    use(top, "old", 1000);
    for (let n = 0; n < 5; n += 1) top.age();
    use(top, "new", 100);
    expect(namesOf(top)).toEqual(["new", "(other)"]);
  });

  test("names that only look alike when they are joined are told apart", () => {
    const top = new TopSeries(5, ["(other)"], create);
    expect(top.of("a", "b c")).not.toBe(top.of("a b", "c"));
  });
});
