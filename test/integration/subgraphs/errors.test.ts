import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../../../shared/log.ts";
import { createPools } from "../../../shared/subgraph/postgres.ts";
import { RequestSession } from "../../../shared/subgraph/request-database.ts";
import { customerSubgraph } from "../../../subgraphs/customer/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { createDomainDatabase, startSubgraph, type TestSubgraph } from "../../testkit/start-domain.ts";
import { startStatementRecorder } from "../../testkit/statement-recorder.ts";
import type { TestDatabase } from "../../testkit/test-database.ts";

let gateway: GatewayIdentity;
let database: TestDatabase;
let subgraph: TestSubgraph;
let owner: pg.Client;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  database = await createDomainDatabase(customerSubgraph.directory);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  subgraph = await startSubgraph("customer", customerSubgraph, gateway, database.applicationUrl);
});
afterAll(async () => {
  await subgraph.stop();
  await owner.end();
  await gateway.stop();
});
beforeEach(async () => {
  // A test that failed may have left its transaction open.
  await owner.query("ROLLBACK");
  await owner.query(`
    DELETE FROM customer;
    INSERT INTO customer VALUES
      ('C1', 'Ada', 'ada@example.com', NULL, 'EMEA', 'GB', 'Street 1', 'London', 'N1', 10, 'GOLD', now()),
      ('C2', 'Bob', 'bob@example.com', NULL, 'EMEA', 'GB', 'Street 2', 'London', 'N1', NULL, 'GOLD', now())`);
});

const masked = (path: readonly string[], requestId: string) => ({
  message: `Internal error; request id ${requestId}`,
  path,
  extensions: { code: "INTERNAL", requestId },
});
const headers = { "x-request-id": "req-46" };

describe("hardening 46: what goes wrong in the database", () => {
  it("leaves as a fixed text and the request id, and the other fields still answer", async () => {
    await owner.query("ALTER TABLE customer RENAME COLUMN credit_limit TO gone");
    const { status, data, errors } = await subgraph.ask(
      `{ customer(id: "C1") { name } customers { totalCount nodes { name } } }`,
      { headers },
    );
    await owner.query("ALTER TABLE customer RENAME COLUMN gone TO credit_limit");
    expect(status).toBe(200);
    expect(data).toEqual({ customer: null, customers: null });
    expect(errors).toContainEqual(masked(["customer"], "req-46"));
    expect(errors).toContainEqual(masked(["customers", "nodes"], "req-46"));
    expect(JSON.stringify(errors)).not.toMatch(/credit|column|relation|select/i);
  });

  it("spoils only the fields that asked for it", async () => {
    // U+0000 is text in GraphQL and none in Postgres.
    const { data, errors } = await subgraph.ask(
      `{ bad: customers(filter: { country: "\\u0000" }) { totalCount } good: customers { totalCount } ada: customer(id: "C1") { name } }`,
      { headers },
    );
    expect(data).toEqual({ bad: null, good: { totalCount: 2 }, ada: { name: "Ada" } });
    expect(errors).toEqual([masked(["bad", "totalCount"], "req-46")]);
  });

  it("is undone where it is a change, and the connection is not spoiled", async () => {
    await owner.query(
      "ALTER TABLE customer ADD CONSTRAINT no_spam CHECK (email NOT LIKE '%spam%') NOT VALID",
    );
    const change = (email: string) =>
      subgraph.ask(
        `mutation { updateCustomerContact(input: { customerId: "C1", email: "${email}" }) { customer { email } } }`,
        { caller: {}, headers },
      );
    const { data, errors } = await change("spam@example.com");
    expect(data).toEqual({ updateCustomerContact: null });
    expect(errors).toEqual([masked(["updateCustomerContact"], "req-46")]);
    expect((await change("ok@example.com")).data).toEqual({
      updateCustomerContact: { customer: { email: "ok@example.com" } },
    });
    await owner.query("ALTER TABLE customer DROP CONSTRAINT no_spam");
  });

  it("ends a statement that takes too long, and the next request answers", async () => {
    await owner.query("BEGIN; LOCK TABLE customer");
    const startedAt = Date.now();
    const { data, errors } = await subgraph.ask(`{ customer(id: "C1") { name } }`, { headers });
    await owner.query("ROLLBACK");
    expect(data).toEqual({ customer: null });
    expect(errors).toEqual([masked(["customer"], "req-46")]);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
    expect((await subgraph.ask(`{ customer(id: "C1") { name } }`)).data).toEqual({
      customer: { name: "Ada" },
    });
  });
});

