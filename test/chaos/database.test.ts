import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isErrorCode } from "../../shared/errors.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../shared/postgres/embedded-postgres.ts";
import { readLockFile } from "../../shared/postgres/postmaster.ts";
import { provisionDatabase } from "../../shared/postgres/provision-database.ts";
import { seedDomain } from "../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { type OrderWorld, startOrderWorld } from "../testkit/order-world.ts";
import { query } from "../testkit/query.ts";
import { scale } from "./chaos-scale.ts";

const ROUNDS = scale(1, 5);
const REGIONS = ["EMEA", "AMER"] as const;

let directory: string;
let postgres: EmbeddedPostgres;
let world: OrderWorld;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "dpg-chaos-"));
  postgres = await startEmbeddedPostgres({ dataDirectory: directory });
  const database = await provisionDatabase({
    adminUrl: postgres.adminUrl,
    database: "order",
    migrationsDirectory: fileURLToPath(new URL("migrations/", orderSubgraph.directory)),
  });
  await seedDomain(database.ownerUrl);
  linkSocket();
  const databaseUrl = new URL(database.applicationUrl);
  databaseUrl.searchParams.set("host", join(directory, "socket"));
  world = await startOrderWorld(databaseUrl.href, () => ({ subgraphs: { order: { timeoutMs: 5000 } } }));
});
afterAll(async () => {
  await world.stop();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

const tally = { good: 0, typed: 0, wrong: [] as string[] };

/** Asks as somebody of one region; true where that got its rows, and nothing but its rows. */
async function ask(region: (typeof REGIONS)[number]): Promise<boolean> {
  const response = await fetch(`${world.gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${world.issuer.token({ region: [region] })}`,
    },
    body: '{"query":"{ orders(first: 5) { nodes { id region } } }"}',
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  const nodes: readonly { readonly region: string }[] = data?.orders?.nodes ?? [];
  const isTyped = errors.every((error: { extensions: { code: string } }) =>
    isErrorCode(error.extensions.code),
  );
  const isForeign = nodes.some((node) => node.region !== region);
  const isSilent = nodes.length === 0 && errors.length === 0;
  if (isForeign || isSilent || !isTyped) tally.wrong.push(text);
  else if (errors.length > 0) tally.typed += 1;
  else tally.good += 1;
  return errors.length === 0 && !isSilent;
}

/** Milliseconds until both are served again. */
async function recovery(): Promise<number> {
  const since = performance.now();
  while (!(await Promise.all(REGIONS.map(ask))).every(Boolean)) await pause(50);
  return performance.now() - since;
}

async function underLoad(work: () => Promise<number>): Promise<number> {
  let isOver = false;
  const asking = REGIONS.map(async (region) => {
    while (!isOver) {
      await ask(region);
      await pause(20);
    }
  });
  try {
    return await work();
  } finally {
    isOver = true;
    await Promise.all(asking);
  }
}

async function restart(): Promise<void> {
  postgres = await startEmbeddedPostgres({ dataDirectory: directory });
  linkSocket();
}

/** Each start of the server has a socket folder of its own; its address for the subgraph stays the same. */
function linkSocket(): void {
  rmSync(join(directory, "socket"), { force: true });
  symlinkSync(new URL(postgres.adminUrl).searchParams.get("host") ?? "", join(directory, "socket"));
}

const DISASTERS: Readonly<Record<string, () => Promise<number>>> = {
  "99 stopped and started again": async () => {
    await postgres.stop();
    await pause(500);
    await restart();
    return recovery();
  },
  "99 killed and started again": async () => {
    const lock = await readLockFile(join(directory, "cluster"));
    if (lock === undefined || lock === "empty") throw new Error("there is no server");
    process.kill(lock.pid, "SIGKILL");
    await pause(500);
    await restart();
    return recovery();
  },
  "100 that does not answer for six seconds": async () => {
    const admin = postgres.adminUrl.replace(/\/postgres\?/, "/order?");
    await query(admin, "BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(6); COMMIT");
    return recovery();
  },
};

test.each(Object.entries(DISASTERS))(
  "a Postgres %s: every answer is right or a typed error, nobody gets another's rows, and it recovers",
  async (name, disaster) => {
    await recovery();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await underLoad(disaster));
    process.stdout.write(
      `Postgres ${name}: back after ${times.map((time) => time.toFixed()).join(", ")} ms; ${tally.good} good answers, ${tally.typed} typed errors, ${tally.wrong.length} wrong\n`,
    );
    expect(tally.wrong).toEqual([]);
    expect(Math.max(...times)).toBeLessThan(5000);
  },
);

test("99: no connection is leaked, and none keeps a transaction or somebody's claims", async () => {
  await Promise.all(Array.from({ length: 40 }, (_, index) => ask(REGIONS[index % 2] ?? "EMEA")));
  const sessions = async () =>
    await query<{ state: string }>(
      postgres.adminUrl,
      "SELECT state FROM pg_stat_activity WHERE application_name = 'dpg-order'",
    );
  await expect.poll(async () => (await sessions()).filter(({ state }) => state !== "idle")).toEqual([]);
  // Ten for work, two to cancel.
  expect((await sessions()).length).toBeLessThanOrEqual(12);
});
