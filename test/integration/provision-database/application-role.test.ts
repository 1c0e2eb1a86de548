import { randomBytes } from "node:crypto";
import { beforeAll, expect, inject, test } from "vitest";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { writeMigrations } from "../../testkit/migrations.ts";
import { query, withSession } from "../../testkit/query.ts";

const adminUrl = inject("postgresAdminUrl");
const database = `role_${randomBytes(5).toString("hex")}`;
let applicationUrl = "";
let ownerUrl = "";

const BY_REGION = "region = ANY ((SELECT dpg.claim_values('region'))::text[])";
const NOTE = `
  CREATE TABLE note (id serial PRIMARY KEY, region text NOT NULL);
  CREATE POLICY by_region ON note USING (${BY_REGION}) WITH CHECK (${BY_REGION});
  ALTER TABLE note ENABLE ROW LEVEL SECURITY;
  ALTER TABLE note FORCE ROW LEVEL SECURITY;`;

beforeAll(async () => {
  let cleanUp = async (): Promise<void> => {};
  const migrationsDirectory = await writeMigrations({ "0001_note.sql": NOTE }, (done) => {
    cleanUp = done;
  });
  const urls = await provisionDatabase({ adminUrl, database, migrationsDirectory });
  ({ applicationUrl, ownerUrl } = urls);
  await withSession(adminUrlOf(database), (ask) =>
    ask("INSERT INTO note (region) VALUES ('EMEA'), ('AMER'), ('APAC')"),
  );
  return cleanUp;
});

function adminUrlOf(name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function asCaller(region: readonly string[], statement: string): Promise<readonly unknown[]> {
  return await withSession(applicationUrl, async (ask) => {
    await ask("SELECT set_config('dpg.claims', $1, false)", [JSON.stringify({ region })]);
    return await ask(statement);
  });
}

test("it sees and writes the rows that the claims allow, and numbers them", async () => {
  expect(await asCaller(["EMEA", "APAC"], "SELECT region FROM note ORDER BY id")).toEqual([
    { region: "EMEA" },
    { region: "APAC" },
  ]);
  expect(await asCaller(["EMEA"], "INSERT INTO note (region) VALUES ('EMEA') RETURNING region")).toHaveLength(
    1,
  );
  expect(await asCaller(["AMER"], "UPDATE note SET region = region RETURNING region")).toEqual([
    { region: "AMER" },
  ]);
  expect(await asCaller(["APAC"], "DELETE FROM note RETURNING region")).toEqual([{ region: "APAC" }]);
});

test("it sees nothing without claims", async () => {
  expect(await query(applicationUrl, "SELECT FROM note")).toEqual([]);
});

test("the owner is bound by the policies as well", async () => {
  expect(await query(ownerUrl, "SELECT FROM note")).toEqual([]);
  expect(await query(ownerUrl, "SELECT current_user AS role")).toEqual([{ role: `${database}_owner` }]);
});

test.each([
  [
    "write a row that the claims do not allow",
    "INSERT INTO note (region) VALUES ('AMER')",
    "row-level security",
  ],
  ["move a row to where the claims do not reach", "UPDATE note SET region = 'AMER'", "row-level security"],
  ["truncate a table", "TRUNCATE note", "permission denied"],
  ["drop a table", "DROP TABLE note", "must be owner"],
  ["switch row-level security off", "ALTER TABLE note DISABLE ROW LEVEL SECURITY", "must be owner"],
  ["drop a policy", "DROP POLICY by_region ON note", "must be owner"],
  ["add a policy", "CREATE POLICY all_rows ON note USING (true)", "must be owner"],
  ["create a table", "CREATE TABLE public.mine (id int)", "permission denied"],
  ["create a temporary table", "CREATE TEMPORARY TABLE mine (id int)", "permission denied"],
  ["create a schema", "CREATE SCHEMA mine", "permission denied"],
  ["replace the claims function", "CREATE FUNCTION dpg.more() RETURNS int RETURN 1", "permission denied"],
  ["drop the claims function", "DROP FUNCTION dpg.claim_values(text) CASCADE", "must be owner"],
  ["create a trigger", "CREATE TRIGGER t AFTER INSERT ON note EXECUTE FUNCTION now()", "permission denied"],
  ["read what was migrated", "SELECT * FROM dpg.migrations", "permission denied"],
  ["become the owner", `SET ROLE "${database}_owner"`, "permission denied"],
  ["become the superuser", "SET SESSION AUTHORIZATION postgres", "permission denied"],
  ["make itself powerful", `ALTER ROLE "${database}_app" BYPASSRLS`, "permission denied"],
  ["create a role", "CREATE ROLE mine SUPERUSER", "permission denied"],
  ["create a database", "CREATE DATABASE mine", "permission denied"],
  ["drop its database", `DROP DATABASE "${database}"`, "must be owner|currently open"],
  ["run programs on the server", "COPY note TO PROGRAM 'cat'", "permission denied"],
  ["read files of the server", "SELECT pg_read_file('PG_VERSION')", "permission denied"],
])("it may not %s", async (_what, statement, refusal) => {
  await expect(asCaller(["EMEA"], statement)).rejects.toThrow(new RegExp(refusal));
});

test("row_security = off gives an error instead of all rows", async () => {
  await withSession(applicationUrl, async (ask) => {
    await ask("SET row_security = off");
    await expect(ask("SELECT FROM note")).rejects.toThrow("row-level security");
  });
});

test("its sessions are bounded in time", async () => {
  const [bounds] = await query(
    applicationUrl,
    `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
       current_setting('idle_in_transaction_session_timeout') AS idle`,
  );
  expect(bounds).toEqual({ statement: "10s", lock: "3s", idle: "30s" });
});

test("it may not enter another domain's database", async () => {
  const other = `other_${randomBytes(5).toString("hex")}`;
  const migrationsDirectory = await writeMigrations({});
  await provisionDatabase({ adminUrl, database: other, migrationsDirectory });
  const url = new URL(applicationUrl);
  url.pathname = `/${other}`;
  await expect(query(url.href, "SELECT 1")).rejects.toThrow("permission denied for database");
});

test("rights it was given by hand are taken back, and power is refused or removed", async () => {
  const name = `tampered_${randomBytes(5).toString("hex")}`;
  const request = { adminUrl, database: name, migrationsDirectory: await writeMigrations({}) };
  await provisionDatabase(request);
  await query(adminUrl, `ALTER ROLE "${name}_app" BYPASSRLS CREATEDB`);
  await query(adminUrlOf(name), `GRANT CREATE ON SCHEMA public TO "${name}_app"`);
  const repaired = await provisionDatabase(request);
  await expect(query(repaired.applicationUrl, "CREATE TABLE mine (id int)")).rejects.toThrow(
    "permission denied",
  );
  const power = `SELECT rolbypassrls OR rolcreatedb AS power FROM pg_roles WHERE rolname = current_user`;
  expect(await query(repaired.applicationUrl, power)).toEqual([{ power: false }]);

  await query(adminUrl, `GRANT "${name}_owner" TO "${name}_app"`);
  await expect(provisionDatabase(request)).rejects.toMatchObject({ code: "DATABASE_ROLE_UNSAFE" });
  await query(adminUrl, `REVOKE "${name}_owner" FROM "${name}_app"`);
  await query(adminUrlOf(name), `CREATE TABLE mine (id int); ALTER TABLE mine OWNER TO "${name}_app"`);
  await expect(provisionDatabase(request)).rejects.toMatchObject({ code: "DATABASE_ROLE_UNSAFE" });
});