describe("hardening 98: when callers leave", () => {
  const post = async (query: string, signal: AbortSignal) => {
    const authorization = `Bearer ${await gateway.tokenFor("customer", {})}`;
    const body = JSON.stringify({ query });
    const request = {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body,
      signal,
    };
    return fetch(subgraph.url, request).then(
      () => "answered",
      () => "left",
    );
  };
  const READ = `{ customers { totalCount } customer(id: "C1") { name } }`;
  const CHANGE = `mutation { updateCustomerContact(input: { customerId: "C1", email: "late@example.com" }) { customer { id } } }`;
  const waiting = async () => {
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM pg_locks
       WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows[0].n;
  };

  it("a read is cancelled at the server, a change is left to finish", async () => {
    await owner.query("BEGIN; LOCK TABLE customer");
    const leaving = new AbortController();
    const asked = [post(READ, leaving.signal), post(CHANGE, leaving.signal)];
    await expect.poll(waiting, { timeout: 10_000 }).toBe(2);
    leaving.abort();
    await expect.poll(waiting, { timeout: 5_000, interval: 20 }).toBe(1);
    await owner.query("COMMIT");
    expect(await Promise.all(asked)).toEqual(["left", "left"]);
    const email = async () => (await owner.query("SELECT email FROM customer WHERE id = 'C1'")).rows[0].email;
    await expect.poll(email, { timeout: 10_000 }).toBe("late@example.com");
  });

  it("hardening 101: a hundred of them at once leave no connection taken", async () => {
    await owner.query("BEGIN; LOCK TABLE customer");
    const leaving = new AbortController();
    const asked = Array.from({ length: 100 }, () => post(READ, leaving.signal));
    await expect.poll(waiting, { timeout: 10_000 }).toBe(10);
    leaving.abort();
    await expect.poll(waiting, { timeout: 5_000, interval: 20 }).toBe(0);
    await owner.query("ROLLBACK");
    expect(new Set(await Promise.all(asked))).toEqual(new Set(["left"]));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => subgraph.ask(`{ customer(id: "C2") { name } }`)),
    );
    expect(new Set(answers.map(({ data }) => data.customer?.name))).toEqual(new Set(["Bob"]));
  });
});

it("hardening 99: without its database a subgraph is alive, not ready, and recovers unaided", async () => {
  const relay = await startStatementRecorder(database.applicationUrl);
  const service = await startSubgraph("customer", customerSubgraph, gateway, relay.url);
  const health = async (path: string) => (await fetch(new URL(path, service.url))).status;
  expect([await health("/health/live"), await health("/health/ready")]).toEqual([200, 200]);
  relay.setReachable(false);
  expect([await health("/health/live"), await health("/health/ready")]).toEqual([200, 503]);
  const { data, errors } = await service.ask(`{ customer(id: "C1") { name } }`, { headers });
  expect([data, errors]).toEqual([{ customer: null }, [masked(["customer"], "req-46")]]);
  relay.setReachable(true);
  expect(await health("/health/ready")).toBe(200);
  expect((await service.ask(`{ customer(id: "C1") { name } }`)).data).toEqual({ customer: { name: "Ada" } });
  await service.stop();
  await relay.stop();
});

