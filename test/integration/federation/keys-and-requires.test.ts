import { describe, expect, test } from "vitest";
import { expectData } from "../../testkit/expect-data.ts";

/** Resolvers whose entities are what their representations say, with computed fields. */
const entity = (type: string, fields: object, query: object = {}) => ({
  Query: query,
  [type]: { __resolveReference: (reference: object) => reference, ...fields },
});

describe("@key", () => {
  test("several keys: each hop takes the key that both sides have", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { product: Product } type Product @key(fields: "id") { id: ID! name: String }`,
          query: { product: { id: "1", name: "Pen" } },
        },
        b: {
          sdl: `type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! }`,
          entities: { Product: [{ id: "1", sku: "S1" }] },
        },
        c: {
          sdl: `type Product @key(fields: "sku") { sku: String! stock: Int }`,
          entities: { Product: [{ sku: "S1", stock: 7 }] },
        },
      },
      "{ product { stock name } }",
      { product: { stock: 7, name: "Pen" } },
    );
  });

  test("nested and composite keys", async () => {
    const org = { org: { id: "o1" }, number: 5 };
    await expectData(
      {
        a: {
          sdl: `type Query { user: User } type User @key(fields: "number org { id }") { number: Int! org: Org! }
            type Org @shareable { id: ID! }`,
          query: { user: org },
        },
        b: {
          sdl: `type User @key(fields: "org { id } number") { number: Int! org: Org! nick: String }
            type Org @shareable { id: ID! }`,
          resolvers: entity("User", {
            nick: ({ org: { id }, number }: typeof org) => `${id}-${number}`,
          }),
        },
      },
      "{ user { nick } }",
      { user: { nick: "o1-5" } },
    );
  });

  test("null keys: an entity whose key is null is left to the subgraph, its neighbours are not harmed", async () => {
    const calls = await expectData(
      {
        a: {
          sdl: `type Query { products: [Product] } type Product @key(fields: "id") { id: ID name: String }`,
          query: { products: [{ id: null, name: "none" }, { id: "2", name: "Ink" }, null] },
        },
        b: {
          sdl: `type Product @key(fields: "id") { id: ID price: Int }`,
          resolvers: {
            Product: {
              __resolveReference: ({ id }: { id: string | null }) => (id === null ? null : { id, price: 3 }),
            },
          },
        },
      },
      "{ products { name price } }",
      { products: [{ name: "none", price: null }, { name: "Ink", price: 3 }, null] },
    );
    expect(calls.map(({ body }) => JSON.parse(body).variables?.representations ?? null)).toEqual([
      null,
      [
        { __typename: "Product", id: null },
        { __typename: "Product", id: "2" },
      ],
    ]);
  });
});

describe("@requires", () => {
  test("with arguments", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { parcel: Parcel } type Parcel @key(fields: "id") { id: ID! weight(unit: String): Int }`,
          resolvers: {
            Query: { parcel: () => ({ id: "1" }) },
            Parcel: {
              __resolveReference: (reference: object) => reference,
              weight: (_: unknown, { unit }: { unit: string }) => (unit === "g" ? 2000 : 2),
            },
          },
        },
        b: {
          sdl: `type Parcel @key(fields: "id") { id: ID! weight(unit: String): Int @external
            postage: Int @requires(fields: "weight(unit: \\"g\\")") }`,
          resolvers: entity("Parcel", { postage: ({ weight }: { weight: number }) => weight / 100 }),
        },
      },
      "{ parcel { postage } }",
      { parcel: { postage: 20 } },
    );
  });

  test("with fragments on an abstract type", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { orders: [Order] } type Order @key(fields: "id") { id: ID! payment: Payment }
            union Payment = Card | Transfer
            type Card @shareable { number: String } type Transfer @shareable { iban: String }`,
          query: {
            orders: [
              { id: "1", payment: { __typename: "Card", number: "4711" } },
              { id: "2", payment: { __typename: "Transfer", iban: "DE1" } },
            ],
          },
          entities: {
            Order: [
              { id: "1", payment: { __typename: "Card", number: "4711" } },
              { id: "2", payment: { __typename: "Transfer", iban: "DE1" } },
            ],
          },
        },
        b: {
          sdl: `type Order @key(fields: "id") { id: ID! payment: Payment @external
            label: String @requires(fields: "payment { __typename ... on Card { number } ... on Transfer { iban } }") }
            union Payment = Card | Transfer
            type Card @shareable { number: String } type Transfer @shareable { iban: String }`,
          resolvers: entity("Order", {
            label: ({ payment }: { payment: Record<string, string> }) => JSON.stringify(payment),
          }),
        },
      },
      "{ orders { label } }",
      {
        orders: [
          { label: '{"__typename":"Card","number":"4711"}' },
          { label: '{"__typename":"Transfer","iban":"DE1"}' },
        ],
      },
    );
  });

  test("in a chain over three subgraphs", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! net: Int }`,
          query: { item: { id: "1", net: 100 } },
          entities: { Item: [{ id: "1", net: 100 }] },
        },
        b: {
          sdl: `type Item @key(fields: "id") { id: ID! net: Int @external gross: Int @requires(fields: "net") }`,
          resolvers: entity("Item", { gross: ({ net }: { net: number }) => net + 19 }),
        },
        c: {
          sdl: `type Item @key(fields: "id") { id: ID! gross: Int @external tag: String @requires(fields: "gross") }`,
          resolvers: entity("Item", { tag: ({ gross }: { gross: number }) => `${gross} EUR` }),
        },
      },
      "{ item { tag } }",
      { item: { tag: "119 EUR" } },
    );
  });

  test("in a circle: back into the subgraph that asked", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! one: Int
            two: Int @external three: Int @requires(fields: "two") }`,
          resolvers: entity(
            "Item",
            { one: () => 1, three: ({ two }: { two: number }) => two + 1 },
            { item: () => ({ id: "1" }) },
          ),
        },
        b: {
          sdl: `type Item @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") }`,
          resolvers: entity("Item", { two: ({ one }: { one: number }) => one + 1 }),
        },
      },
      "{ item { three two one } }",
      { item: { three: 3, two: 2, one: 1 } },
    );
  });
});

