import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuditDatabase } from "../testkit/audit-database.ts";
import { linked } from "../testkit/compose-schemas.ts";
import { noise } from "../testkit/long-texts.ts";
import { query } from "../testkit/query.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import type { TestDatabase } from "../testkit/test-database.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

/** No index of Postgres takes it. */
const LONG = noise(3000);

const SDL = linked(`
type Query { user(id: ID!): User @requiresScopes(scopes: [["read"], ["a\\u0000b"]]) }
type User @key(fields: "id") @dataProduct(id: "p\\u0000", domain: "d", version: "1.0.0", status: ACTIVE) {
  id: ID!
  secret: String @audit(level: DURABLE) @requiresScopes(scopes: [["read"], ["a\\u0000b"]])
  pay: String @audit(level: DURABLE) @requiresScopes(scopes: [["pay\\u0000"]])
  ${LONG}: String @audit(level: DURABLE) @requiresScopes(scopes: [["read"]])
}`);

/** Whose half is left where a text of two hundred characters is cut short. */
const PAIR_AT_THE_CUT = `${"k".repeat(198)}\u{1f600}${"x".repeat(50)}`;

describe("116: a text that no database takes", () => {
  let issuer: TokenIssuer;
  let database: TestDatabase;
  let mesh: SmallMesh;
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    database = await createAuditDatabase();
    const user = (_: unknown, { id }: { id: string }) => ({ id, secret: "s", pay: "p", [LONG]: "l" });
    mesh = await startSmallMesh({
      subgraphs: { users: { sdl: SDL, resolvers: { Query: { user } } } },
      issuers: [issuer],
      config: (usual) => ({
        ...usual,
        audit: { databaseUrl: database.applicationUrl, directory: null, timeoutMs: 3000 },
      }),
    });
  });
  afterAll(async () => {
    await mesh.stop();
    await database.drop();
    await issuer.stop();
  });

  test.each([
    ["an entity's key", PAIR_AT_THE_CUT, {}],
    ["a subject", "1", { sub: PAIR_AT_THE_CUT }],
    ["an application's name", "1", { azp: PAIR_AT_THE_CUT }],
    ["a purpose", "1", { purpose: PAIR_AT_THE_CUT }],
    ["a rule and a product", "1", {}],
  ])("as %s does not stop the audit, and with it what everybody may see", async (_where, id, claims) => {
    const ask = (subject: string, others: object) =>
      mesh.ask("query ($id: ID!) { user(id: $id) { secret pay } }", {
        token: issuer.token({ scope: "read", sub: subject, ...others }),
        variables: { id },
      });
    const answers = [await ask("mallory", claims), await ask("alice", {})];
    for (const { data, errors } of answers) {
      expect(errors).toMatchObject([{ path: ["user", "pay"] }]);
      expect(data).toEqual({ user: { secret: "s", pay: null } });
    }
    const counted = await query<{ decision: string; count: number }>(
      database.ownerUrl,
      `SELECT body::jsonb ->> 'decision' AS decision, count(*)::int AS count FROM audit_entry
       WHERE coordinate IS NOT NULL AND body::jsonb ->> 'subject' = 'alice' GROUP BY 1 ORDER BY 1`,
    );
    expect(counted.map(({ decision }) => decision)).toEqual(["allow", "deny"]);
  });

  test("as a field's name does not stop it either", async () => {
    const ask = (text: string) => mesh.ask(text, { token: issuer.token({ scope: "read", sub: "bob" }) });
    expect(await ask(`{ user(id: "1") { ${LONG} } }`)).toMatchObject({ data: { user: { [LONG]: "l" } } });
    expect(await ask(`{ user(id: "1") { secret } }`)).toMatchObject({ data: { user: { secret: "s" } } });
    const kept = await query<{ coordinate: string }>(
      database.ownerUrl,
      "SELECT coordinate FROM audit_entry WHERE body::jsonb ->> 'subject' = 'bob' AND coordinate IS NOT NULL ORDER BY seq",
    );
    expect(kept).toEqual([
      { coordinate: expect.stringMatching(/^User\.[a-z]{994}…$/) },
      { coordinate: "User.secret" },
    ]);
  });
});
