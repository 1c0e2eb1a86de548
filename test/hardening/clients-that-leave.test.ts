import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { type RunningSubgraph, serveSubgraph } from "../../shared/subgraph/serve-subgraph.ts";
import { seedDomain } from "../../subgraphs/order/seed.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { demoSources } from "../testkit/demo-sources.ts";
import { query, withSession } from "../testkit/query.ts";
import { composeOurs, trust } from "../testkit/small-mesh.ts";
import { createDomainDatabase, testSettings } from "../testkit/start-domain.ts";
import { freePort } from "../testkit/start-mesh.ts";
import type { TestDatabase } from "../testkit/test-database.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

let database: TestDatabase;
let issuer: TokenIssuer;
let subgraph: RunningSubgraph;
let gateway: Gateway;
beforeAll(async () => {
  database = await createDomainDatabase(orderSubgraph.directory, seedDomain);
  issuer = await TokenIssuer.start();
  const port = await freePort();
  const gatewayJwksUrl = `http://127.0.0.1:${port}/.well-known/jwks.json`;
  subgraph = await serveSubgraph(
    orderSubgraph,
    testSettings({ databaseUrl: database.applicationUrl, gatewayJwksUrl }),
  );
  const usual = readConfig(null, {});
  gateway = await startGateway({
    config: {
      ...usual,
      port,
      auth: { ...usual.auth, issuers: [trust(issuer)] },
      limits: { ...usual.limits, requestMs: 60_000 },
      subgraphs: { order: { timeoutMs: 60_000, retries: 0 } },
    },
    supergraphSdl: composeOurs(demoSources(subgraph.url)),
    log: createLog({ name: "gateway", level: "silent" }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await subgraph.stop();
  await issuer.stop();
});

function ask(signal?: AbortSignal): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${issuer.token({ region: ["EMEA"] })}`,
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
