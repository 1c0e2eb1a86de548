import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { isErrorCode } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { CANARY, FAULTS, MAX_BYTES } from "../testkit/faults.ts";
import { FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { composeOurs } from "../testkit/small-mesh.ts";
import { randomFrom, scale } from "./chaos-scale.ts";

const MUTATIONS = scale(400, 10_000);
const AT_ONCE = 20;
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

let stock: FaultySubgraph;
let gateway: Gateway;
beforeAll(async () => {
  stock = await FaultySubgraph.start("stock", {
    sdl: "type Query { level: Int } type Mutation { restock(id: Int!): Int }",
    resolvers: {
      Query: { level: () => 7 },
      Mutation: { restock: (_: unknown, { id }: { id: number }) => id },
    },
  });
  const usual = readConfig(null, { NODE_ENV: "production" });
  gateway = await startGateway({
    config: {
      ...usual,
      port: 0,
      shutdown: { delayMs: 0, graceMs: 1000 },
      subgraphs: {
        stock: { timeoutMs: 300, retries: 5, failurePercent: 80, openMs: 200, maxResponseBytes: MAX_BYTES },
      },
    },
    supergraphSdl: composeOurs([stock.source]),
    log: createLog({ name: "gateway", level: "silent" }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await stock.stop();
});

async function ask(query: string, variables: object, signal?: AbortSignal): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
    ...(signal ? { signal } : {}),
  });
  return await response.text();
}

test("112: mutations in all weathers reach their subgraph at most once, and every answer is right or a typed error", async () => {
  const random = randomFrom(SEED);
  const faults = [...Object.values(FAULTS), ...Array.from({ length: 60 }, () => null)];
  stock.fault = (exchange) => {
    const fault = faults[Math.floor(random() * faults.length)];
    if (fault) return fault(exchange);
    exchange.response.writeHead(200, { "content-type": "application/json" }).end(exchange.answer);
  };
  const tally = { good: 0, typed: 0, left: 0 };
  const wrong: string[] = [];
  let next = 0;
  const clients = Array.from({ length: AT_ONCE }, async () => {
    while (next < MUTATIONS) {
      next += 1;
      const id = next;
      const leaving = random() < 0.05 ? AbortSignal.timeout(Math.ceil(random() * 50)) : undefined;
      const text = await ask("mutation ($id: Int!) { restock(id: $id) }", { id }, leaving).catch(() => null);
      if (text === null) tally.left += 1;
      else if (text === `{"data":{"restock":${id}}}`) tally.good += 1;
      else if (isTyped(text)) tally.typed += 1;
      else wrong.push(text);
      if (id % 50 === 0) await ask("{ level }", {});
    }
  });
  await Promise.all(clients);
  const ids = stock.calls.flatMap(({ query, variables }) =>
    query.includes("restock") ? [sentId(query, variables)] : [],
  );
  const duplicates = ids.length - new Set(ids).size;
  process.stdout.write(
    `${MUTATIONS} mutations under faults (seed ${SEED}): ${duplicates} duplicates; ${JSON.stringify(tally)}, ${wrong.length} wrong\n`,
  );
  expect([duplicates, wrong]).toEqual([0, []]);
  expect(ids).not.toContain(undefined);
  expect(tally.good).toBeGreaterThan(0);
  expect(tally.typed).toBeGreaterThan(0);
});

function sentId(query: string, variables: Readonly<Record<string, unknown>>): unknown {
  return Object.values(variables ?? {})[0] ?? /restock\(id: ?(\d+)\)/.exec(query)?.[1];
}

function isTyped(text: string): boolean {
  const { errors = [] } = JSON.parse(text);
  return (
    errors.length > 0 &&
    !text.includes(CANARY) &&
    errors.every((error: { extensions?: { code?: string } }) => isErrorCode(error.extensions?.code ?? ""))
  );
}

test("after all of it, it serves as if nothing had been", async () => {
  stock.fault = null;
  await expect.poll(async () => await ask("{ level }", {}), { timeout: 10_000 }).toBe('{"data":{"level":7}}');
});
