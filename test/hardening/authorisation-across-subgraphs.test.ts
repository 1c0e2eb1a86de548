import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type MeshAnswer, type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const catalog = {
  sdl: linked(`
    type Query { media: [Media] book: Book item: Item moved: Item }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
    type Film implements Media @key(fields: "id") { id: ID! title: String }
    type Item @key(fields: "id") { id: ID! shared: String @shareable @requiresScopes(scopes: [["a"]]) moved: Int @requiresScopes(scopes: [["old"]]) cost: Int @shareable }`),
  resolvers: resolveFromData({
    query: {
      media: [
        { __typename: "Book", id: "1", title: "Dune" },
        { __typename: "Film", id: "2", title: "Heat" },
      ],
      book: { id: "1", title: "Dune" },
      item: { id: "1", shared: "s", moved: 1, cost: 7 },
    },
    entities: {
      Item: [{ id: "1", shared: "s", moved: 1, cost: 7 }],
      Book: [{ id: "1", title: "Dune" }],
      Film: [{ id: "2", title: "Heat" }],
    },
  }),
};

const reviews = {
  sdl: linked(`
    type Media @interfaceObject @key(fields: "id") {
      id: ID! stars: Int @requiresScopes(scopes: [["stars"]]) likes: Int
    }
    type Item @key(fields: "id") {
      id: ID!
      shared: String @shareable @requiresScopes(scopes: [["b"]])
      moved: Int @override(from: "catalog")
      cost: Int @external @authenticated
      margin: Int @requires(fields: "cost") @authenticated
    }`),
  resolvers: {
    Media: {
      __resolveReference: (reference: object) => ({ ...reference, stars: 5, likes: 9 }),
    },
    Item: {
      __resolveReference: (reference: { cost?: number }) => ({
        shared: "s",
        moved: 2,
        margin: (reference.cost ?? 0) * 2,
        ...reference,
      }),
    },
  },
};

const shelf = {
  sdl: linked(`
    type Query { shelf: Shelf provided: Item @provides(fields: "cost") }
    type Shelf @key(fields: "id") { id: ID! items: [Item] }
    type Item @key(fields: "id") { id: ID! cost: Int @external }`),
  resolvers: resolveFromData({
    query: { shelf: { id: "1", items: [{ id: "1" }] }, provided: { id: "1", cost: 7 } },
    entities: { Item: [{ id: "1" }] },
  }),
};

let issuer: TokenIssuer;
let mesh: SmallMesh;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await startSmallMesh({ subgraphs: { catalog, reviews, shelf }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});

async function ask(query: string, scopes: string | null): Promise<MeshAnswer> {
  mesh.calls.length = 0;
  return mesh.ask(query, scopes === null ? {} : { token: issuer.token({ scope: scopes }) });
}

describe("rules of several subgraphs on one field", () => {
  test("23: hold together", async () => {
    const query = "{ item { id shared } }";
    for (const scopes of ["", "a", "b"]) expect((await ask(query, scopes)).data.item.shared).toBeNull();
    const partly = await ask(query, "a");
    expect(partly.errors[0]?.extensions.missing).toEqual([["b"]]);
    expect((await ask(query, "a b")).data).toEqual({ item: { id: "1", shared: "s" } });
  });

  test("23: the rule of a definition that was overridden or is external survives", async () => {
    expect((await ask("{ item { id moved } }", "")).data).toEqual({ item: { id: "1", moved: null } });
    expect((await ask("{ item { id moved } }", "old")).data).toEqual({ item: { id: "1", moved: 2 } });
    expect((await ask("{ item { id cost } }", null)).data).toEqual({ item: { id: "1", cost: null } });
    expect((await ask("{ item { id cost margin } }", "")).data).toEqual({
      item: { id: "1", cost: 7, margin: 14 },
    });
  });
});

describe("27: fields of an interface object", () => {
  test("are refused on the interface and on each implementer", async () => {
    const query = "{ media { title stars ... on Book { mine: stars } } book { title stars } }";
    const refused = await ask(query, "");
    expect(refused.data).toEqual({
      media: [
        { title: "Dune", stars: null, mine: null },
        { title: "Heat", stars: null },
      ],
      book: { title: "Dune", stars: null },
    });
    expect(refused.errors.map(({ extensions }) => extensions.coordinate)).toEqual([
      "Media.stars",
      "Book.stars",
      "Book.stars",
    ]);
    expect(mesh.calls.every(({ body }) => !body.includes("stars"))).toBe(true);
  });

  test("are delivered on all of them to whoever may see them", async () => {
    const { data } = await ask("{ media { stars likes } book { stars } }", "stars");
    expect(data).toEqual({
      media: [
        { stars: 5, likes: 9 },
        { stars: 5, likes: 9 },
      ],
      book: { stars: 5 },
    });
  });
});

describe("35: @provides", () => {
  test("of a protected field gives it to nobody who may not see it", async () => {
    const refused = await ask("{ provided { id cost } shelf { items { id cost } } }", null);
    expect(refused.data).toEqual({
      provided: { id: "1", cost: null },
      shelf: { items: [{ id: "1", cost: null }] },
    });
    expect(mesh.calls.every(({ body }) => !body.includes("cost"))).toBe(true);
    expect((await ask("{ provided { cost } }", "")).data).toEqual({ provided: { cost: 7 } });
  });
});
