import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../../testkit/compose-schemas.ts";
import { resolveFromData } from "../../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";

const card = { __typename: "Card", id: "1", number: "4111", issuer: { name: "Bank", code: "B" }, note: "x" };
const wire = { __typename: "Wire", id: "2", number: "DE89", issuer: { name: "Other", code: "O" } };

const cash = { __typename: "Cash", id: "3", number: null, issuer: { name: "Mint", code: "M" } };

/** What the differential tests found, in small. */
let mesh: SmallMesh;
beforeAll(async () => {
  mesh = await startSmallMesh({
    subgraphs: {
      pay: {
        sdl: linked(`
          type Query { means: [Means!]! }
          interface Means { id: ID! number: String issuer: Issuer }
          type Card implements Means @lifecycle(status: RETIRED) {
            id: ID! number: String @mask(strategy: REDACT) issuer: Issuer note: String
          }
          type Wire implements Means { id: ID! number: String issuer: Issuer @authenticated }
          type Cash implements Means { id: ID! number: String issuer: Issuer }
          type Issuer { name: String code: String! }`),
        resolvers: resolveFromData({ query: { means: [card, wire, cash] } }),
      },
    },
  });
});
afterAll(() => mesh.stop());

describe("rules that do not bind an interface", () => {
  test("leave the masks of the objects behind it in force", async () => {
    const { data, errors } = await mesh.ask("{ means { number } }");
    expect(data.means).toEqual([{ number: "[redacted]" }, { number: "DE89" }, { number: null }]);
    expect(errors).toEqual([]);
  });

  test("bind selections on the type itself, whose interface still delivers", async () => {
    const { data, errors } = await mesh.ask("{ means { id ... on Card { note secret: number } } }");
    expect(data.means).toEqual([{ id: "1", note: null, secret: null }, { id: "2" }, { id: "3" }]);
    expect(errors.map(({ extensions }) => [extensions.code, extensions.coordinate])).toEqual([
      ["FIELD_RETIRED", "Card.note"],
      ["FIELD_RETIRED", "Card.number"],
    ]);
  });
});

describe("a refused selection beside an allowed one of the same key", () => {
  test("does not null the object for asking its type", async () => {
    const query = "{ means { issuer { kind: __typename name } ... on Cash { issuer { name } } } }";
    const { data, errors } = await mesh.ask(query);
    expect(data.means).toEqual([
      { issuer: null },
      { issuer: null },
      { issuer: { kind: "Issuer", name: "Mint" } },
    ]);
    expect(errors.map(({ path }) => path)).toEqual([["means", "issuer"]]);
  });
});
