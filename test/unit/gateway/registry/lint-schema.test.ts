import { describe, expect, test } from "vitest";
import { lintSchema } from "../../../../gateway/registry/lint-schema.ts";

const GOOD = `
  type Query { "One pet." pet(id: ID!): Pet "All pets." pets(first: Int): PetConnection }
  "A pet." type Pet @key(fields: "id") { id: ID! "Its toys." toys: [Toy!] "Its owner." owner: Owner @external }
  "A toy." type Toy { "What it is." kind: Kind }
  "Pages." type PetConnection { "The pets." nodes: [Pet!]! }
  "Kinds." enum Kind { BALL RUBBER_DUCK }
  extend type Owner @key(fields: "id") { id: ID! @external }`;

function found(sdl: string): readonly string[] {
  return lintSchema({ name: "pets", sdl }).map(
    ({ code, coordinate, message }) => `${code} ${coordinate} ${message}`,
  );
}

describe("a schema is told what it should have", () => {
  test("nothing, where it has it", () => {
    expect(found(GOOD)).toEqual([]);
  });

  test.each([
    ["kind: Kind }", "Kind_of: Kind }", "NAMING Toy.Kind_of Names are not in the usual case: Toy.Kind_of."],
    ["BALL", "ball", "NAMING Kind.ball Names are not in the usual case: Kind.ball."],
    [
      "pet(id: ID!)",
      "pet(Id: ID!)",
      "NAMING Query.pet(Id:) Names are not in the usual case: Query.pet(Id:).",
    ],
    ['"A toy." type', "type", "DESCRIPTION_MISSING Toy There is no description: Toy."],
    ['"What it is." kind', "kind", "DESCRIPTION_MISSING Toy.kind There is no description: Toy.kind."],
    [
      "pets(first: Int): PetConnection",
      "pets: [Pet!]",
      "LIST_NOT_PAGED Query.pets Lists of entities are given out whole: Query.pets.",
    ],
  ])("%s → %s", (written, instead, warning) => {
    expect(found(GOOD.replace(written, instead))).toEqual([warning]);
  });

  test("once for many places, of which it names the first", () => {
    const fields = Array.from({ length: 9 }, (_, at) => `f${at}: Int`).join(" ");
    const [warning, ...others] = lintSchema({ name: "wide", sdl: `"Wide." type Wide { ${fields} }` });
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      severity: "warning",
      subgraphs: ["wide"],
      message: "There is no description: Wide.f0, Wide.f1, Wide.f2, Wide.f3, Wide.f4 and 4 more.",
      remedy: expect.stringContaining("catalog"),
    });
  });
});
