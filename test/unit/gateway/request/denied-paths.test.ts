import { type FieldNode, parse, visit } from "graphql";
import { describe, expect, it } from "vitest";
import { deniedPaths } from "../../../../gateway/request/denied-paths.ts";

/** Paths of all fields called `secret`. */
function paths(query: string): readonly string[] {
  const document = parse(query);
  const denials = new Map<FieldNode, string>();
  visit(document, {
    Field: (node) => (node.name.value === "secret" ? void denials.set(node, "x") : undefined),
  });
  return deniedPaths(document, denials).map(({ path }) => path.join("."));
}

describe("paths of refused fields", () => {
  it("are response keys from the root, in the order of the document", () => {
    expect(paths("{ b { x: secret } a { c { secret } } secret }")).toEqual(["b.x", "a.c.secret", "secret"]);
  });

  it("come once each, however often they are written", () => {
    expect(
      paths("{ a { secret secret ... { secret } ...F } a { secret } } fragment F on T { secret }"),
    ).toEqual(["a.secret"]);
  });

  it("lead through every spread of a fragment", () => {
    expect(paths("{ a { ...F } b { ...F c { ...F } } } fragment F on T { secret }")).toEqual([
      "a.secret",
      "b.secret",
      "b.c.secret",
    ]);
  });

  it("end at the refused field", () => {
    expect(paths("{ secret { secret } }")).toEqual(["secret"]);
  });

  it("are bounded in number, also where fragments double each other", () => {
    const doubling = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on T { a { ...F${n + 1} } b { ...F${n + 1} } }`,
    );
    const since = performance.now();
    expect(paths(`{ ...F0 } ${doubling.join(" ")} fragment F30 on T { secret }`).length).toBeLessThanOrEqual(
      1000,
    );
    expect(performance.now() - since).toBeLessThan(2000);
  });
});
