import { afterAll, beforeAll, expect, test } from "vitest";
import { seedDomain } from "../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { type OrderWorld, startOrderWorld } from "../testkit/order-world.ts";
import { query, withSession } from "../testkit/query.ts";
import { createDomainDatabase } from "../testkit/start-domain.ts";
import type { TestDatabase } from "../testkit/test-database.ts";

let database: TestDatabase;
let world: OrderWorld;
beforeAll(async () => {
  database = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  world = await startOrderWorld(database.applicationUrl, ({ limits }) => ({
    limits: { ...limits, requestMs: 60_000 },
    subgraphs: { order: { timeoutMs: 60_000, retries: 0 } },
  }));
});
afterAll(() => world.stop());

function ask(signal?: AbortSignal): Promise<Response> {
  return fetch(`${world.gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${world.issuer.token({ region: ["EMEA"] })}`,
    },
    body: '{"query":"{ orders(first: 1) { nodes { region } } }"}',
    ...(signal ? { signal } : {}),
  });
}

/** Statements of the domain that wait for a lock. */
async function waiting(): Promise<number> {
  const rows = await query(
    database.adminUrl,
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'dpg-order' AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

test("98: when the client goes away, its statement in the domain's database is cancelled, all the way through gateway and subgraph", async () => {
  expect(await (await ask()).json()).toMatchObject({ data: { orders: { nodes: [{ region: "EMEA" }] } } });
  await withSession(database.adminUrl, async (lock) => {
    await lock("BEGIN");
    await lock("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
    const leaving = new AbortController();
    const given = ask(leaving.signal).catch(() => "given up");
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    leaving.abort();
    expect(await given).toBe("given up");
    // The table is still locked; a statement that nobody cancels is ended by the database after four seconds.
    await expect.poll(waiting, { timeout: 3000, interval: 20 }).toBe(0);
    await lock("ROLLBACK");
  });
  expect((await ask()).status).toBe(200);
});
