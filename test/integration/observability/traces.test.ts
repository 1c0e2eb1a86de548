import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CollectedSpan,
  startTraceCollector,
  type TraceCollector,
} from "../../testkit/trace-collector.ts";
import { type ObservedMesh, startObservedMesh } from "./observed-mesh.ts";

const STAGES = ["authenticate", "admit", "authorise", "plan", "execute", "audit", "respond"];
const QUERY = 'query Staff { staff { name email grade } one(name: "CANARY literal") }';
const SERVER = 2;
const CLIENT = 3;

let collector: TraceCollector;
beforeEach(async () => {
  collector = await startTraceCollector();
});
afterEach(() => collector.stop());

function tracing(sample: number, hotLane = true) {
  return startObservedMesh((config) => ({
    ...config,
    hotLane,
    telemetry: { traces: { otlpUrl: collector.url, sample } },
  }));
}

/** The spans of so many requests, once they have arrived. */
async function collected(requests: number): Promise<readonly CollectedSpan[]> {
  const roots = () => collector.spans.filter(({ kind }) => kind === SERVER);
  await expect.poll(() => roots().length, { timeout: 20_000 }).toBe(requests);
  return collector.spans;
}

function attributesOf({ attributes }: CollectedSpan): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, arrayValue } }) => [
      key,
      stringValue ?? intValue ?? arrayValue?.values.map((item) => item.stringValue),
    ]),
  );
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe.each([
  { lanes: "both lanes", hotLane: true, expected: ["apollo", "hot"] },
  { lanes: "the Apollo lane", hotLane: false, expected: ["apollo", "apollo"] },
])("traces over $lanes", ({ hotLane, expected }) => {
  let mesh: ObservedMesh;
  afterEach(() => mesh.stop());

  test("have a span per request, stage and call, each below the right one", async () => {
    mesh = await tracing(1, hotLane);
    const token = mesh.issuer.token({ regions: ["EMEA"] });
    const headers = { "apollographql-client-name": "shop" };
    const ids = [];
    for (const _ of ["first", "known"])
      ids.push((await mesh.ask(QUERY, { token, headers })).headers.get("x-request-id"));
    const spans = await collected(2);
    const roots = named(spans, "query Staff");
    expect(roots.map((root) => attributesOf(root))).toEqual(
      ids.map((id, index) => ({
        "dpg.request_id": id,
        "dpg.lane": expected[index],
        "dpg.client": "shop",
        "graphql.operation.type": "query",
        "graphql.operation.name": "Staff",
        "http.response.status_code": 200,
      })),
    );
    for (const root of roots) {
      const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
      expect(below.map(({ name }) => name)).toEqual(STAGES);
      expect(below.every(({ traceId }) => traceId === root.traceId)).toBe(true);
      const execute = below.find(({ name }) => name === "execute");
      const calls = spans.filter(({ parentSpanId }) => parentSpanId === execute?.spanId);
      expect(calls.map(({ name }) => name).sort()).toEqual(["subgraph pay", "subgraph people"]);
      expect(calls.every(({ kind }) => kind === CLIENT)).toBe(true);
      for (const span of [...below, ...calls])
        expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    }
    // Subgraphs are told the span of their call.
    const told = mesh.calls.map(({ subgraph, headers: sent }) => `${subgraph} ${sent.traceparent}`);
    const calls = spans.filter(({ kind }) => kind === CLIENT);
    expect(told.sort()).toEqual(
      calls.map(({ name, traceId, spanId }) => `${name.slice(9)} 00-${traceId}-${spanId}-01`).sort(),
    );
  });

  test("continue the trace of who asks", async () => {
    mesh = await tracing(1, hotLane);
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    for (const _ of ["first", "known"]) await mesh.ask(QUERY, { headers });
    const spans = await collected(2);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(named(spans, "query Staff").map(({ parentSpanId }) => parentSpanId)).toEqual([
      "00f067aa0ba902b7",
      "00f067aa0ba902b7",
    ]);
    for (const call of mesh.calls) expect(call.headers.traceparent).toContain(traceId);
  });

  test("tell codes of what failed, no literal, no variable, no value and no token", async () => {
    mesh = await tracing(1, hotLane);
    const token = mesh.issuer.token({ sub: "ada-CANARY", scope: "CANARY", regions: ["EMEA"] });
    await mesh.ask(QUERY, { token });
    await mesh.ask("query Failing($name: String) { failing one(name: $name) }", {
      token,
      variables: { name: "CANARY variable" },
    });
    await mesh.ask('{ nobody(x: "CANARY") }', { token });
    await mesh.ask("{ failing }", { token: "CANARY.b.c" });
    const spans = await collected(4);
    const [failing] = named(spans, "query Failing");
    expect(failing && attributesOf(failing)).toMatchObject({ "dpg.error_codes": ["SUBGRAPH_ERROR"] });
    const refused = named(spans, "graphql").map((span) => attributesOf(span));
    expect(refused).toMatchObject([
      { "http.response.status_code": 400, "dpg.error_codes": ["GRAPHQL_VALIDATION_FAILED"] },
      { "http.response.status_code": 401, "dpg.error_codes": ["UNAUTHENTICATED"] },
    ]);
    expect(collector.texts.join("")).not.toMatch(/CANARY|ada@example|"staff|eyJ/);
  });

  test("of requests outside the sample are not sent; subgraphs are told their ids all the same", async () => {
    mesh = await tracing(0, hotLane);
    for (const _ of ["first", "known"]) await mesh.ask(QUERY);
    await mesh.stop();
    expect(collector.texts).toEqual([]);
    for (const { headers } of mesh.calls)
      expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});

describe("a collector", () => {
  let mesh: ObservedMesh;
  afterAll(() => mesh.stop());

  test("that fails, or is not there, costs no answer; the log says it once", async () => {
    collector.status = 400;
    mesh = await tracing(1);
    for (let n = 0; n < 3; n += 1) {
      expect((await mesh.ask("{ staff { name } }")).status).toBe(200);
      await expect.poll(() => collector.texts.length, { timeout: 20_000 }).toBeGreaterThan(n);
    }
    const said = () => mesh.logged.filter((line) => line.includes("the collector does not take traces"));
    await expect.poll(() => said().length).toBe(1);
  });

  test("that nobody configured is told nothing, and no header is sent on", async () => {
    await mesh.stop();
    mesh = await startObservedMesh();
    await mesh.ask(QUERY, {
      headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
    });
    expect(mesh.calls.every(({ headers }) => headers.traceparent === undefined)).toBe(true);
  });
});
