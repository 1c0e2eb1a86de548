import { describe, expect, test } from "vitest";
import { composed } from "../../testkit/compose-schemas.ts";
import { expectData } from "../../testkit/expect-data.ts";

const link = (...names: readonly string[]) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names.map((name) => `"@${name}"`).join(", ")}])`;

describe("fields of several subgraphs", () => {
  test("@shareable: answered by the subgraph that is asked anyway", async () => {
    const calls = await expectData(
      {
        a: {
          sdl: `type Query { place: Place } type Place @key(fields: "id") { id: ID! name: String @shareable }`,
          query: { place: { id: "1", name: "Rome" } },
        },
        b: {
          sdl: `type Place @key(fields: "id") { id: ID! name: String @shareable mayor: String }`,
          entities: { Place: [{ id: "1", name: "Roma", mayor: "Ann" }] },
        },
      },
      "{ place { name mayor } }",
      { place: { name: "Rome", mayor: "Ann" } },
    );
    expect(calls.map(({ subgraph }) => subgraph)).toEqual(["a", "b"]);
  });

  test("@override: answered by the subgraph that took the field over", async () => {
    await expectData(
      {
        a: {
          sdl: `type Query { place: Place } type Place @key(fields: "id") { id: ID! name: String size: Int }`,
          query: { place: { id: "1", name: "old", size: 1 } },
        },
        b: {
          sdl: `type Place @key(fields: "id") { id: ID! name: String @override(from: "a") }`,
          entities: { Place: [{ id: "1", name: "new" }] },
        },
      },
      "{ place { size name } }",
      { place: { size: 1, name: "new" } },
    );
  });

  test("root fields that several subgraphs share", async () => {
    const version = { sdl: "type Query { version: Int @shareable }", query: { version: 3 } };
    const calls = await expectData(
      {
        a: version,
        b: { sdl: "type Query { version: Int @shareable b: Int }", query: { version: 3, b: 4 } },
      },
      "{ version b }",
      { version: 3, b: 4 },
    );
    expect(calls.map(({ subgraph }) => subgraph)).toEqual(["b"]);
  });

  test("enums that return values are the union of what the subgraphs know", async () => {
    await expectData(
      {
        a: { sdl: "type Query { a: Color } enum Color { RED }", query: { a: "RED" } },
        b: { sdl: "type Query { b: [Color] } enum Color { GREEN BLUE }", query: { b: ["BLUE", "GREEN"] } },
      },
      "{ a b }",
      { a: "RED", b: ["BLUE", "GREEN"] },
    );
  });

  test("inputs are the intersection of what the subgraphs know", async () => {
    const given = (args: unknown) => JSON.stringify(args);
    await expectData(
      {
        a: {
          sdl: "type Query { a(by: By): String } input By { name: String size: Int }",
          query: { a: given },
        },
        b: { sdl: "type Query { b(by: By): String } input By { name: String }", query: { b: given } },
      },
      `query ($by: By) { a(by: $by) b(by: { name: "y" }) __type(name: "By") { inputFields { name } } }`,
      {
        a: '{"by":{"name":"x"}}',
        b: '{"by":{"name":"y"}}',
        __type: { inputFields: [{ name: "name" }] },
      },
      { by: { name: "x" } },
    );
  });
});

describe("@external", () => {
  const calculated = {
    Item: {
      __resolveReference: (reference: object) => reference,
      price: ({ net }: { net: number }) => net + 1,
    },
  };
  const source = { query: { item: { id: "1", net: 5 } }, entities: { Item: [{ id: "1", net: 5 }] } };

  test("in the style of Federation 2", async () => {
    await expectData(
      {
        a: { sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! net: Int }`, ...source },
        b: {
          sdl: `type Item @key(fields: "id") { id: ID! net: Int @external price: Int @requires(fields: "net") }`,
          resolvers: calculated,
        },
      },
      "{ item { price } }",
      { item: { price: 6 } },
    );
  });

  test("in the style of Federation 1: extended types, external keys, no link", async () => {
    await expectData(
      {
        a: {
          isUnlinked: true,
          sdl: `extend type Query { item: Item } type Item @key(fields: "id") { id: ID! net: Int }`,
          ...source,
        },
        b: {
          isUnlinked: true,
          sdl: `extend type Item @key(fields: "id") {
            id: ID! @external net: Int @external price: Int @requires(fields: "net") }`,
          resolvers: calculated,
        },
      },
      "{ item { price } }",
      { item: { price: 6 } },
    );
  });
});

