import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { graphql } from "graphql";
import { expect, onTestFinished, test } from "vitest";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { ROOT } from "../testkit/run-command.ts";
import { scratchDirectory } from "../testkit/scratch-directory.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../testkit/start-registry.ts";
import { startSteadyLoad } from "../testkit/steady-load.ts";

const PUBLISHES = 100;
/** Before what is in use is first looked at: they load code. */
const FIRST = 10;
const PER_SECOND = 50;
/** A little more is offered, so that it is never less. */
const OFFERED = 52;
/** Milliseconds from a publish to the generation being served. */
const PICK_UP = 2000;
/** Share by which what is in use may grow. */
const SLACK = 0.05;

/** What is tested is not how fast a busy machine runs the subgraph. */
const PATIENT = { DPG_SUBGRAPHS: JSON.stringify({ pet: { timeoutMs: 30_000 } }) };

/** Every one differs from the one before, and every second one is like another one before. */
function petSdl(index: number): string {
  const tag = index % 2 === 0 ? "" : `tag: Int @deprecated(reason: "test")`;
  return domainSdl("Pet", `name: String age: Int ${tag}`);
}

test("104: a hundred publishes under fifty requests a second: none fails, each is served within two seconds, and the heap is as it was", async () => {
  const mesh = await startRegistry();
  onTestFinished(() => mesh.stop());
  const url = await serve();
  await mesh.publish("pet", petSdl(0), url);
  const gateway = await startGatewayProcess(mesh);
  const pickUps: number[] = [];
  let mostAlive = 0;
  const publish = async (index: number) => {
    const { generation } = await mesh.publish("pet", petSdl(index), url);
    const since = performance.now();
    let seen = await gateway.metrics();
    while (seen.generation !== generation && performance.now() - since < 5 * PICK_UP) {
      mostAlive = Math.max(mostAlive, seen.alive);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen = await gateway.metrics();
    }
    pickUps.push(performance.now() - since);
  };
  const load = startSteadyLoad(OFFERED, () => ask(gateway.url));
  for (let index = 1; index <= FIRST; index += 1) await publish(index);
  const before = await gateway.heap();
  for (let index = FIRST + 1; index <= FIRST + PUBLISHES; index += 1) await publish(index);
  const after = await gateway.heap();
  const { sent, rate, failed, took } = await load.stop();
  const sorted = [...pickUps].sort((a, b) => a - b);
  const at = (list: readonly number[], share: number) =>
    Math.round(list[Math.floor(list.length * share)] ?? 0);
  process.stdout.write(
    `${pickUps.length} publishes under ${rate.toFixed(1)} requests/s (${sent} sent): ${failed.length} failed; ` +
      `served after ${at(sorted, 0.5)} ms (median), ${Math.round(sorted.at(-1) ?? 0)} ms (longest; goal ${PICK_UP}); ` +
      `answers ${at(took, 0.5)} ms (median), ${at(took, 0.99)} ms (p99); ` +
      `heap ${(before / 1e6).toFixed(1)} → ${(after / 1e6).toFixed(1)} MB (${((after / before - 1) * 100).toFixed(1)} %)\n`,
  );
  expect(failed.slice(0, 3)).toEqual([]);
  expect(rate).toBeGreaterThanOrEqual(PER_SECOND);
  expect(pickUps).toHaveLength(FIRST + PUBLISHES);
  expect(sorted.at(-1)).toBeLessThan(PICK_UP);
  expect(mostAlive).toBeLessThanOrEqual(2);
  expect(after).toBeLessThan(before * (1 + SLACK));
}, 300_000);

/** Null for the right answer. */
async function ask(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "query Pet($id: ID!) { pet(id: $id) { name } }", variables: { id: 1 } }),
  });
  const answer = await response.text();
  return answer === `{"data":{"pet":{"name":"Rex"}}}\n` || answer === `{"data":{"pet":{"name":"Rex"}}}`
    ? null
    : answer;
}

/** The subgraph: it answers all versions of its schema. */
async function serve(): Promise<string> {
  const pet = { __typename: "Pet", id: "1", name: "Rex", age: 3 };
  const schema = buildSubgraphSchema(petSdl(1), {
    Query: { pet: () => pet },
    Pet: { __resolveReference: () => pet },
  });
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request));
    const answer = await graphql({ schema, source: query, variableValues: variables });
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${portOf(server.address())}/graphql`;
}

/** A gateway in a process of its own, so that what is in use is the gateway's alone. */
async function startGatewayProcess({ database, publicKey }: TestRegistry) {
  const key = Buffer.from(publicKey.export({ format: "pem", type: "spki" })).toString("base64");
  const directory = await scratchDirectory((remove) => onTestFinished(remove));
  const child = fork(
    join(ROOT, "test/testkit/following-process.ts"),
    [database.applicationUrl, key, join(directory, "last-good.json")],
    { execArgv: ["--import", "tsx", "--expose-gc"], env: { ...process.env, ...PATIENT } },
  );
  const ended = once(child, "exit");
  onTestFinished(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const [url] = await Promise.race([
    once(child, "message"),
    ended.then(() => Promise.reject(new Error("the gateway ended"))),
  ]);
  return {
    url: String(url),
    heap: async (): Promise<number> => {
      child.send("heap");
      const [bytes] = await once(child, "message");
      return Number(bytes);
    },
    metrics: async () => {
      const page = await (await fetch(`${url}/metrics`)).text();
      const value = (name: string) =>
        Number(new RegExp(`^${name} (\\d+)$`, "m").exec(page)?.[1] ?? Number.NaN);
      return {
        generation: value("dpg_supergraph_generation"),
        alive: value("dpg_supergraph_generations_alive"),
      };
    },
  };
}
