import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { query } from "../../testkit/query.ts";
import { startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../../testkit/usage-batches.ts";

/** Of somebody, as an older gateway may still send it. */
const PERSONAL = /maria|smith|example/i;

describe("a registry keeps nothing of persons, whatever a gateway sends", () => {
  let mesh: TestRegistry;
  beforeAll(async () => {
    mesh = await startRegistry();
  });
  afterAll(() => mesh.stop());

  const WINDOW = { days: 30, limit: 100 };

  test("neither in texts, nor in signatures, nor as applications; and no request is lost", async () => {
    const { usage } = mesh.registry;
    const counts = [
      usageCountOf({ clientName: "maria@example.com", clientVersion: "maria", requests: 2 }),
      usageCountOf({ clientName: "maria@example.org", requests: 3 }),
      usageCountOf({ clientName: "shop", clientVersion: "Maria Smith", requests: 4 }),
    ];
    const text = (source: string) => ({ source, isNamed: true, contract: "" });
    await usage.record(
      usageBatchOf([
        {
          name: "maria_example_com",
          signature: "query maria_example_com{pet{name}}",
          text: text("query maria_example_com { pet { name } }"),
          counts,
        },
        {
          name: "Pets",
          signature: `query Pets($maria:ID){pet(id:$maria,owner:"Maria"){name}}`,
          text: text("query Pets($maria: ID) { pet(id: $maria) { name } }"),
          counts,
        },
        { text: text("query Pets { maria: pet { name } }"), counts },
        { text: text("query Pets { pet { name } } # for maria"), counts },
        { signature: `query Pets{pet{name(of:"maria ${"y".repeat(4000)}")}}`, counts },
        { signature: "maria@example.com", counts },
      ]),
    );
    for (const table of ["usage_operation", "usage_caller", "usage_count", "usage_batch"]) {
      const [row] = await query(mesh.database.ownerUrl, `SELECT json_agg(t)::text AS kept FROM ${table} t`);
      expect(String(row?.kept), table).not.toMatch(PERSONAL);
    }
    expect(await usage.texts(WINDOW)).toEqual([]);
    // Two operations could not be told without: their requests are known to be missing.
    expect(await usage.totals(30)).toMatchObject({ requests: 36, dropped: 18 });
    const recorded = await usage.operations(WINDOW);
    const others = recorded.filter(({ clientName }) => clientName === "(other)");
    expect(
      others.map(({ operationName, requests, scopes }) => `${operationName} ${requests} ${scopes}`).sort(),
    ).toEqual(["Pets 10 ", "Pets 5 ", "x 5 "]);
  });

  test("what is plain is kept as it was sent", async () => {
    const { usage } = mesh.registry;
    const source = "query PetNames($first: Int) { pets(first: $first) { name } }";
    await usage.record(
      usageBatchOf([
        {
          name: "PetNames",
          signature: "query PetNames($first:Int){pets(first:$first){name}}",
          text: { source, isNamed: true, contract: "" },
          counts: [usageCountOf({ clientName: "web shop", clientVersion: "2.1" })],
        },
      ]),
    );
    expect(await usage.operations(WINDOW)).toContainEqual(
      expect.objectContaining({
        operationName: "PetNames",
        signature: "query PetNames($first:Int){pets(first:$first){name}}",
        clientName: "web shop",
        clientVersion: "2.1",
      }),
    );
    expect(await usage.texts(WINDOW)).toMatchObject([{ source, operationName: "PetNames" }]);
  });
});
