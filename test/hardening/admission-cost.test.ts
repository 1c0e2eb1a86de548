import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lanesTaken } from "../integration/lanes/lanes-taken.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { attackedSubgraphs } from "./attack-world.ts";

const BY_VARIABLE = "query($n: Int) { page(first: $n) { id x1 things(first: $n) { nodes { id x2 } } } }";
const REPORT = { "x-report-cost": "1" };

let mesh: SmallMesh;
beforeAll(async () => {
  mesh = await startSmallMesh({ subgraphs: attackedSubgraphs() });
});
afterAll(() => mesh.stop());

describe("65: a page whose length comes in a variable", () => {
  test("is costed again for each request, in both lanes, and refused before any subgraph is asked", async () => {
    const ask = (n: number) => mesh.ask(BY_VARIABLE, { variables: { n } });
    expect((await ask(5)).status).toBe(200);
    expect((await ask(10)).status).toBe(200);
    const calls = mesh.calls.length;
    const { hot } = await lanesTaken(mesh.url);
    const refused = await ask(1000);
    expect((await lanesTaken(mesh.url)).hot).toBe(hot + 1);
    expect(refused.status).toBe(400);
    expect(refused.errors[0]?.extensions).toMatchObject({
      code: "OPERATION_TOO_EXPENSIVE",
      limit: "cost",
      measured: 1000 * (1 + 1 + 1000),
      maximum: 100_000,
    });
    expect(mesh.calls).toHaveLength(calls);
    expect((await ask(10)).status).toBe(200);
  });

  test("the slowest lane refuses it as well", async () => {
    const fresh = BY_VARIABLE.replace("query", "query Fresh");
    const { status, errors } = await mesh.ask(fresh, { variables: { n: 1_000_000 } });
    expect([status, errors[0]?.extensions.code]).toEqual([400, "OPERATION_TOO_EXPENSIVE"]);
  });
});

test("many entities are refused though they are cheap", async () => {
  const strict = await startSmallMesh({
    subgraphs: attackedSubgraphs(),
    config: (config) => ({ ...config, limits: { ...config.limits, entityFanOut: 20 } }),
  });
  expect((await strict.ask("{ page(first: 20) { x1 } }")).status).toBe(200);
  const { errors } = await strict.ask("{ page(first: 21) { x1 } }");
  expect(errors[0]?.extensions).toMatchObject({ limit: "entityFanOut", measured: 21, maximum: 20 });
  await strict.stop();
});

describe("the cost of an operation", () => {
  test("is told to those who ask, estimated and as it turned out, in both lanes", async () => {
    const query = "query Told { page(first: 7) { id things(first: 3) { nodes { id } } } }";
    for (const _lane of ["apollo", "hot"]) {
      const { extensions } = await mesh.ask(query, { headers: REPORT });
      const estimated = 7 * (1 + 1 + 3);
      expect(extensions?.cost).toEqual({ estimated, measured: 1 + 1 + 1, limit: 100_000, entities: 7 + 21 });
    }
    expect((await mesh.ask(query)).extensions).toBeUndefined();
  });

  test("of a mutation starts at ten", async () => {
    const { extensions } = await mesh.ask("mutation { touch { id friend { id } } }", { headers: REPORT });
    expect(extensions?.cost).toMatchObject({ estimated: 12, measured: 12 });
  });

  test("counts what is excluded by its condition as nothing", async () => {
    const query = "query($b: Boolean!) { me { id } page(first: 50) @include(if: $b) { id } }";
    const costs = [];
    for (const b of [true, false, true])
      costs.push((await mesh.ask(query, { headers: REPORT, variables: { b } })).extensions?.cost);
    expect(costs).toMatchObject([{ estimated: 51 }, { estimated: 1 }, { estimated: 51 }]);
  });
});

describe("80: a batch", () => {
  const send = async (origin: string, body: unknown) => {
    const response = await fetch(`${origin}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const good = { query: "{ me { id } }" };

  test("is refused where it is not switched on", async () => {
    expect((await send(mesh.url, [good])).status).toBe(400);
  });

  test("switched on it is capped, and each operation is admitted by itself", async () => {
    const batching = await startSmallMesh({
      subgraphs: attackedSubgraphs(),
      config: (config) => ({ ...config, limits: { ...config.limits, batch: 3 } }),
    });
    const expensive = { query: "{ page(first: 1000000) { id } }" };
    const { body } = await send(batching.url, [good, expensive, good]);
    expect(body.map((item: { data?: unknown }) => item.data)).toEqual([
      { me: { id: "1" } },
      undefined,
      { me: { id: "1" } },
    ]);
    expect(body[1].errors[0].extensions.code).toBe("OPERATION_TOO_EXPENSIVE");
    const tooMany = await send(batching.url, [good, good, good, good]);
    expect([tooMany.status, tooMany.body.errors[0].extensions.limit]).toEqual([400, "batch"]);
    const long = { query: `{ me { ${"id ".repeat(90)} friend { ${"name ".repeat(8000)} } } }` };
    expect((await send(batching.url, [good, long])).status).toBe(400);
    await batching.stop();
  });
});
