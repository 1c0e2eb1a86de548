import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { hardOperation, hardSubgraphs } from "./hard-operations.ts";

/** Enough for any plan of these tests to be far beyond every deadline. */
const ENDLESS = 13;
const DEADLINE = 600;
/** What would refuse these operations before they are planned. */
const UNLIMITED = { selections: 1e9, aliases: 1e9, depth: 1e9, cost: 1e9 };

let mesh: SmallMesh;

beforeAll(async () => {
  mesh = await startSmallMesh({
    subgraphs: hardSubgraphs(),
    config: (config) => ({
      ...config,
      limits: { ...config.limits, ...UNLIMITED, planMs: DEADLINE },
    }),
  });
  await mesh.ask("{ thing { x0 } }");
});
afterAll(() => mesh.stop());

/** The answer and how long it took, in milliseconds. */
async function timed<T>(ask: () => Promise<T>): Promise<{ readonly answer: T; readonly took: number }> {
  const startedAt = performance.now();
  const answer = await ask();
  return { answer, took: performance.now() - startedAt };
}

describe("an operation that takes too long to plan (hardening 71, 73)", () => {
  test("is refused at the deadline, while the event loop stays free and others are answered", async () => {
    const delays = monitorEventLoopDelay({ resolution: 5 });
    delays.enable();
    const hard = timed(() => mesh.ask(hardOperation(ENDLESS)));
    const others: number[] = [];
    let isOver = false;
    void hard.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      others.push((await timed(() => mesh.ask("{ thing { x0 } }"))).took);
      await sleep(10);
    }
    delays.disable();
    const { answer, took } = await hard;
    expect(answer.status).toBe(400);
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["PLANNING_TIMEOUT"]);
    expect(took).toBeGreaterThan(DEADLINE * 0.9);
    expect(took).toBeLessThan(DEADLINE + 1000);
    expect(others.length).toBeGreaterThan(3);
    expect(Math.max(...others)).toBeLessThan(300);
    expect(delays.max / 1e6).toBeLessThan(200);
  });

  test("is refused at once when it comes again", async () => {
    await mesh.ask(hardOperation(ENDLESS, "Again"));
    const { answer, took } = await timed(() => mesh.ask(hardOperation(ENDLESS, "Again")));
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["PLANNING_TIMEOUT"]);
    expect(took).toBeLessThan(DEADLINE / 2);
  });

  test("does not keep other new operations waiting until its deadline", async () => {
    const patient = await startSmallMesh({
      subgraphs: hardSubgraphs(),
      config: (config) => ({
        ...config,
        limits: { ...config.limits, ...UNLIMITED, planMs: 6000 },
      }),
    });
    await patient.ask("{ thing { x0 } }");
    const hard = timed(() => patient.ask(hardOperation(ENDLESS)));
    await sleep(20);
    const easy = await Promise.all([
      timed(() => patient.ask("{ thing { x1 } }")),
      timed(() => patient.ask("{ thing { x2 } }")),
    ]);
    expect(easy.map(({ answer }) => answer.data)).toEqual([{ thing: { x1: 1 } }, { thing: { x2: 2 } }]);
    const { answer, took } = await hard;
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["PLANNING_TIMEOUT"]);
    for (const other of easy) expect(other.took).toBeLessThan(took - 2000);
    await patient.stop();
  });

  test("costs the thread, not the gateway: the next operation is planned by a new one", async () => {
    await mesh.ask(hardOperation(ENDLESS, "Last"));
    const { data } = await mesh.ask("{ thing { x1 next { x2 } } }");
    expect(data).toEqual({ thing: { x1: 1, next: { x2: 2 } } });
  });
});

test("an operation that is hard, but not too hard, is answered", async () => {
  const { data, errors } = await mesh.ask(hardOperation(3));
  expect(errors).toEqual([]);
  expect(data.thing.a.b.a).toEqual({ x0: 0, x1: 1, x2: 2 });
});

test("a gateway that stops while it plans answers, and stops at once", async () => {
  const stopping = await startSmallMesh({
    subgraphs: hardSubgraphs(),
    config: (config) => ({
      ...config,
      limits: { ...config.limits, ...UNLIMITED, planMs: 30_000 },
    }),
  });
  await stopping.ask("{ thing { x0 } }");
  const controller = new AbortController();
  const left = fetch(`${stopping.url}/graphql`, {
    method: "POST",
    signal: controller.signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: hardOperation(ENDLESS) }),
  }).catch(() => null);
  await sleep(100);
  controller.abort();
  await left;
  const { took } = await timed(() => stopping.stop());
  expect(took).toBeLessThan(3000);
});
