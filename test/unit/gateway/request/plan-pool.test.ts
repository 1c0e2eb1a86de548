import { Worker } from "node:worker_threads";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { compose } from "../../../../gateway/registry/compose.ts";
import { PlanPool } from "../../../../gateway/request/plan-pool.ts";
import { buildSupergraph } from "../../../../gateway/supergraph/supergraph.ts";

const USERS = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])
type Query { users(first: Int): [User!]! node: Node }
interface Node { id: ID! }
type User implements Node @key(fields: "id") { id: ID! name: String @authenticated weight: Int }`;
const NOTES = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external"])
type User @key(fields: "id") { id: ID! weight: Int @external note: String @requires(fields: "weight") }
type Mutation { note(text: String!): User }`;

const OPERATIONS = [
  "{ users { name } }",
  "query Named($first: Int) { users(first: $first) { id ...F } } fragment F on User { note }",
  "{ node { id ... on User { name note } } }",
  'mutation { note(text: "x") { name note } }',
];

const supergraph = buildSupergraph(sdlOf({ users: USERS, notes: NOTES }));
let pool: PlanPool;

beforeAll(() => {
  pool = new PlanPool(5000);
});
afterAll(() => pool.stop());

function sdlOf(subgraphs: Readonly<Record<string, string>>): string {
  const composed = compose(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, sdl, url: `http://127.0.0.1:1/${name}` })),
  );
  if (composed.kind === "refused") throw new Error(JSON.stringify(composed.findings));
  return composed.artifact.supergraph;
}

function job(document: string, operationName: string | null = null) {
  return { generation: supergraph.hash, sdl: supergraph.planningSdl, document, operationName };
}

describe("the planning pool", () => {
  test.for(OPERATIONS)("plans as the planner does in this thread: %s", async (document) => {
    const federated = Supergraph.build(supergraph.planningSdl, { supportedFeatures: null });
    const planner = new QueryPlanner(federated);
    const expected = planner.buildQueryPlan(operationFromDocument(federated.schema, parse(document)));
    expect(await pool.plan(job(document))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test("plans what is asked at the same time, each for itself", async () => {
    const plans = await Promise.all(
      [...OPERATIONS, ...OPERATIONS].map((document) => pool.plan(job(document))),
    );
    expect(plans.slice(0, OPERATIONS.length)).toEqual(plans.slice(OPERATIONS.length));
    expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBe(OPERATIONS.length);
  });

  test("keeps generations apart, and reads a forgotten one again", async () => {
    const other = buildSupergraph(
      sdlOf({ users: USERS.replace("name: String", "name: String label: String") }),
    );
    const label = {
      generation: other.hash,
      sdl: other.planningSdl,
      document: "{ users { label } }",
      operationName: null,
    };
    const first = await pool.plan(label);
    await expect(pool.plan(job("{ users { label } }"))).rejects.toThrow("planning failed");
    pool.forget(other.hash);
    expect(await pool.plan(label)).toEqual(first);
  });

  test("lets a generation go that ends while it is read", async () => {
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    const busy = new PlanPool(5000);
    const sdl = supergraph.planningSdl;
    for (let index = 0; index < 8; index += 1) {
      const read = busy.warm({ generation: `g${index}`, sdl });
      busy.forget(`g${index}`);
      await read;
    }
    const plan = await busy.plan({ ...job("{ users { id } }"), generation: "g0" });
    const said = posted.mock.calls.map(([request]) => request.kind);
    posted.mockRestore();
    await busy.stop();
    expect(plan).toHaveProperty("node.kind", "Fetch");
    const count = (kind: string) => said.filter((item) => item === kind).length;
    expect(count("load")).toBe(9);
    expect(count("load") - count("forget")).toBe(1);
  });

  test("says what the planner says of an operation that is wrong, and goes on", async () => {
    await expect(pool.plan(job("{ nobody }"))).rejects.toThrow("planning failed");
    await expect(pool.plan(job("{ users { name } }", "Missing"))).rejects.toThrow("planning failed");
    expect(await pool.plan(job("{ users { name } }"))).toHaveProperty("node.kind", "Fetch");
  });

  test("says at once that a plan cannot be read, and plans on with another thread", async () => {
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    const own = new PlanPool(60_000);
    const refused = expect(own.plan(job("{ users { name } }"))).rejects.toThrow(
      "what the planning thread answers cannot be read",
    );
    const [asked] = posted.mock.contexts;
    if (!(asked instanceof Worker)) throw new Error("no thread was asked");
    asked.emit("messageerror", new RangeError("too deep"));
    await refused;
    expect(await own.plan(job("{ users { name } }"))).toHaveProperty("node.kind", "Fetch");
    expect(new Set(posted.mock.contexts).size).toBe(2);
    posted.mockRestore();
    await own.stop();
  });

  test("refuses what waits when it is stopped", async () => {
    const stopped = new PlanPool(5000);
    const plans = OPERATIONS.map((document) => stopped.plan(job(document)));
    const outcomes = Promise.allSettled(plans);
    await stopped.stop();
    expect((await outcomes).map(({ status }) => status)).toEqual(OPERATIONS.map(() => "rejected"));
  });
});
