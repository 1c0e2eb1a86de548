import { type Audit, serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";

const SDL = "type Query { hello(name: String): String }";
const resolvers = { Query: { hello: (_: unknown, { name }: { name?: string }) => `Hello ${name}` } };

/** The number of checks of the public audit this was written against. */
const AUDITS = 61;

describe.each([
  { lanes: "both lanes", hotLane: true },
  { lanes: "the Apollo lane alone", hotLane: false },
])("the public audit of GraphQL over HTTP ($lanes)", ({ hotLane }) => {
  let mesh: SmallMesh;
  let audits: readonly Audit[];

  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { greeter: { sdl: SDL, resolvers } },
      config: (config) => ({ ...config, hotLane }),
    });
    audits = serverAudits({
      url: `${mesh.url}/graphql`,
      fetchFn: (input: string, init: RequestInit = {}) =>
        fetch(input, { ...init, headers: { ...headersOf(init), "apollo-require-preflight": "true" } }),
    });
  });
  afterAll(() => mesh.stop());

  test("has the checks that are known", () => {
    expect(audits).toHaveLength(AUDITS);
  });

  test("passes every check, MUST, SHOULD and MAY, at first sight and when the operations are known", async () => {
    for (const pass of ["first", "second"]) {
      const failed: string[] = [];
      for (const audit of audits) {
        const result = await audit.fn();
        if (result.status !== "ok") failed.push(`${pass} ${audit.id} ${audit.name}: ${result.reason}`);
      }
      expect(failed).toEqual([]);
    }
  });
});

function headersOf({ headers }: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}
