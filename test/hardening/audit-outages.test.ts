import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readBody } from "../../gateway/audit/audit-body.ts";
import { openPostgresArchive } from "../../gateway/audit/postgres-audit-store.ts";
import { verifyAudit } from "../../gateway/audit/verify-audit.ts";
import type { Config } from "../../gateway/config.ts";
import { createAuditDatabase } from "../testkit/audit-database.ts";
import { PEOPLE_AND_NOTES as subgraphs } from "../testkit/audited-people.ts";
import { DatabaseRelay } from "../testkit/database-relay.ts";
import { query } from "../testkit/query.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import type { TestDatabase } from "../testkit/test-database.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const TIMEOUT = 500;

let issuer: TokenIssuer;
let token: string;
let database: TestDatabase;
let relay: DatabaseRelay;
let databaseUrl: string;
let mesh: SmallMesh | null = null;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  token = issuer.token({ sub: "eve", scope: "pii finance", region: ["EU"] });
});
beforeEach(async () => {
  database = await createAuditDatabase();
  ({ relay, url: databaseUrl } = await DatabaseRelay.start(database.applicationUrl));
});
afterEach(async () => {
  await mesh?.stop();
  mesh = null;
  await relay.stop();
  await database.drop();
});
afterAll(() => issuer.stop());

async function start(change: Partial<Config> = {}): Promise<SmallMesh> {
  mesh = await startSmallMesh({
    subgraphs,
    issuers: [issuer],
    config: (usual) => ({
      ...usual,
      audit: { databaseUrl, directory: null, timeoutMs: TIMEOUT },
      ...change,
    }),
  });
  return mesh;
}

async function deliveries() {
  const rows = await query<{ body: string }>(
    database.ownerUrl,
    "SELECT body FROM audit_entry ORDER BY written_at, seq",
  );
  return rows.flatMap(({ body }) => {
    const read = readBody(body);
    return read?.kind === "delivery" ? [read] : [];
  });
}

async function expectWhole(): Promise<void> {
  const archive = openPostgresArchive(database.applicationUrl);
  expect((await verifyAudit(archive)).problems).toEqual([]);
  await archive.close();
}

const isDown = async ({ url }: SmallMesh) =>
  /^dpg_audit_down 1$/m.test(await (await fetch(`${url}/metrics`)).text());

const BREAK = { refuses: () => relay.refuse(), hangs: () => relay.hang() };

describe.each(["compiled", "apollo"] as const)(
  "116: while the audit store is away (%s executor)",
  (executor) => {
    test.each(["refuses", "hangs"] as const)(
      "that %s, what must be recorded is held back, the rest arrives, and it recovers unaided",
      async (how) => {
        const running = await start({ executor });
        const { ask } = running;
        const text = "{ people { id n: name email salary badge note } }";
        expect((await ask(text, { token })).errors).toEqual([]);
        BREAK[how]();
        const since = performance.now();
        const held = await ask(text, { token });
        expect(performance.now() - since).toBeLessThan(TIMEOUT + 1500);
        expect(held.status).toBe(200);
        expect(held.data.people[0]).toEqual({
          id: "P1",
          n: "Ann",
          email: null,
          salary: null,
          badge: null,
          note: null,
        });
        expect(held.text).not.toMatch(/ann@|91827364|B-1/);
        expect(held.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual(
          ["email", "salary", "badge"].map((field) => [["people", field], "AUDIT_UNAVAILABLE"]),
        );
        expect(await isDown(running)).toBe(true);
        const refusedAt = performance.now();
        expect((await ask(text, { token })).text).not.toContain("ann@");
        expect(performance.now() - refusedAt).toBeLessThan(TIMEOUT);
        expect((await ask("{ people { id note } }", { token })).errors).toEqual([]);
        relay.restore();
        await vi.waitFor(async () => expect((await ask(text, { token })).errors).toEqual([]), {
          timeout: 15_000,
          interval: 100,
        });
        const kinds = (await deliveries()).map(({ decision }) => decision);
        expect(kinds).toContain("withheld");
        expect(await isDown(running)).toBe(false);
        await running.stop();
        mesh = null;
        await expectWhole();
      },
    );

    test("a held-back value that may not be null takes its object with it", async () => {
      const { ask } = await start({ executor });
      relay.refuse();
      const { data, errors, text } = await ask("{ person { id rank } team { name } }", { token });
      expect(data).toEqual({ person: null, team: null });
      expect(text).not.toContain("77123");
      expect(errors.map(({ extensions }) => extensions.code)).toContain("AUDIT_UNAVAILABLE");
    });

    test("a mutation has run; what it answers is held back", async () => {
      const { ask, calls } = await start({ executor });
      relay.refuse();
      const { data, errors } = await ask('mutation { renamePerson(name: "x") { id email } }', { token });
      expect(data).toEqual({ renamePerson: { id: "P1", email: null } });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(["AUDIT_UNAVAILABLE"]);
      expect(calls.filter((call) => call.query.includes("renamePerson"))).toHaveLength(1);
    });
  },
);

test("116: records that need not be durable wait for the store, and are not lost", async () => {
  const { ask } = await start();
  relay.refuse();
  for (let n = 0; n < 5; n++)
    expect((await ask("{ people { badge } }", { token })).data.people[0].badge).toBe("B-1");
  relay.restore();
  await vi.waitFor(async () => expect(await deliveries()).toHaveLength(5), { timeout: 15_000 });
});

test("116: a gateway that starts while its audit database is away holds back until that comes", async () => {
  relay.refuse();
  const { ask } = await start();
  expect((await ask("{ person { id email } }", { token })).data.person).toEqual({ id: "P1", email: null });
  relay.restore();
  await vi.waitFor(
    async () =>
      expect((await ask("{ person { email } }", { token })).data.person.email).toBe("ann@example.com"),
    { timeout: 15_000, interval: 100 },
  );
  await expectWhole();
});

test("98: a mutation whose client went away is recorded all the same", async () => {
  const { url } = await start();
  const leaving = new AbortController();
  const asked = fetch(`${url}/graphql`, {
    method: "POST",
    signal: leaving.signal,
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      "x-request-id": "left-early",
    },
    body: JSON.stringify({ query: 'mutation { renamePerson(name: "x") { email } }' }),
  });
  await vi.waitFor(() => expect(mesh?.calls).toHaveLength(1), { interval: 1, timeout: 10_000 });
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await vi.waitFor(async () =>
    expect((await deliveries()).map(({ requestId, operationKind }) => [requestId, operationKind])).toEqual([
      ["left-early", "mutation"],
    ]),
  );
});

