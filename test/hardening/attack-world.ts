import type { TestSubgraphSource } from "../testkit/small-mesh.ts";

/** Parts that the entity below has, each in a subgraph of its own. */
const PARTS = 6;
const IMPLEMENTERS = 50;

/** What attacks are aimed at: an entity in six subgraphs, an interface of fifty, pages, inputs, a mutation. */
export function attackedSubgraphs(): Readonly<Record<string, TestSubgraphSource>> {
  return Object.fromEntries(
    Array.from({ length: PARTS }, (_, part) => [
      `part${part}`,
      { sdl: sdlOf(part), resolvers: { ...(part === 0 ? roots() : {}), Thing: thingResolvers(part) } },
    ]),
  );
}

function sdlOf(part: number): string {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@listSize"])`;
  const thing = `type Thing @key(fields: "id") { id: ID! shared: Int @shareable x${part}: Int ${part === 0 ? "next: Thing things(first: Int): Things" : ""} }`;
  if (part > 0) return `${link} ${thing}`;
  const implementers = Array.from(
    { length: IMPLEMENTERS },
    (_, n) => `type Item${n} implements Item { id: ID! item: Item thing: Thing own${n}: Int }`,
  );
  return `${link} ${thing} ${implementers.join(" ")}
    interface Item { id: ID! item: Item thing: Thing }
    type Things { nodes: [Thing] }
    type User { id: ID name: String friend: User }
    input Line { id: ID! count: Int next: Line }
    type Query {
      me: User thing: Thing item: Item
      page(first: Int): [Thing] search(limit: Int): [Thing]
      sized(first: Int): Things @listSize(slicingArguments: ["first"], sizedFields: ["nodes"])
      take(number: Int, text: String, numbers: [Int], lines: [Line!]): Int
    }
    type Mutation { touch(id: ID): User }`;
}

function roots() {
  const thing = { id: "1" };
  const user = { id: "1", name: "Ada" };
  const item = { __typename: "Item7", id: "7" };
  const items = Array.from({ length: IMPLEMENTERS }, (_, n) => [
    `Item${n}`,
    { item: () => item, thing: () => thing },
  ]);
  return {
    Query: {
      me: () => user,
      thing: () => thing,
      item: () => item,
      page: () => [thing],
      search: () => [thing],
      sized: () => ({ nodes: [thing] }),
      take: () => 1,
    },
    Mutation: { touch: () => user },
    User: { friend: () => user },
    Things: { nodes: () => [thing] },
    ...Object.fromEntries(items),
  };
}

function thingResolvers(part: number) {
  const thing = { id: "1" };
  const next = part === 0 ? { next: () => thing, things: () => ({ nodes: [thing] }) } : {};
  return { ...next, shared: () => 1, [`x${part}`]: () => part };
}
