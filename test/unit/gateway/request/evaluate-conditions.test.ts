import { parse, print } from "graphql";
import { describe, expect, it } from "vitest";
import { conditionVariables, evaluateConditions } from "../../../../gateway/request/evaluate-conditions.ts";

function evaluated(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  name: string | null = null,
) {
  return print(evaluateConditions(parse(query), name, variables)).replace(/\s+/g, " ");
}

describe("conditions", () => {
  it("are gone, and with them what they exclude", () => {
    expect(
      evaluated("{ a @skip(if: true) b @include(if: true) c @include(if: false) d @skip(if: false) }"),
    ).toBe("{ b d }");
  });

  it("take variables as coerced", () => {
    const query = "query ($x: Boolean!) { a @skip(if: $x) b @include(if: $x) }";
    expect(evaluated(query, { x: true })).toBe("query ($x: Boolean!) { b }");
    expect(evaluated(query, { x: false })).toBe("query ($x: Boolean!) { a }");
  });

  it("both have to include where both stand", () => {
    const both = (skip: boolean, include: boolean) =>
      evaluated(`{ b a @skip(if: ${skip}) @include(if: ${include}) }`);
    expect([both(false, true), both(true, true), both(false, false), both(true, false)]).toEqual([
      "{ b a }",
      "{ b }",
      "{ b }",
      "{ b }",
    ]);
  });

  it("on spreads and inline fragments decide about all of them, and unused fragments are gone", () => {
    const query = "{ x ...F @skip(if: true) ... @include(if: false) { y } } fragment F on T { z }";
    expect(evaluated(query)).toBe("{ x }");
  });

  it("count per spread, and inside of fragments once for all", () => {
    const query = "{ a { ...F } b { ...F @skip(if: true) } } fragment F on T { x y @skip(if: true) }";
    expect(evaluated(query)).toBe("{ a { ...F } b } fragment F on T { x }");
  });

  it("of other operations do not matter", () => {
    const query = "query A { a @skip(if: true) b } query B { ...F } fragment F on T { x }";
    expect(evaluated(query, {}, "A")).toBe("query A { b }");
    expect(evaluated(query, {}, "B")).toBe("query B { ...F } fragment F on T { x }");
  });

  it("name the variables that they read", () => {
    const query = "query ($a: Boolean!, $b: Int) { x(n: $b) @skip(if: $a) y @include(if: true) }";
    expect(conditionVariables(parse(query))).toEqual(["a"]);
  });
});
