import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";

const SDL = linked(`type Query { node: Node } type Mutation { touch: Node } type Node { id: ID next: Node }`);

const inline = (levels: number) => `{ node ${"{...".repeat(levels)}{id}${"}".repeat(levels)} }`;
const spreads = (levels: number) =>
  `{ node { ...F0 } } ${Array.from({ length: levels }, (_, n) => `fragment F${n} on Node { ...F${n + 1} }`).join(" ")}
   fragment F${levels} on Node { id }`;

describe("an operation of fragments within fragments, which is no deep selection of fields", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    const node = () => ({ id: "1" });
    mesh = await startSmallMesh({
      subgraphs: { a: { sdl: SDL, resolvers: { Query: { node }, Mutation: { touch: node } } } },
      usage: async () => undefined,
    });
  });
  afterAll(() => mesh.stop());

  test.each([
    ["inline, 400 levels", inline(400)],
    ["spread, 400 levels", spreads(400)],
  ])("is answered: %s", async (_how, query) => {
    expect((await mesh.ask(query)).data).toEqual({ node: { id: "1" } });
  });

  test.each([
    ["inline, 600 levels", inline(600)],
    ["inline, 900 levels", inline(900)],
    ["spread, 600 levels", spreads(600)],
    ["spread, 900 levels", spreads(900)],
  ])("is refused by name instead of failing somewhere: %s", async (_how, query) => {
    const { status, errors } = await mesh.ask(query);
    expect([status, errors[0]?.extensions.code]).toEqual([400, "OPERATION_TOO_COMPLEX"]);
  });

  test.each([1200, 1500, 1800, 2000, 2200, 2500])("is the client's mistake at %i levels", async (levels) => {
    for (const query of [inline(levels), spreads(Math.min(levels, 1800))])
      expect(await mesh.ask(query)).toMatchObject({ status: 400 });
    expect(mesh.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });
});