describe("an audit database is refused at the start", () => {
  test("without its table", async () => {
    databaseUrl = database.adminUrl.replace(/\/[^/?]+\?/, "/postgres?");
    await expect(start()).rejects.toMatchObject({ code: "AUDIT_NOT_PREPARED" });
  });

  test.each(["owner", "superuser"] as const)("as its %s, who could change what is written", async (who) => {
    databaseUrl = who === "owner" ? database.ownerUrl : database.adminUrl;
    await expect(start()).rejects.toMatchObject({ code: "DATABASE_ROLE_UNSAFE" });
  });
});

describe("117: what is in the audit database", () => {
  test("can be changed neither by the gateway's role nor by a slip of the owner", async () => {
    const { ask } = await start();
    await ask("{ person { email } }", { token });
    for (const url of [database.applicationUrl, database.ownerUrl])
      for (const statement of [
        "UPDATE audit_entry SET body = body",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
      ])
        await expect(query(url, statement)).rejects.toThrow(/permission denied|only ever appended to/);
    expect(await deliveries()).toHaveLength(1);
  });

  test("that was changed behind our back does not verify", async () => {
    const { ask } = await start();
    await ask("{ person { email } }", { token });
    await query(
      database.adminUrl,
      `ALTER TABLE audit_entry DISABLE TRIGGER ALL; UPDATE audit_entry SET body = replace(body, 'eve', 'bob')`,
    );
    const archive = openPostgresArchive(database.applicationUrl);
    const { problems } = await verifyAudit(archive);
    await archive.close();
    expect(problems.map(({ seq, problem }) => `${seq} ${problem}`)).toEqual([
      "1 was changed, or the one before it was",
    ]);
  });

  test("holds no value and no token, however a caller sends it", async () => {
    const { ask } = await start();
    const long = `Q${"x".repeat(5000)}`;
    await ask(`query ${long} { people { name email salary badge } }`, { token });
    await ask(`query ($t: String = "${token.slice(-60)}") { person { email @skip(if: false) } }`, { token });
    await vi.waitFor(async () => expect((await deliveries()).length).toBeGreaterThanOrEqual(3));
    const stored = JSON.stringify(await deliveries());
    for (const secret of ["ann@", "example.com", "91827364", "B-1", "Ann", token.slice(-40)])
      expect(stored).not.toContain(secret);
    expect(stored).not.toContain("x".repeat(300));
  });
});
