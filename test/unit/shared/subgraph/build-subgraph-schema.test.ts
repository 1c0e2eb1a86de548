import { graphql } from "graphql";
import { describe, expect, it } from "vitest";
import { buildSubgraphSchema } from "../../../../shared/subgraph/build-subgraph-schema.ts";

const sdl = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: [{ name: "@mask", as: "@hide" }])

type Query {
  me: Person
}

type Person @key(fields: "id") {
  id: ID!
  email: String @hide(strategy: EMAIL) # kept to the letter
}
`;

describe("the schema of a subgraph", () => {
  it("gives its SDL to the letter, governance and comments included", async () => {
    const schema = buildSubgraphSchema(sdl, {});
    expect(await graphql({ schema, source: "{ _service { sdl } }" })).toEqual({
      data: { _service: { sdl } },
    });
  });

  it("answers fields and references with the resolvers given", async () => {
    const schema = buildSubgraphSchema(sdl, {
      Query: { me: () => ({ id: "1", email: "a@example.com" }) },
      Person: { __resolveReference: ({ id }: { id: string }) => ({ id, email: `${id}@example.com` }) },
    });
    const source = `{ me { email } _entities(representations: [{ __typename: "Person", id: "2" }]) { ... on Person { email } } }`;
    expect(await graphql({ schema, source })).toEqual({
      data: { me: { email: "a@example.com" }, _entities: [{ email: "2@example.com" }] },
    });
  });

  it.each([
    ["a field it does not have", sdl, { Person: { emial: () => null } }, /Person\.emial/],
    ["a type it does not have", sdl, { Persons: {} }, /resolvers for Persons/],
    ["something that is no resolvers at all", sdl, { Person: "x" }, /not objects/],
    ["SDL that is not valid", "type Query { me: Nobody }", {}, /Nobody/],
    ["SDL that does not parse", "type Query {", {}, /Syntax Error/],
  ])("is refused for %s", (_name, text, resolvers, message) => {
    const build = () => buildSubgraphSchema(text, resolvers);
    expect(build).toThrow(expect.objectContaining({ code: "SUBGRAPH_SCHEMA_INVALID" }));
    expect(build).toThrow(message);
  });
});
