import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CATALOG_ROLE } from "../../../gateway/catalog/catalog-role.ts";
import { query } from "../../testkit/query.ts";
import { startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

describe("the catalog's connection to the registry's database", () => {
  let tested: TestRegistry;
  beforeAll(async () => {
    tested = await startRegistry();
  }, 60_000);
  afterAll(() => tested.stop());

  const ask = (statement: string) => query(tested.database.partUrl ?? "", statement);
  const insertToken = `INSERT INTO deploy_token (id, hash, domain, created_by, expires_at)
    VALUES ('governance/mine', repeat('a', 64), 'governance', 'me', now() + interval '1 day')`;

  test.each([
    insertToken,
    "SELECT hash FROM deploy_token",
    "UPDATE deploy_token SET expires_at = 'infinity'",
    "SELECT secret FROM alert_webhook",
    "INSERT INTO artifact (hash, content) VALUES (repeat('a', 64), '{}')",
    "INSERT INTO approval (name, sdl_hash, approved_by) VALUES ('order', 'a', 'me')",
    "INSERT INTO listed_operation (client, hash, body, published_by) VALUES ('*', repeat('a', 64), '', 'me')",
    "UPDATE generation SET signature = ''",
    "DELETE FROM act",
    "DELETE FROM usage_operation",
    "DELETE FROM quality_result",
    "SELECT dpg.subject()",
    "CREATE TABLE mine (id int)",
    "SET ROLE registry_empty_owner",
    "SET ROLE registry_empty_app",
  ])("may not: %s", async (statement) => {
    await expect(ask(statement)).rejects.toMatchObject({ code: "42501" });
  });

  test("the registry's own connection does what is refused to it", async () => {
    await query(tested.database.applicationUrl, insertToken);
    expect(await query(tested.database.applicationUrl, "SELECT FROM deploy_token")).toHaveLength(1);
  });

  test("it has no more than what it lists, on no table that comes later either", async () => {
    await query(tested.database.ownerUrl, "CREATE TABLE later (id int)");
    const rows = await ask(
      `SELECT relname AS name, has_table_privilege(oid, 'INSERT') AS writes FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')`,
    );
    const named = (writes: boolean) => rows.filter((row) => row.writes === writes).map(({ name }) => name);
    expect(named(false).sort()).toEqual([...CATALOG_ROLE.reads].sort());
    expect(named(true).sort()).toEqual([...CATALOG_ROLE.writes].sort());
  });
});