it("hardening 99: connections that the server cut are replaced, and nothing falls over", async () => {
  await Promise.all(Array.from({ length: 20 }, () => subgraph.ask(`{ customer(id: "C1") { name } }`)));
  const { rows } = await owner.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  expect(rows.length).toBeGreaterThan(0);
  const killer = new pg.Client({ connectionString: database.applicationUrl });
  await killer.connect();
  for (const { pid } of rows) await killer.query("SELECT pg_terminate_backend($1)", [pid]);
  await killer.end();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => subgraph.ask(`{ customer(id: "C2") { name } }`)),
  );
  expect(answers.at(-1)?.status).toBe(200);
  expect((await subgraph.ask(`{ customer(id: "C2") { name } }`)).data).toEqual({ customer: { name: "Bob" } });
});

describe("hardening 55: a connection goes back to the pool clean", () => {
  it("outside of any transaction, however the request ended", async () => {
    const caller = { subject: "ada", claims: { region: ["EMEA"] } };
    for (const query of [
      `{ customers { totalCount } }`,
      `{ customers(filter: { country: "\\u0000" }) { totalCount } }`,
      `mutation { updateCustomerContact(input: { customerId: "C1", email: "x@example.com" }) { customer { id } } }`,
      `mutation { updateCustomerContact(input: { customerId: "C9" }) { customer { id } } }`,
      `{ nope }`,
    ]) {
      await subgraph.ask(query, { caller });
    }
    const watcher = new pg.Client({ connectionString: database.applicationUrl });
    await watcher.connect();
    const states = async () => {
      const { rows } = await watcher.query(
        `SELECT DISTINCT state FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'dpg-customer'`,
      );
      return rows;
    };
    await expect.poll(states, { timeout: 10_000 }).toEqual([{ state: "idle" }]);
    await watcher.end();
  });

  it("without the caller's claims, after reads, changes and failures", async () => {
    const log = createLog({ name: "test", level: "silent" });
    const pools = createPools({ databaseUrl: database.applicationUrl, name: "test", log });
    pools.work.options.max = 1;
    const caller = {
      subject: "ada",
      claims: { region: ["EMEA"] },
      scopes: new Set<string>(),
      purpose: null,
      expiresAt: 0,
    };
    const settings = {
      text: "SELECT current_setting('dpg.claims', true) AS claims, pg_backend_pid() AS pid",
      values: [],
    };
    const failure = { text: "SELECT 1 / 0", values: [] };
    const uses: readonly ((session: RequestSession) => Promise<unknown>)[] = [
      (session) => session.query(settings),
      (session) => session.write((query) => query(settings)),
      (session) => session.query(failure),
      (session) => session.write((query) => query(failure)),
      (session) => session.write(async () => Promise.reject(new Error("thrown by the domain"))),
      (session) => Promise.all([session.query(settings), session.query(failure), session.query(settings)]),
    ];
    const pids = new Set<number>();
    for (const use of uses) {
      const session = new RequestSession(pools, caller);
      await use(session).catch(() => undefined);
      const [during] = await session.query<{ claims: string }>(settings);
      expect(during?.claims).toBe('{"region":["EMEA"]}');
      await session.end();
      const [after] = (await pools.work.query(settings.text)).rows;
      expect(after.claims).toBeFalsy();
      pids.add(after.pid);
    }
    expect(pids.size).toBe(1);
    await pools.end();
  });

  it("and reads cannot write", async () => {
    const log = createLog({ name: "test", level: "silent" });
    const pools = createPools({ databaseUrl: database.applicationUrl, name: "test", log });
    const caller = { subject: "ada", claims: {}, scopes: new Set<string>(), purpose: null, expiresAt: 0 };
    const session = new RequestSession(pools, caller);
    await expect(session.query({ text: "DELETE FROM customer", values: [] })).rejects.toMatchObject({
      code: "25006",
    });
    await session.end();
    await pools.end();
  });
});

it("wrong input is explained, at most in 500 characters", async () => {
  const { status, errors } = await subgraph.ask(`query ($id: ID!) { customer(id: $id) { name } }`, {
    variables: { id: { text: "x".repeat(5_000) } },
  });
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  expect(errors[0]?.message.length).toBeLessThanOrEqual(501);
});
