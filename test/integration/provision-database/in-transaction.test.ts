import pg from "pg";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { inTransaction } from "../../../shared/postgres/in-transaction.ts";

const pool = new pg.Pool({ connectionString: inject("postgresAdminUrl"), max: 1 });
beforeEach(async () => {
  await pool.query("CREATE TEMPORARY TABLE IF NOT EXISTS kept (number integer)");
  await pool.query("TRUNCATE kept");
});
afterAll(() => pool.end());

const add = (client: pg.PoolClient, number: number) => client.query("INSERT INTO kept VALUES ($1)", [number]);
const kept = async () => (await pool.query("SELECT number FROM kept ORDER BY number")).rows;

test("keeps all that was done, and gives back what the work came to", async () => {
  const result = await inTransaction(pool, async (client) => {
    await add(client, 1);
    await add(client, 2);
    return "done";
  });
  expect(result).toBe("done");
  expect(await kept()).toEqual([{ number: 1 }, { number: 2 }]);
});

test.each([
  ["the work throws", () => Promise.reject(new Error("no"))],
  ["a statement fails", (client: pg.PoolClient) => client.query("SELECT 1 / 0")],
])("keeps nothing where %s, and the connection serves the next", async (_what, fail) => {
  const work = inTransaction(pool, async (client) => {
    await add(client, 1);
    await fail(client);
  });
  await expect(work).rejects.toThrow(/^no$|division by zero/);
  expect(await kept()).toEqual([]);
  await inTransaction(pool, (client) => add(client, 3));
  expect(await kept()).toEqual([{ number: 3 }]);
});
