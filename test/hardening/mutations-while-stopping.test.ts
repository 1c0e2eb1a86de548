import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { type SignedFeed, signedFeed } from "../testkit/signed-feed.ts";
import { composeOurs } from "../testkit/small-mesh.ts";

const SDL = "type Query { level: Int } type Mutation { restock(id: Int!): Int }";

let stock: FaultySubgraph;
let registry: SignedFeed;
let gateway: Gateway;
let directory: string;
/** Lets the subgraph answer. */
let release: () => void;
let reached: Promise<void>;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "dpg-stopping-"));
  stock = await FaultySubgraph.start("stock", {
    sdl: SDL,
    resolvers: {
      Query: { level: () => 7 },
      Mutation: { restock: (_: unknown, { id }: { id: number }) => id },
    },
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  reached = new Promise((resolve) => {
    stock.fault = async ({ response, answer }) => {
      resolve();
      await released;
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    };
  });
  registry = signedFeed();
  registry.publish(generation(0));
  gateway = await startGateway({
    config: { ...readConfig(null, {}), port: 0, shutdown: { delayMs: 500, graceMs: 20_000 } },
    follow: {
      feed: registry.feed,
      publicKey: registry.publicKey,
      lastGoodFile: join(directory, "last-good.json"),
      pollMs: 60_000,
    },
    log: createLog({ name: "gateway", level: "silent" }),
  });
});
afterEach(async () => {
  release();
  await gateway.stop();
  await stock.stop();
  rmSync(directory, { recursive: true, force: true });
});

function generation(number: number): string {
  return composeOurs([{ ...stock.source, sdl: SDL.replace("level:", `"Revision ${number}." level:`) }]);
}

async function restock(id: number): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "mutation ($id: Int!) { restock(id: $id) }", variables: { id } }),
  });
  return await response.text();
}

/** What happens while a mutation is under way. */
const TURNS: Readonly<Record<string, () => Promise<unknown>>> = {
  "a supergraph is published and then the gateway stops": () => {
    registry.publish(generation(1));
    return gateway.stop();
  },
  "the gateway stops and then a supergraph is published": () => {
    const stopped = gateway.stop();
    registry.publish(generation(1));
    return stopped;
  },
  "supergraphs are published again and again while the gateway stops": async () => {
    const stopped = gateway.stop();
    for (let number = 1; number <= 5; number += 1) {
      registry.publish(generation(number));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return stopped;
  },
};

test.each(Object.entries(TURNS))(
  "112: while %s, a mutation under way is sent once and answered, and the gateway ends",
  async (_name, turn) => {
    const answered = restock(4);
    await reached;
    const stopped = turn();
    // Some of what happens is over before the subgraph answers, and some is not.
    await new Promise((resolve) => setTimeout(resolve, 200));
    release();
    expect(await answered).toBe('{"data":{"restock":4}}');
    await stopped;
    expect(stock.calls.map(({ query }) => query.includes("restock"))).toEqual([true]);
    await expect(restock(5)).rejects.toThrow("fetch failed");
  },
);
