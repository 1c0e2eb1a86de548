import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readMetrics } from "../testkit/read-metrics.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs } from "../testkit/small-mesh.ts";

let subgraphs: ServedSubgraphs;
let gateway: ServeProcess | undefined;
beforeAll(async () => {
  const resolvers = { Query: { hello: () => "hi" } };
  subgraphs = await serveSubgraphs({ greeter: { sdl: "type Query { hello: String }", resolvers } });
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(() => subgraphs.stop());

async function start(workers = 2): Promise<ServeProcess> {
  gateway = await ServeProcess.start({
    supergraphSdl: composeOurs(subgraphs.sources),
    config: { workers, shutdown: { delayMs: 300, graceMs: 4000 } },
  });
  return gateway;
}

async function ask(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"query":"{ hello }"}',
  });
  return await response.text();
}

const pids = (served: ServeProcess) => served.logged("serving").map(({ pid }) => Number(pid));
const died = (served: ServeProcess) => served.logged("a worker died and is replaced");
const HELLO = '{"data":{"hello":"hi"}}';

describe("workers (hardening 107)", () => {
  test("share one port and an identity, are replaced when they die, and end with the command", async () => {
    const served = await start();
    expect(new Set(served.logged("serving").map(({ url }) => url)).size).toBe(1);
    const keys = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      expect(await ask(served.url)).toBe(HELLO);
      const jwks = await fetch(`${served.url}/.well-known/jwks.json`, { headers: { connection: "close" } });
      keys.add(await jwks.text());
    }
    expect(keys.size).toBe(1);

    for (let death = 1; death <= 2; death += 1) {
      process.kill(pids(served).at(-1) ?? 0, "SIGKILL");
      await expect.poll(() => died(served).length, { timeout: 60_000 }).toBe(death);
      expect(await ask(served.url)).toBe(HELLO);
      await expect.poll(() => pids(served).length, { timeout: 60_000 }).toBe(2 + death);
    }
    expect(died(served).map(({ delayMs }) => delayMs)).toEqual([250, 500]);

    const processes = [served.child.pid ?? 0, ...pids(served)];
    const took = await served.stop();
    expect(await served.ended).toBe(0);
    expect(took).toBeLessThan(10_000);
    for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test("are replaced one by one on SIGHUP, and no request fails", async () => {
    const served = await start();
    const before = pids(served);
    const answers = new Map<string, number>();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        const answer = await ask(served.url).catch((error: Error) => String(error.cause));
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        await pause(20);
      }
    })();
    served.child.kill("SIGHUP");
    await expect.poll(() => served.logged("all workers are replaced").length, { timeout: 120_000 }).toBe(1);
    isOver = true;
    await asking;
    process.stdout.write(
      `rolling replacement of ${before.length} workers: ${JSON.stringify([...answers])}\n`,
    );
    expect([...answers.keys()]).toEqual([HELLO]);
    expect(pids(served)).toHaveLength(4);
    expect(died(served)).toEqual([]);
  });

  test("share one budget of requests", async () => {
    gateway = await ServeProcess.start({
      supergraphSdl: composeOurs(subgraphs.sources),
      config: { workers: 2, rateLimits: { windowSeconds: 3600, identity: { requests: 6 } } },
    });
    const answers: string[] = [];
    for (let n = 0; n < 12; n += 1) answers.push(await ask(gateway.url));
    expect(answers.filter((answer) => answer === HELLO)).toHaveLength(6);
    expect(answers.filter((answer) => answer.includes("RATE_LIMITED"))).toHaveLength(6);
  });

  test("tell whoever asks one of them what all of them have counted", async () => {
    const served = await start();
    const asked = 12;
    for (let n = 0; n < asked; n += 1) expect(await ask(served.url)).toBe(HELLO);
    const metrics = await readMetrics(served.url);
    const sum = (name: string) =>
      [...metrics]
        .filter(([series]) => series.startsWith(name))
        .reduce((total, [, value]) => total + value, 0);
    expect(sum("dpg_graphql_responses_total")).toBe(asked);
    expect(sum("dpg_operation_duration_seconds_count")).toBe(asked);
    expect(sum("process_resident_memory_bytes")).toBeGreaterThan(100_000_000);
  });

  test("that cannot start end the command, which is not tried again", async () => {
    const served = ServeProcess.launch({ supergraphSdl: "type Query { broken", config: { workers: 2 } });
    expect(await served.ended).toBe(1);
    expect(served.errors).toMatch(/SUPERGRAPH_INVALID/);
    expect(died(served)).toEqual([]);
  });
});
