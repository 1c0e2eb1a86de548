import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, inject, test } from "vitest";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { changeMigrations, writeMigrations } from "../../testkit/migrations.ts";
import { query } from "../../testkit/query.ts";
import { createTestDatabase } from "../../testkit/test-database.ts";

const adminUrl = inject("postgresAdminUrl");
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

function newName(): string {
  return `migrations_${randomBytes(5).toString("hex")}`;
}

test("each migration runs once, in the order of the numbers, as the owner", async () => {
  const migrationsDirectory = await writeMigrations({
    "0002_fill.sql": "INSERT INTO note SELECT 'first'",
    "0001_create.sql": "CREATE TABLE note (text text)",
    "README.md": "not a migration",
  });
  const request = { adminUrl, database: newName(), migrationsDirectory };
  const lines: string[] = [];
  const first = await provisionDatabase({ ...request, log: (line) => lines.push(line) });
  expect(first.migrated).toBe(2);
  expect(lines).toEqual(["migrated: 0001_create", "migrated: 0002_fill"]);
  expect((await provisionDatabase(request)).migrated).toBe(0);
  await changeMigrations(migrationsDirectory, { "0003_more.sql": "INSERT INTO note SELECT 'second'" });
  expect((await provisionDatabase(request)).migrated).toBe(1);
  expect(await query(first.applicationUrl, "SELECT text FROM note ORDER BY text")).toEqual([
    { text: "first" },
    { text: "second" },
  ]);
  expect(
    await query(first.ownerUrl, "SELECT tableowner AS owner FROM pg_tables WHERE tablename = 'note'"),
  ).toEqual([{ owner: `${request.database}_owner` }]);
});

test("a failing migration is named with its error and leaves nothing behind, until it is corrected", async () => {
  const migrationsDirectory = await writeMigrations({
    "0001_create.sql": "CREATE TABLE note (text text)",
    "0002_broken.sql": "CREATE TABLE half (id int);\nINSERT INTO nowhere VALUES (1);",
  });
  const request = { adminUrl, database: newName(), migrationsDirectory };
  const failure = provisionDatabase(request);
  await expect(failure).rejects.toMatchObject({ name: "ClientError", code: "MIGRATION_FAILED" });
  await expect(failure).rejects.toThrow(
    /0002_broken\.sql: relation "nowhere" does not exist \(SQLSTATE 42P01\)/,
  );
  const url = new URL(adminUrl);
  url.pathname = `/${request.database}`;
  expect(await query(url.href, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
  await changeMigrations(migrationsDirectory, { "0002_broken.sql": "CREATE TABLE half (id int)" });
  expect((await provisionDatabase(request)).migrated).toBe(2);
});

test("a constraint's details reach the message", async () => {
  const migrationsDirectory = await writeMigrations({
    "0001_twice.sql": "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (7), (7)",
  });
  await expect(provisionDatabase({ adminUrl, database: newName(), migrationsDirectory })).rejects.toThrow(
    /0001_twice\.sql: duplicate key .*Key \(id\)=\(7\) already exists/,
  );
});

test("a migration that precedes one already run is refused", async () => {
  const migrationsDirectory = await writeMigrations({ "0002_b.sql": "SELECT 1" });
  const request = { adminUrl, database: newName(), migrationsDirectory };
  await provisionDatabase(request);
  await changeMigrations(migrationsDirectory, { "0001_a.sql": "SELECT 1" });
  await expect(provisionDatabase(request)).rejects.toThrow(
    /0001_a is preceding already run migration 0002_b/,
  );
});

test("a folder that does not exist is named", async () => {
  const migrationsDirectory = join(await writeMigrations({}), "missing");
  const failure = provisionDatabase({ adminUrl, database: newName(), migrationsDirectory });
  await expect(failure).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
  await expect(failure).rejects.toThrow(migrationsDirectory);
});

test("several processes at once provision each database once", async () => {
  const migrationsDirectory = await writeMigrations({
    "0001_slow.sql": "CREATE TABLE note (text text); SELECT pg_sleep(0.3)",
  });
  const [first, second] = [newName(), newName()];
  const requests = [first, second, first, second].map((database) => ({
    adminUrl,
    database,
    migrationsDirectory,
  }));
  const counts = await Promise.all([
    ...requests.map(async (request) => (await provisionDatabase(request)).migrated),
    ...requests.map(provisionInProcess),
  ]);
  expect(counts.sort()).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

test.each(["", "Order", "9lives", "a-b", 'a"b', "a b", "a;drop", "ö", "a".repeat(58)])(
  "the name %j is refused before anything happens",
  async (database) => {
    const failure = provisionDatabase({ adminUrl, database, migrationsDirectory: "/nowhere" });
    await expect(failure).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  },
);

test("words of SQL and the longest name will do", async () => {
  const migrationsDirectory = await writeMigrations({});
  for (const database of ["select", `z${randomBytes(28).toString("hex")}`]) {
    const { applicationUrl } = await provisionDatabase({ adminUrl, database, migrationsDirectory });
    expect(await query(applicationUrl, "SELECT current_database() AS name")).toEqual([{ name: database }]);
  }
});

test("a database that belongs to somebody else is not taken over", async () => {
  const database = newName();
  await query(adminUrl, `CREATE DATABASE "${database}"`);
  const failure = provisionDatabase({ adminUrl, database, migrationsDirectory: await writeMigrations({}) });
  await expect(failure).rejects.toMatchObject({ code: "DATABASE_RIGHTS_MISSING" });
  await expect(failure).rejects.toThrow(/belongs to "postgres"/);
});

test("copies of a template have its rows, its rights and a life of their own", async () => {
  const template = {
    name: newName(),
    migrationsDirectory: await writeMigrations({ "0001_create.sql": "CREATE TABLE note (text text)" }),
    seed: (ownerUrl: string) => query(ownerUrl, "INSERT INTO note VALUES ('seeded')"),
  };
  const [one, two] = await Promise.all([1, 2].map(() => createTestDatabase(adminUrl, template)));
  await query(one?.applicationUrl ?? "", "DELETE FROM note");
  expect(await query(one?.ownerUrl ?? "", "SELECT text FROM note")).toEqual([]);
  expect(await query(two?.applicationUrl ?? "", "SELECT text FROM note")).toEqual([{ text: "seeded" }]);
  await expect(query(two?.applicationUrl ?? "", "CREATE TABLE mine (id int)")).rejects.toThrow("denied");
  await one?.drop();
  await expect(query(one?.applicationUrl ?? "", "SELECT 1")).rejects.toThrow("does not exist");
});

async function provisionInProcess(request: object): Promise<number> {
  const module = pathToFileURL(join(ROOT, "shared/postgres/provision-database.ts")).href;
  const program = `
    import { provisionDatabase } from ${JSON.stringify(module)};
    const { migrated } = await provisionDatabase(${JSON.stringify(request)});
    process.stdout.write(String(migrated));`;
  const tsx = pathToFileURL(join(ROOT, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return Number.parseInt(output, 10);
}