describe("@provides", () => {
  const COUNT = "calls of the subgraph that owns what is provided";
  const owner = {
    sdl: `type Query { authors: [Author] } type Author @key(fields: "id") { id: ID! name: String @shareable address: Address @shareable }
      type Address @shareable { city: String }
      type Robot @key(fields: "id") { id: ID! name: String @shareable }`,
    query: { authors: [] },
    entities: {
      Author: [{ id: "1", name: "asked", address: { city: "asked" } }],
      Robot: [{ id: "9", name: "asked" }],
    },
  };

  test(`nested: no ${COUNT}`, async () => {
    const calls = await expectData(
      {
        a: owner,
        b: {
          sdl: `type Query { book: Book } type Book { author: Author @provides(fields: "address { city }") }
            type Author @key(fields: "id") { id: ID! address: Address @external }
            type Address @shareable { city: String }`,
          query: { book: { author: { id: "1", address: { city: "Rome" } } } },
        },
      },
      "{ book { author { address { city } } } }",
      { book: { author: { address: { city: "Rome" } } } },
    );
    expect(calls.map(({ subgraph }) => subgraph)).toEqual(["b"]);
  });

  test(`on a union: no ${COUNT}, for the members it names`, async () => {
    const calls = await expectData(
      {
        a: owner,
        b: {
          sdl: `type Query { maker: Maker @provides(fields: "... on Author { name }") } union Maker = Author | Robot
            type Author @key(fields: "id") { id: ID! name: String @external }
            type Robot @key(fields: "id") { id: ID! }`,
          query: { maker: { __typename: "Author", id: "1", name: "Ada" } },
        },
      },
      "{ maker { __typename ... on Author { name } } }",
      { maker: { __typename: "Author", name: "Ada" } },
    );
    expect(calls.map(({ subgraph }) => subgraph)).toEqual(["b"]);
  });

  test(`on an interface: no ${COUNT}`, async () => {
    const calls = await expectData(
      {
        a: owner,
        b: {
          sdl: `type Query { named: Named @provides(fields: "... on Author { name } ... on Robot { name }") }
            interface Named { id: ID! }
            type Author implements Named @key(fields: "id") { id: ID! name: String @external }
            type Robot implements Named @key(fields: "id") { id: ID! name: String @external }`,
          query: { named: { __typename: "Robot", id: "9", name: "R2" } },
        },
      },
      "{ named { id ... on Author { name } ... on Robot { name } } }",
      { named: { id: "9", name: "R2" } },
    );
    expect(calls.map(({ subgraph }) => subgraph)).toEqual(["b"]);
  });
});
