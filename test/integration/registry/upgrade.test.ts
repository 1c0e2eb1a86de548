import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { Registry } from "../../../gateway/registry/registry.ts";
import { verifyGeneration } from "../../../gateway/supergraph/signed-generation.ts";
import { ERROR_CODES } from "../../../shared/errors.ts";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { writeMigrations } from "../../testkit/migrations.ts";
import { query } from "../../testkit/query.ts";
import { ROOT } from "../../testkit/run-command.ts";
import { deployerOf, domainSdl } from "../../testkit/start-registry.ts";

const MIGRATIONS = join(ROOT, "gateway/registry/migrations");
const NAMES = readdirSync(MIGRATIONS).sort();
const FIRST = ["0001_create-registry.sql", "0002_record-usage.sql", "0003_describe-products.sql"];
const adminUrl = inject("postgresAdminUrl");

/** A folder with these migrations, under the names that an older version had for them. */
function older(names: readonly string[], nameOf: (name: string) => string = (name) => name): Promise<string> {
  const files = names.map((name) => [nameOf(name), readFileSync(join(MIGRATIONS, name), "utf8")] as const);
  return writeMigrations(Object.fromEntries(files));
}

test("a registry's database of an older version is brought up to date with all that was published, and goes on", async () => {
  const database = `upgrade_${randomBytes(5).toString("hex")}`;
  const before = await provisionDatabase({ adminUrl, database, migrationsDirectory: await older(FIRST) });
  expect(before.migrated).toBe(3);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const registry = new Registry({ databaseUrl: before.applicationUrl, privateKey, production: false });
  onTestFinished(() => registry.stop());
  const publish = (name: string, sdl: string) =>
    registry.publish({
      actor: deployerOf(name),
      changes: [{ name, source: { sdl, url: `http://127.0.0.1:1/${name}` } }],
      reason: "test",
    });
  await publish("pet", domainSdl("Pet", "name: String"));
  await publish("dog", domainSdl("Dog"));
  const { token } = await registry.tokens.create("pet", 3600, "governance/test");
  await query(
    before.ownerUrl,
    `INSERT INTO usage_operation VALUES (repeat('a', 64), 'Pets', 'query Pets{pet{name}}', '{Pet.name}');
     INSERT INTO usage_caller VALUES (repeat('b', 64), 'shop', '1.0', true, '{read}', null);
     INSERT INTO usage_count VALUES (now(), repeat('a', 64), repeat('b', 64), 7, 1, '{7}', now())`,
  );
  const kept = await rowsOf(before.ownerUrl);
  expect(kept.map(({ rows }) => rows.length > 0)).toEqual(kept.map(({ table }) => !UNUSED.includes(table)));

  const after = await provisionDatabase({ adminUrl, database, migrationsDirectory: MIGRATIONS });
  expect(after.migrated).toBe(NAMES.length - FIRST.length);
  expect(await rowsOf(after.ownerUrl, kept)).toEqual(kept);
  const served = await registry.store.generation(null);
  if (!served) throw new Error("no generation is left");
  expect(verifyGeneration(served, publicKey)).toMatchObject({ number: 2 });
  expect(await registry.tokens.verify(token)).toMatchObject({ domain: "pet" });
  const next = await publish("pet", domainSdl("Pet", "name: String age: Int"));
  expect(next.generation).toBe(3);
  expect((await provisionDatabase({ adminUrl, database, migrationsDirectory: MIGRATIONS })).migrated).toBe(0);
});

test("a database whose migrations are not those of this version is left as it is, with what to do about it", async () => {
  const database = `upgrade_${randomBytes(5).toString("hex")}`;
  const renumbered = (name: string) => name.replace("0005_", "0101_");
  const names = NAMES.slice(0, 5);
  const migrationsDirectory = await older(names, renumbered);
  const { ownerUrl } = await provisionDatabase({ adminUrl, database, migrationsDirectory });
  const run = "SELECT name FROM dpg.migrations ORDER BY id";
  const before = await query(ownerUrl, run);
  const failure = provisionDatabase({ adminUrl, database, migrationsDirectory: MIGRATIONS });
  await expect(failure).rejects.toMatchObject({ name: "ClientError", code: "MIGRATIONS_DIFFER" });
  await expect(failure).rejects.toThrow(
    /0005_record-lineage is preceding already run migration 0101_record-lineage/,
  );
  expect(ERROR_CODES.MIGRATIONS_DIFFER.cause).toMatch(/another version/i);
  expect(ERROR_CODES.MIGRATIONS_DIFFER.remedy).toMatch(/backup/);
  expect(await query(ownerUrl, run)).toEqual(before);
  expect(before).toHaveLength(5);
});

/** Tables of the older version in which this test wrote nothing. */
const UNUSED: readonly string[] = ["approval", "usage_batch"];

interface Kept {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly object[];
}

/** All rows of all tables, or of those that were kept, with the columns that they had then. */
async function rowsOf(url: string, known?: readonly Kept[]): Promise<readonly Kept[]> {
  const tables = known ?? (await tablesOf(url));
  return Promise.all(
    tables.map(async ({ table, columns }) => {
      const list = columns.map((name) => `"${name}"`).join(", ");
      const rows = await query(url, `SELECT ${list} FROM "${table}" ORDER BY "${table}"::text`);
      return { table, columns, rows };
    }),
  );
}

async function tablesOf(url: string): Promise<readonly Pick<Kept, "table" | "columns">[]> {
  const found = await query(
    url,
    `SELECT table_name AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
     FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1`,
  );
  return found.map(({ table, columns }) => ({
    table: String(table),
    columns: Array.isArray(columns) ? columns.map(String) : [],
  }));
}
