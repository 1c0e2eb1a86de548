import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Client } from "pg";
import { beforeAll, expect, inject, test } from "vitest";
import { provisionDatabase } from "../../../shared/postgres/provision-database.ts";
import { type AuthenticatedPrincipal, claimValues } from "../../../shared/principal.ts";
import { writeMigrations } from "../../testkit/migrations.ts";

let client: Client;

beforeAll(async () => {
  let cleanUp = async (): Promise<void> => {};
  const { applicationUrl } = await provisionDatabase({
    adminUrl: inject("postgresAdminUrl"),
    database: `claims_${randomBytes(5).toString("hex")}`,
    migrationsDirectory: await writeMigrations({}, (done) => {
      cleanUp = done;
    }),
  });
  client = new Client({ connectionString: applicationUrl });
  await client.connect();
  return async () => {
    await client.end();
    await cleanUp();
  };
});

async function valuesOf(
  setting: string | undefined,
  claim: string | null,
): Promise<readonly string[] | null> {
  await client.query("BEGIN");
  if (setting !== undefined) await client.query("SELECT set_config('dpg.claims', $1, true)", [setting]);
  const { rows } = await client.query<{ values: string[] | null }>("SELECT dpg.claim_values($1) AS values", [
    claim,
  ]);
  await client.query("COMMIT");
  return rows[0]?.values ?? null;
}

test("a claim is a string or a list of strings", async () => {
  expect(await valuesOf('{"region":"EMEA"}', "region")).toEqual(["EMEA"]);
  expect(await valuesOf('{"region":["EMEA","APAC"],"x":"y"}', "region")).toEqual(["EMEA", "APAC"]);
  expect(await valuesOf('{"region":"{EMEA,APAC}"}', "region")).toEqual(["{EMEA,APAC}"]);
});

test.each([
  ["never set", undefined],
  ["empty", ""],
  ["blank", "  "],
  ["no JSON", "region=EMEA"],
  ["cut off", '{"region":"EM'],
  ["a string", '"EMEA"'],
  ["a list", '["EMEA"]'],
  ["a list of objects", '[{"region":"EMEA"}]'],
  ["null", "null"],
  ["a number", "1"],
  ["without the claim", '{"other":"EMEA"}'],
  ["a claim of null", '{"region":null}'],
  ["a claim of a number", '{"region":1}'],
  ["a claim of true", '{"region":true}'],
  ["a claim of an object", '{"region":{"region":"EMEA"}}'],
  ["a claim of lists", '{"region":[["EMEA"]]}'],
  ["with a character that Postgres cannot hold", '{"region":"\\u0000"}'],
  ["half a surrogate pair", '{"region":"\\ud800"}'],
  ["nested beyond the stack", "[".repeat(100_000)],
  ["a number beyond all bounds", '{"region":1e999999}'],
])("settings that are %s give no value", async (_what, setting) => {
  expect(await valuesOf(setting, "region")).toEqual([]);
});

test("no claim has no values", async () => {
  expect(await valuesOf('{"region":"EMEA"}', null)).toEqual([]);
});

test("after the transaction the claims are gone", async () => {
  await valuesOf('{"region":"EMEA"}', "region");
  expect(await valuesOf(undefined, "region")).toEqual([]);
});

test("the database reads any claims as the gateway does", async () => {
  const text = fc.string().filter((value) => !value.includes("\0"));
  const value = fc.oneof(text, fc.array(fc.oneof(text, fc.integer(), fc.constant(null))), fc.jsonValue());
  const claims = fc.dictionary(fc.constantFrom("region", "Region", "re gion", "__proto__", "sub"), value);
  await fc.assert(
    fc.asyncProperty(claims, fc.constantFrom("region", "sub", "__proto__"), async (given, claim) => {
      const setting = JSON.stringify(given);
      fc.pre(!setting.includes("\\u0000") && !/\\ud[89a-f]/i.test(setting));
      const expected = [...claimValues(principal(JSON.parse(setting)), claim)].sort();
      const found = (await valuesOf(setting, claim)) ?? ["null"];
      expect([...new Set(found)].sort()).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

function principal(claims: Readonly<Record<string, unknown>>): AuthenticatedPrincipal {
  return {
    kind: "authenticated",
    subject: "s",
    issuer: "i",
    scopes: new Set(),
    purposes: { kind: "none" },
    claims,
    expiresAt: 0,
  };
}

test("the subject is the setting of that name, and null without one", async () => {
  const subjectOf = async (setting: string) => {
    await client.query("BEGIN");
    await client.query("SELECT set_config('dpg.subject', $1, true)", [setting]);
    const { rows } = await client.query("SELECT dpg.subject() AS subject");
    await client.query("COMMIT");
    return rows[0]?.subject;
  };
  expect(await subjectOf("alice'; --")).toBe("alice'; --");
  expect(await subjectOf("")).toBeNull();
  const { rows } = await client.query("SELECT dpg.subject() AS subject");
  expect(rows).toEqual([{ subject: null }]);
});

test("a function of the same name earlier on the search path is not used", async () => {
  await client.query("SET search_path = public, pg_catalog");
  expect(await valuesOf('{"region":"EMEA"}', "region")).toEqual(["EMEA"]);
  await client.query("RESET search_path");
});
