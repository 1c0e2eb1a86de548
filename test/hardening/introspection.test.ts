import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";

const door = {
  sdl: linked(
    `type Query { open: String secret: String @mask(strategy: HASH) sealed: String @inaccessible }`,
  ),
  resolvers: resolveFromData({ query: { open: "open", secret: "x" } }),
};

const QUERIES = [
  "{ __schema { queryType { name } } }",
  `{ __type(name: "Query") { name } }`,
  "{ x: __schema { types { name } } }",
  "{ ... { __schema { types { name } } } }",
  "{ ... on Query { open ... on Query { __schema { types { name } } } } }",
  "{ open ...F } fragment F on Query { ...G } fragment G on Query { t: __schema { types { name } } }",
];

describe("38: introspection that is switched off", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { door },
      config: (config) => ({ ...config, introspection: false }),
    });
  });
  afterAll(() => mesh.stop());

  test.each(QUERIES)("%s is refused by POST, GET and as a persisted query", async (query) => {
    const get = await fetch(`${mesh.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { "apollo-require-preflight": "1" },
    });
    const extensions = {
      persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") },
    };
    const persist = (body: object) =>
      fetch(`${mesh.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ extensions, ...body }),
      });
    const registered = await persist({ query });
    const answers = [await mesh.ask(query), get, registered, await persist({})];
    for (const answer of answers) {
      const text =
        "text" in answer && typeof answer.text === "string" ? answer.text : await (answer as Response).text();
      expect(text).not.toMatch(/"(data|queryType|types)":\{/);
      expect(text).toContain("errors");
    }
  });

  test("__typename is no introspection", async () => {
    expect((await mesh.ask("{ __typename open }")).data).toEqual({ __typename: "Query", open: "open" });
  });

  test("a misspelt field tells no names", async () => {
    expect((await mesh.ask("{ opn }")).text).not.toMatch(/Did you mean|open/);
  });
});

describe("introspection that is on", () => {
  test("shows the API only: nothing of join, link, federation, governance, nor what is inaccessible", async () => {
    const mesh = await startSmallMesh({ subgraphs: { door } });
    const { text, data } = await mesh.ask(
      "{ __schema { types { name fields { name } } directives { name args { type { name } } } } }",
    );
    await mesh.stop();
    expect(text).not.toMatch(/join|link|federation|governance|mask|Scope|Policy|sealed/i);
    expect(data.__schema.directives.map(({ name }: { name: string }) => name).sort()).toEqual([
      "deprecated",
      "include",
      "oneOf",
      "skip",
      "specifiedBy",
    ]);
  });
});
