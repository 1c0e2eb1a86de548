import { describe, expect, test } from "vitest";
import { BoundedMap } from "../../../../gateway/request/bounded-map.ts";

describe("a bounded map", () => {
  test("gives what was set, the latest value of a key", () => {
    const map = new BoundedMap<number>(3);
    expect(map.get("a")).toBeUndefined();
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([3, 2, undefined]);
  });

  test("forgets what was used longest ago", () => {
    const map = new BoundedMap<number>(3);
    for (const [value, key] of ["a", "b", "c"].entries()) map.set(key, value);
    map.get("a");
    map.set("d", 3);
    expect(["a", "b", "c", "d"].map((key) => map.get(key))).toEqual([0, undefined, 2, 3]);
  });

  test("setting a key again makes room for no other", () => {
    const map = new BoundedMap<number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("b", 3);
    expect(["a", "b"].map((key) => map.get(key))).toEqual([1, 3]);
  });
});
