import { describe, expect, test } from "vitest";
import { expectData } from "../../testkit/expect-data.ts";

const video = { __typename: "Video", id: "v", title: "Film" };
const track = { __typename: "Track", id: "t", title: "Song" };

describe("@interfaceObject", () => {
  const owner = {
    sdl: `type Query { media: [Media] } interface Media @key(fields: "id") { id: ID! title: String }
      type Video implements Media @key(fields: "id") { id: ID! title: String }
      type Track implements Media @key(fields: "id") { id: ID! title: String }`,
    query: { media: [video, track] },
    resolvers: {
      Query: { media: () => [video, track] },
      Media: {
        __resolveType: ({ id }: { id: string }) => (id === "v" ? "Video" : "Track"),
        __resolveReference: ({ id }: { id: string }) => (id === "v" ? video : track),
      },
      Video: { __resolveReference: () => video },
      Track: { __resolveReference: () => track },
    },
  };
  const reviews = {
    sdl: `type Query { best: Media } type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int }`,
    query: { best: { id: "t", stars: 5 } },
    entities: {
      Media: [
        { id: "v", stars: 3 },
        { id: "t", stars: 5 },
      ],
    },
  };

  test("adds fields to every implementer", async () => {
    await expectData({ owner, reviews }, "{ media { __typename title stars ... on Video { v: stars } } }", {
      media: [
        { __typename: "Video", title: "Film", stars: 3, v: 3 },
        { __typename: "Track", title: "Song", stars: 5 },
      ],
    });
  });

  test("as an entry: the real type is asked for where it matters", async () => {
    await expectData(
      { owner, reviews },
      "{ best { __typename id stars title ... on Track { t: title } ... on Video { v: title } } }",
      { best: { __typename: "Track", id: "t", stars: 5, title: "Song", t: "Song" } },
    );
  });
});

test("entity interfaces: fields of implementers in other subgraphs", async () => {
  await expectData(
    {
      a: {
        sdl: `type Query { media: [Media] } interface Media { id: ID! title: String }
          type Video implements Media @key(fields: "id") { id: ID! title: String }
          type Track implements Media @key(fields: "id") { id: ID! title: String @external }`,
        query: { media: [video, { __typename: "Track", id: "t" }] },
      },
      b: {
        sdl: `interface Media { id: ID! title: String }
          type Track implements Media @key(fields: "id") { id: ID! title: String bpm: Int }`,
        entities: { Track: [{ ...track, bpm: 90 }] },
      },
    },
    "{ media { title ... on Track { bpm } } }",
    { media: [{ title: "Film" }, { title: "Song", bpm: 90 }] },
  );
});

test("unions of which each subgraph knows a part", async () => {
  await expectData(
    {
      a: {
        sdl: `type Query { left: [Thing] } union Thing = Video | Track
          type Video @key(fields: "id") { id: ID! } type Track @key(fields: "id") { id: ID! }`,
        query: { left: [video, track] },
      },
      b: {
        sdl: `type Query { right: [Thing] } union Thing = Track | Book
          type Track @key(fields: "id") { id: ID! bpm: Int } type Book { pages: Int }`,
        query: {
          right: [
            { __typename: "Book", pages: 3 },
            { __typename: "Track", id: "t", bpm: 90 },
          ],
        },
        entities: { Track: [{ id: "t", bpm: 90 }] },
      },
    },
    `{ left { ...T } right { ...T } __type(name: "Thing") { possibleTypes { name } } }
     fragment T on Thing { __typename ... on Video { id } ... on Track { bpm } ... on Book { pages } }`,
    {
      left: [
        { __typename: "Video", id: "v" },
        { __typename: "Track", bpm: 90 },
      ],
      right: [
        { __typename: "Book", pages: 3 },
        { __typename: "Track", bpm: 90 },
      ],
      __type: { possibleTypes: [{ name: "Video" }, { name: "Track" }, { name: "Book" }] },
    },
  );
});

test("__typename everywhere: at the root, aliased, in fragments, beside nothing else, after a hop", async () => {
  const calls = await expectData(
    {
      a: {
        sdl: `type Query { video: Video list: [Video] } type Mutation { m: Video } type Video @key(fields: "id") { id: ID! }`,
        query: { video, list: [video] },
      },
      b: {
        sdl: `type Video @key(fields: "id") { id: ID! cut: Cut } type Cut { n: Int }`,
        entities: { Video: [{ id: "v", cut: { n: 1 } }] },
      },
    },
    "{ __typename root: __typename list { __typename } video { ... { kind: __typename } cut { __typename } } }",
    {
      __typename: "Query",
      root: "Query",
      list: [{ __typename: "Video" }],
      video: { kind: "Video", cut: { __typename: "Cut" } },
    },
  );
  expect(calls.map(({ subgraph }) => subgraph)).toEqual(["a", "b"]);
  await expectData({ a: { sdl: "type Query { a: Int }", query: { a: 1 } } }, "{ __typename x: __typename }", {
    __typename: "Query",
    x: "Query",
  });
});