describe("directives that are about the schema", () => {
  test("@inaccessible: used between subgraphs, unknown to clients", async () => {
    const subgraphs = {
      a: {
        sdl: `type Query { item: Item } type Item @key(fields: "sku") { sku: ID! @inaccessible name: String }`,
        query: { item: { sku: "s", name: "Pen" } },
      },
      b: {
        sdl: `type Item @key(fields: "sku") { sku: ID! @inaccessible stock: Int }`,
        entities: { Item: [{ sku: "s", stock: 2 }] },
      },
    };
    await expectData(subgraphs, `{ item { name stock } __type(name: "Item") { fields { name } } }`, {
      item: { name: "Pen", stock: 2 },
      __type: { fields: [{ name: "name" }, { name: "stock" }] },
    });
  });

  test("@tag, @cost and @listSize are accepted, and change no answer", async () => {
    await expectData(
      {
        a: {
          sdl: `${link("tag", "cost", "listSize")}
            type Query @tag(name: "root") { items(first: Int): [Int] @listSize(slicingArguments: ["first"]) @cost(weight: 3) }`,
          query: { items: ({ first }: { first: number }) => [1, 2, 3].slice(0, first) },
        },
      },
      "{ items(first: 2) }",
      { items: [1, 2] },
    );
  });

  test("@composeDirective brings a directive into the supergraph", async () => {
    const sdl = `${link("composeDirective")}
      @link(url: "https://specs.example.com/house/v1.0", import: ["@house"]) @composeDirective(name: "@house")
      directive @house(of: String!) on FIELD_DEFINITION
      type Query { hello: String @house(of: "Usher") }`;
    const composition = composed(sdl);
    if (composition.kind === "refused") throw new Error(JSON.stringify(composition.findings));
    expect(composition.artifact.supergraph).toMatch(/hello: String @house\(of: "Usher"\)/);
    await expectData({ a: { sdl, query: { hello: "hi" } } }, "{ hello }", { hello: "hi" });
  });
});

test("@context and @fromContext hand a value of an ancestor on to another subgraph's field", async () => {
  await expectData(
    {
      a: {
        sdl: `type Query { shop: Shop } type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! item: Item }
          type Item @key(fields: "id") { id: ID! price(currency: String @fromContext(field: "$shop { currency }")): String }`,
        resolvers: {
          Query: { shop: () => ({ id: "1", currency: "EUR", item: { id: "i" } }) },
          Shop: {
            __resolveReference: ({ id }: { id: string }) => ({ id, currency: "EUR", item: { id: "i" } }),
          },
          Item: {
            __resolveReference: (reference: object) => reference,
            price: (_: unknown, { currency }: { currency: string }) => `5 ${currency}`,
          },
        },
      },
      b: {
        sdl: `type Item @key(fields: "id") { id: ID! name: String }`,
        entities: { Item: [{ id: "i", name: "Pen" }] },
      },
    },
    "{ shop { item { name price } } }",
    { shop: { item: { name: "Pen", price: "5 EUR" } } },
  );
});

test("mutations run one after the other, each with what it needs of other subgraphs", async () => {
  const order: string[] = [];
  const mutation = (name: string, ms: number) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    order.push(`${name} ends`);
    return { id: name, name: `${name}!` };
  };
  await expectData(
    {
      a: {
        sdl: `type Query { a: Int } type Mutation { one: Item three: Item } type Item @key(fields: "id") { id: ID! }`,
        mutation: { one: mutation("one", 30), three: mutation("three", 0) },
      },
      b: {
        sdl: `type Mutation { two: Item } type Item @key(fields: "id") { id: ID! name: String }`,
        mutation: { two: mutation("two", 10) },
        entities: { Item: ["one", "two", "three"].map((id) => ({ id, name: `${id}!` })) },
      },
    },
    "mutation { one { name } two { name } three { name } }",
    { one: { name: "one!" }, two: { name: "two!" }, three: { name: "three!" } },
  );
  const once = ["one", "two", "three"].flatMap((name) => [`${name} begins`, `${name} ends`]);
  expect(order).toEqual([...once, ...once, ...once]);
});
