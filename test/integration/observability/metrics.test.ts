import { afterEach, expect, test } from "vitest";
import { readMetrics } from "../../testkit/read-metrics.ts";
import { type ObservedMesh, startObservedMesh } from "./observed-mesh.ts";

let mesh: ObservedMesh;
afterEach(() => mesh.stop());

const STAFF = "query Staff { staff { name email salary grade } }";
const client = { "apollographql-client-name": "shop" };

async function series(prefix: string): Promise<Readonly<Record<string, number>>> {
  const all = await readMetrics(mesh.url);
  return Object.fromEntries([...all].filter(([name]) => name.startsWith(prefix)));
}

test.each([
  { lanes: "both lanes", hotLane: true },
  { lanes: "the Apollo lane", hotLane: false },
])("requests are counted by operation and client over $lanes", async ({ hotLane }) => {
  mesh = await startObservedMesh((config) => ({ ...config, hotLane }));
  for (const _ of [1, 2, 3]) await mesh.ask(STAFF, { headers: client });
  await mesh.ask("{ failing }");
  await mesh.ask("{ failing }");
  await mesh.ask("{ nobody }");
  await mesh.ask(STAFF, { token: "a.b.c" });
  const counts = await series("dpg_operation_duration_seconds_count");
  const named = (operation: string, name: string) =>
    counts[`dpg_operation_duration_seconds_count{operation="${operation}",client="${name}"}`];
  expect(named("Staff", "shop")).toBe(3);
  expect(named("(unnamed)", "(unnamed)")).toBe(2);
  // What did not come to an operation: not valid, or nobody knows who sent it. The hot lane knows the operation.
  expect([named("(none)", "(unnamed)"), named("Staff", "(unnamed)")]).toEqual(
    hotLane ? [1, 1] : [2, undefined],
  );
  const buckets = await series('dpg_operation_duration_seconds_bucket{operation="Staff",client="shop"');
  expect(buckets['dpg_operation_duration_seconds_bucket{operation="Staff",client="shop",le="+Inf"}']).toBe(3);
  const costs = await series('dpg_operation_cost_total{operation="Staff",client="shop"');
  expect(Object.values(costs)[0]).toBeGreaterThanOrEqual(3);
  const rising = Object.values(buckets);
  expect(rising).toEqual([...rising].sort((a, b) => a - b));
  expect(await series("dpg_graphql_responses_total")).toEqual({
    'dpg_graphql_responses_total{status="200"}': 5,
    'dpg_graphql_responses_total{status="400"}': 1,
    'dpg_graphql_responses_total{status="401"}': 1,
  });
});

test("errors are counted by code, and what subgraphs invent is one code", async () => {
  mesh = await startObservedMesh();
  await mesh.ask(STAFF);
  await mesh.ask("{ failing }");
  await mesh.ask("{ nobody }");
  expect(await series("dpg_operation_errors_total")).toEqual({
    'dpg_operation_errors_total{operation="Staff",code="UNAUTHENTICATED"}': 1,
    'dpg_operation_errors_total{operation="(unnamed)",code="SUBGRAPH_ERROR"}': 1,
    'dpg_operation_errors_total{operation="(none)",code="GRAPHQL_VALIDATION_FAILED"}': 1,
  });
  expect(await series('dpg_operation_failed_total{operation="Staff"')).toEqual({
    'dpg_operation_failed_total{operation="Staff",client="(unnamed)"}': 1,
  });
});

test("a flood of names stays in one series", async () => {
  mesh = await startObservedMesh();
  await mesh.ask("query Real { failing }");
  for (let n = 0; n < 300; n += 1)
    await mesh.ask("{ failing }", { headers: { "apollographql-client-name": `flood-${n}` } });
  const counts = await series("dpg_operation_duration_seconds_count");
  expect(Object.keys(counts)).toHaveLength(201);
  expect(counts['dpg_operation_duration_seconds_count{operation="(other)",client="(other)"}']).toBe(101);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(301);
});

test("names cannot write lines of their own", async () => {
  mesh = await startObservedMesh();
  const name = 'x"} 1\\n# TYPE evil\u001b[31m';
  await mesh.ask("{ failing }", { headers: { "apollographql-client-name": encodeURIComponent(name) } });
  const token = mesh.issuer.token({ azp: 'x"} 1\nevil 1\u001b[31m' });
  await mesh.ask("{ failing }", { token });
  const text = await (await fetch(`${mesh.url}/metrics`)).text();
  expect(text).not.toMatch(/^evil/m);
  expect(text).not.toContain("\u001b");
  expect(text).toContain('client="x\\"} 1');
});

test("calls to subgraphs are counted with their failures", async () => {
  mesh = await startObservedMesh((config) => ({
    ...config,
    subgraphs: { pay: { url: "http://127.0.0.1:1/", timeoutMs: 1000, retries: 0, maxResponseBytes: 1000 } },
  }));
  for (const _ of [1, 2])
    await mesh.ask(STAFF, { token: mesh.issuer.token({ regions: ["EMEA"], scope: "hr" }) });
  expect(await series("dpg_subgraph_duration_seconds_count")).toEqual({
    'dpg_subgraph_duration_seconds_count{subgraph="people"}': 2,
    'dpg_subgraph_duration_seconds_count{subgraph="pay"}': 2,
  });
  expect(await series("dpg_subgraph_failed_total")).toEqual({
    'dpg_subgraph_failed_total{subgraph="pay",code="SUBGRAPH_UNAVAILABLE"}': 2,
  });
  expect(await series("dpg_subgraph_calls_in_flight")).toEqual({
    'dpg_subgraph_calls_in_flight{subgraph="people"}': 0,
    'dpg_subgraph_calls_in_flight{subgraph="pay"}': 0,
  });
});

test("masks, refusals and row filters are counted by product", async () => {
  mesh = await startObservedMesh();
  for (const _ of [1, 2, 3]) await mesh.ask(STAFF);
  await mesh.ask(STAFF, { token: mesh.issuer.token({ scope: "hr pii", regions: ["EMEA"] }) });
  const counts = await series("dpg_governed_fields_total");
  expect(counts).toMatchObject({
    'dpg_governed_fields_total{product="hr.people",outcome="masked"}': 3,
    'dpg_governed_fields_total{product="hr.people",outcome="denied"}': 3,
    'dpg_governed_fields_total{product="hr.people",outcome="row_filtered"}': 4,
  });
});

test("plans, caches, the generation, the loop and the heap are told", async () => {
  mesh = await startObservedMesh();
  for (const _ of [1, 2, 3]) await mesh.ask(STAFF);
  const all = await readMetrics(mesh.url);
  expect(all.get("dpg_planning_duration_seconds_count")).toBe(1);
  expect(all.get("dpg_planning_waiting")).toBe(0);
  const lookups = (cache: string, outcome: string) =>
    all.get(`dpg_cache_lookups_total{cache="${cache}",outcome="${outcome}"}`);
  expect([lookups("documents", "hit"), lookups("documents", "miss")]).toEqual([2, 1]);
  expect([lookups("programs", "hit"), lookups("programs", "miss")]).toEqual([2, 1]);
  const age = Date.now() / 1000 - (all.get("dpg_supergraph_adopted_timestamp_seconds") ?? 0);
  expect(age).toBeGreaterThan(-1);
  expect(age).toBeLessThan(60);
  expect(all.get("nodejs_heap_size_used_bytes")).toBeGreaterThan(0);
  expect(all.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
});
