import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbeddedPostgres } from "../../../shared/postgres/embedded-postgres.ts";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { writeMigrations } from "../../testkit/migrations.ts";
import { query, withSession } from "../../testkit/query.ts";

const SECRET = `p@ss:w/ö rd%${randomBytes(4).toString("hex")}`;
/** Everybody but the superuser has to give a password. */
const ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n";
let superUrl = "";
let dataDirectory = "";
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "dpg-test-"));
  await chmod(dataDirectory, 0o755);
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
  stop = async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true });
  };
  superUrl = server.adminUrl;
  await writeFile(join(dataDirectory, "cluster/pg_hba.conf"), ACCESS);
  await query(superUrl, "ALTER SYSTEM SET log_statement = 'all'");
  await query(superUrl, "SELECT pg_reload_conf()");
});

afterAll(() => stop());

/** An administrator with these attributes and a password, as DATABASE_URL would name it. */
async function administrator(attributes: string, password = SECRET): Promise<string> {
  const name = `admin_${randomBytes(4).toString("hex")}`;
  await query(superUrl, `CREATE ROLE "${name}" LOGIN ${attributes} PASSWORD '${password}'`);
  return asUser(name, password);
}

function asUser(name: string, password: string): string {
  const url = new URL(superUrl);
  url.username = name;
  url.password = encodeURIComponent(password);
  return url.href;
}

async function newRequest(adminUrl: string, database = `ext_${randomBytes(4).toString("hex")}`) {
  const migrationsDirectory = await writeMigrations({ "0001_note.sql": "CREATE TABLE note (text text)" });
  return { adminUrl, database, migrationsDirectory };
}

test("the application's password follows from the administrator's and a restart finds the same", async () => {
  const request = await newRequest(await administrator("SUPERUSER"));
  const first = await provisionDatabase(request);
  const second = await provisionDatabase(request);
  expect(second.applicationUrl).toBe(first.applicationUrl);
  expect(await query(first.applicationUrl, "SELECT FROM note")).toEqual([]);
  expect(decodeURIComponent(first.applicationUrl)).not.toContain(SECRET);
  const wrong = new URL(first.applicationUrl);
  wrong.password = "wrong";
  await expect(query(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
});

test("two domains of one administrator have different passwords", async () => {
  const adminUrl = await administrator("SUPERUSER");
  const [one, two] = [await newRequest(adminUrl), await newRequest(adminUrl)];
  const first = new URL((await provisionDatabase(one)).applicationUrl);
  const second = new URL((await provisionDatabase(two)).applicationUrl);
  expect(first.password).not.toBe(second.password);
});

test("a new password of the administrator, or one given, becomes the application's", async () => {
  const adminUrl = await administrator("SUPERUSER");
  const request = await newRequest(adminUrl);
  const first = await provisionDatabase(request);
  const { username } = new URL(adminUrl);
  await query(superUrl, `ALTER ROLE "${username}" PASSWORD 'rotated'`);
  const rotated = await provisionDatabase({ ...request, adminUrl: asUser(username, "rotated") });
  expect(rotated.applicationUrl).not.toBe(first.applicationUrl);
  expect(await query(rotated.applicationUrl, "SELECT FROM note")).toEqual([]);
  await expect(query(first.applicationUrl, "SELECT 1")).rejects.toThrow("password authentication failed");
  const applicationPassword = "geh€im /?#";
  const given = await provisionDatabase({ ...request, adminUrl: superUrl, applicationPassword });
  expect(await query(given.applicationUrl, "SELECT FROM note")).toEqual([]);
});

test("no password stands in the server's log, even if that has every statement", async () => {
  const request = await newRequest(await administrator("SUPERUSER"));
  const { password } = new URL((await provisionDatabase(request)).applicationUrl);
  const log = await readFile(join(dataDirectory, "server.log"), "utf8");
  expect(log).toContain(`CREATE ROLE "${request.database}_app"`);
  expect(log).not.toContain(decodeURIComponent(password));
});

test("an administrator who may create roles and databases need not be a superuser", async () => {
  const request = await newRequest(await administrator("CREATEROLE CREATEDB"));
  const first = await provisionDatabase(request);
  expect(first.migrated).toBe(1);
  expect((await provisionDatabase(request)).migrated).toBe(0);
  await query(first.ownerUrl, "INSERT INTO note VALUES ('seeded')");
  expect(await query(first.applicationUrl, "SELECT text FROM note")).toEqual([{ text: "seeded" }]);
  await expect(query(first.applicationUrl, "DROP TABLE note")).rejects.toThrow("must be owner");
});

test.each([
  ["roles", "CREATEDB", "create role"],
  ["databases", "CREATEROLE", "create database"],
])("an administrator who may not create %s is told so", async (_what, attributes, refusal) => {
  const adminUrl = await administrator(attributes);
  const failure = provisionDatabase(await newRequest(adminUrl));
  await expect(failure).rejects.toMatchObject({ name: "ClientError", code: "DATABASE_RIGHTS_MISSING" });
  await expect(failure).rejects.toThrow(new RegExp(`${new URL(adminUrl).username}.*${refusal}`));
});

test("an administrator without rights may use what somebody else prepared", async () => {
  const prepared = await newRequest(superUrl);
  const adminUrl = await administrator("");
  const { username } = new URL(adminUrl);
  await provisionDatabase({ ...prepared, applicationPassword: "agreed" });
  await query(superUrl, `GRANT "${prepared.database}_owner" TO "${username}"`);
  const again = await provisionDatabase({ ...prepared, adminUrl, applicationPassword: "agreed" });
  expect(await query(again.applicationUrl, "SELECT FROM note")).toEqual([]);
});

test("a wrong password, a missing server and a silent port are told without the password", async () => {
  const { username } = new URL(await administrator("SUPERUSER"));
  const silent = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : undefined;
  silent.close();
  const encoded = encodeURIComponent("hunter2/secret");
  const addresses = [
    asUser(username, "hunter2/secret"),
    `postgres://admin:${encoded}@127.0.0.1:${port}/postgres`,
    `postgres://admin@/postgres?host=/nowhere&password=${encoded}&user=admin`,
    `postgres:///postgres?host=/nowhere&password=${encoded}&user=admin`,
    `mysql://admin:${encoded}@127.0.0.1/postgres`,
    `postgres://admin:${encoded}@127.0.0.1:notaport/postgres`,
    "",
  ];
  for (const adminUrl of addresses) {
    const failure: unknown = await provisionDatabase(await newRequest(adminUrl)).catch((error) => error);
    expect(failure).toMatchObject({ name: "ClientError", code: "POSTGRES_UNAVAILABLE" });
    expect(String(failure)).not.toMatch(/hunter2|secret/);
    expect(JSON.stringify(failure)).not.toMatch(/hunter2|secret/);
  }
});

test("a connection lost on the way is told as such", async () => {
  const adminUrl = await administrator("SUPERUSER");
  const { username } = new URL(adminUrl);
  const failure = withSession(superUrl, async (ask) => {
    // Holds up what is being prepared until its connection is gone.
    await ask("SELECT pg_advisory_lock(4713020260)");
    const prepared = newRequest(adminUrl).then(provisionDatabase);
    prepared.catch(() => {});
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = $1 AND wait_event = 'advisory'`;
    while ((await ask(end, [username])).length === 0) await sleep(10);
    return await prepared;
  });
  await expect(failure).rejects.toMatchObject({ name: "ClientError", code: "POSTGRES_UNAVAILABLE" });
});
