import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../../gateway/config.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { resolveFromData } from "../../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const people = {
  sdl: linked(`
    type Query {
      person: Person
      find(by: By, salary: Int @reveals(fields: ["Person.salary"])): String
      pets: [Pet]
      vaults: [Vault!]!
      lookup(code: String @reveals(fields: ["Person.secretPin"])): String
      older: String @lifecycle(status: DEPRECATED, replacedBy: "Query.sealed")
      gone: String @lifecycle(status: RETIRED, replacedBy: "Query.sealed")
      sealed: String @inaccessible
      old: String @lifecycle(status: DEPRECATED, since: "2020-01-01", replacedBy: "Query.person")
    }
    enum By { NAME LEGACY @lifecycle(status: RETIRED) }
    type Person @key(fields: "id") @owner(team: "people", contact: "people@example.com")
      @dataProduct(id: "people.persons", domain: "people", version: "1.0.0", status: ACTIVE) {
      id: ID!
      name: String
      email: String @mask(strategy: REDACT, unlessScopes: ["pii"]) @classification(level: RESTRICTED, categories: ["EMAIL"])
      salary: Int @requiresScopes(scopes: [["hr", "finance"]])
      home: Home @authenticated
      secretCode: String @inaccessible
      secretPin: String @inaccessible @mask(strategy: HASH)
      pay: Pay
    }
    type Vault @rowFilter(field: "tenantCode", claim: "tenant") { label: String tenantCode: String @inaccessible }
    type Home { city: String street: String @requiresScopes(scopes: [["pii"]]) }
    type Pay { amount: Int @requiresScopes(scopes: [["hr"]]) }
    interface Pet { name: String chip: String }
    type Cat implements Pet { name: String chip: String @mask(strategy: HASH) }
    type Dog implements Pet { name: String chip: String @requiresScopes(scopes: [["vet"]]) }
    type Ghost implements Pet @inaccessible { name: String @requiresScopes(scopes: [["medium"]]) chip: String }`),
  resolvers: resolveFromData({
    query: {
      person: {
        id: "1",
        name: "Ada",
        email: "a@x.org",
        salary: 5,
        home: { city: "X", street: "Y" },
        pay: { amount: 1 },
      },
      pets: [{ __typename: "Cat", name: "Tom", chip: "1" }],
      find: "found",
      vaults: [{ label: "gold", tenantCode: "t1" }],
    },
    entities: { Person: [{ id: "1", name: "Ada", secretCode: "s3cret" }] },
  }),
};

const orders = {
  sdl: linked(`
    type Person @key(fields: "id") {
      id: ID!
      secretCode: String @external
      orders: [Order!]!
      badge: String @requires(fields: "secretCode")
    }
    type Order @rowFilter(field: "region", claim: "region") { id: ID! region: String total: Int }
    `),
  resolvers: resolveFromData({
    entities: {
      Person: [{ id: "1", orders: [{ id: "o1", region: "EMEA", total: 3 }], badge: "gold" }],
    },
  }),
};

interface Told {
  readonly coordinate: string;
  readonly verdict: string;
  readonly [key: string]: unknown;
}

let issuer: TokenIssuer;
let mesh: SmallMesh;
const meshes: SmallMesh[] = [];
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await start();
});
afterAll(() => Promise.all([issuer.stop(), ...meshes.map((item) => item.stop())]));

async function start(change: (config: Config) => Config = (config) => config): Promise<SmallMesh> {
  const started = await startSmallMesh({ subgraphs: { people, orders }, issuers: [issuer], config: change });
  meshes.push(started);
  return started;
}

async function post(body: unknown, token?: string, at = mesh) {
  const response = await fetch(`${at.url}/governance/explain`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { data, error } = JSON.parse(text);
  return { status: response.status, text, data, error };
}

async function explain(query: string, token?: string, at = mesh) {
  const { data, error } = await post({ query }, token, at);
  if (error) throw new Error(JSON.stringify(error));
  const fields: readonly Told[] = data.fields;
  return { ...data, field: (coordinate: string) => fields.find((item) => item.coordinate === coordinate) };
}

describe("POST /governance/explain", () => {
  test("tells of each coordinate its product, owner, classification, verdict, rule, what is missing and its mask", async () => {
    const { field } = await explain("{ person { name email salary } }", issuer.token({ scope: "hr" }));
    expect(field("Person.name")).toMatchObject({
      verdict: "allowed",
      product: { id: "people.persons", domain: "people" },
      owner: { team: "people", contact: "people@example.com" },
      paths: ["person.name"],
    });
    expect(field("Person.email")).toMatchObject({
      verdict: "masked",
      mask: "REDACT:[redacted]",
      classification: { level: "RESTRICTED", categories: ["EMAIL"] },
      rule: { directive: "mask", coordinate: "Person.email", text: "REDACT unless pii" },
    });
    expect(field("Person.salary")).toMatchObject({
      verdict: "denied",
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      missing: [["finance"]],
      rule: { directive: "requiresScopes", coordinate: "Person.salary" },
    });
  });

  test("tells what is refused above, and what is empty because all of it is refused", async () => {
    const { field } = await explain("{ person { home { city } pay { amount } } }");
    expect(field("Home.city")).toMatchObject({
      verdict: "denied",
      because: "Person.home above it is refused",
    });
    expect(field("Person.pay")).toMatchObject({
      verdict: "denied",
      because: "everything selected of it is refused",
      rule: null,
    });
  });

  test("tells row filters with the caller's own values", async () => {
    const { field } = await explain("{ person { orders { total } } }", issuer.token({ region: ["EMEA"] }));
    expect(field("Person.orders")).toMatchObject({
      verdict: "filtered",
      rowFilters: [
        {
          rule: { directive: "rowFilter", coordinate: "Order" },
          claims: [{ name: "region", values: ["EMEA"] }],
        },
      ],
    });
    expect(field("Order.total")).toMatchObject({ verdict: "allowed" });
  });

  test("tells which input is refused, and where the same field is not", async () => {
    const { fields } = await explain("{ a: find(salary: 3) b: find(by: NAME) c: find(by: LEGACY) }");
    expect(fields.map((item: Told) => [item.verdict, item.paths, item.input, item.code])).toEqual([
      ["denied", ["a"], "Query.find(salary:)", "UNAUTHORIZED_ARGUMENT"],
      ["allowed", ["b"], null, null],
      ["denied", ["c"], "By.LEGACY", "FIELD_RETIRED"],
    ]);
  });

  test("tells the object types behind an interface where their rules differ", async () => {
    const allowed = await explain("{ pets { chip } }", issuer.token({ scope: "vet" }));
    expect(allowed.field("Pet.chip")).toMatchObject({ verdict: "allowed" });
    expect(allowed.field("Cat.chip")).toMatchObject({
      verdict: "masked",
      mask: "HASH",
      paths: ["pets.chip"],
    });
    expect(allowed.field("Dog.chip")).toBeUndefined();
    const denied = await explain("{ pets { chip } }", issuer.token());
    expect(denied.field("Pet.chip")).toMatchObject({ verdict: "denied", missing: [["vet"]] });
  });

  test("tells the plan in text and as data, without any value, and asks no subgraph", async () => {
    const before = mesh.calls.length;
    const { plan, outcome } = await explain(
      `query Q { person { orders { total } } find(salary: 4711) }`,
      issuer.token({ scope: "hr finance" }),
    );
    expect(outcome).toBe("answered");
    expect(JSON.stringify(plan)).not.toContain("4711");
    expect(plan.text).toContain("orders for person found by Person.id");
    expect(JSON.stringify(plan.steps)).toContain('"subgraph":"people"');
    expect(mesh.calls.length).toBe(before);
  });

  test("plans nothing where nothing is left, and tells reject mode", async () => {
    expect(await explain("{ person { salary } }")).toMatchObject({ outcome: "nothing left", plan: null });
    const strict = await start((config) => ({
      ...config,
      authorization: { ...config.authorization, mode: "reject" },
    }));
    expect(await explain("{ person { name salary } }", undefined, strict)).toMatchObject({
      outcome: "rejected",
      plan: null,
    });
  });

  test("tells what dry-run would decide", async () => {
    const trial = await start((config) => ({
      ...config,
      authorization: { ...config.authorization, dryRun: ["@requiresScopes"] },
    }));
    const { field } = await explain("{ person { salary } }", undefined, trial);
    expect(field("Person.salary")).toMatchObject({
      verdict: "allowed",
      rehearsed: { verdict: "denied", rule: { directive: "requiresScopes" } },
    });
  });

  test("warns as the answer would", async () => {
    expect((await explain("{ old }")).notices).toMatchObject([
      { coordinate: "Query.old", code: "DEPRECATED" },
    ]);
  });

  test("leaves the operation to be prepared by requests themselves", async () => {
    const query = "{ person { name } __typename }";
    await explain(query);
    await mesh.ask(query);
    const metrics = await (await fetch(`${mesh.url}/metrics`)).text();
    expect(metrics).toContain('dpg_graphql_requests_total{lane="apollo"} 1');
  });
});

describe("what nobody may learn from explanations", () => {
  test("what is inaccessible is in no part of them, also not where a plan fetches it", async () => {
    const { data, text } = await post(
      { query: "{ person { badge name } pets { name chip } }" },
      issuer.token(),
    );
    expect(data.plan.text).toContain("that clients do not know");
    expect(text).not.toMatch(/secretCode|Ghost/);
    const hiddenRule = { directive: "requiresScopes", coordinate: null, text: null };
    expect(data.fields.find((item: Told) => item.coordinate === "Pet.name").rule).toMatchObject(hiddenRule);
  });

  test("a rule that reads what is inaccessible is named without its words", async () => {
    const query = `{ vaults { label } lookup(code: "x") older gone }`;
    const { data, text } = await post({ query }, issuer.token({ tenant: "t1" }));
    const field = (coordinate: string) => data.fields.find((item: Told) => item.coordinate === coordinate);
    expect(field("Query.vaults")).toMatchObject({
      verdict: "filtered",
      because: "@rowFilter on Vault",
      rowFilters: [{ rule: { directive: "rowFilter", coordinate: "Vault", text: null }, claims: [] }],
    });
    expect(field("Query.lookup")).toMatchObject({ verdict: "denied", code: "UNAUTHORIZED_ARGUMENT" });
    expect(field("Query.gone")).toMatchObject({ verdict: "denied", code: "FIELD_RETIRED" });
    expect(data.plan.text).toContain("people (and 1 that clients do not know)");
    expect(text).not.toMatch(/tenantCode|secretPin|sealed/);
  });

  test("a misspelt or hidden field is refused without a hint at names", async () => {
    for (const query of [
      "{ person { emai } }",
      "{ person { secretCode } }",
      "{ pets { ... on Ghost { name } } }",
    ]) {
      const { status, error } = await post({ query });
      expect([status, error.code]).toEqual([400, "OPERATION_INVALID"]);
      expect(error.message).not.toMatch(/Did you mean|"email"|Cat/);
    }
  });

  test("with authorization.missing off they name no scope", async () => {
    const discreet = await start((config) => ({
      ...config,
      authorization: { ...config.authorization, missing: false },
    }));
    const { text, data } = await post(
      { query: "{ person { salary email orders { id } } }" },
      issuer.token(),
      discreet,
    );
    expect(data.fields).toHaveLength(5);
    expect(text).not.toMatch(/finance|"hr"|pii/);
  });

  test.each([
    ["nobody", undefined, 401, "UNAUTHENTICATED"],
    ["a caller without the scope", { scope: "hr governance:administrator" }, 403, "GOVERNANCE_TEAM_ONLY"],
  ])("%s cannot have an operation explained for somebody else", async (_who, claims, status, code) => {
    const token = claims && issuer.token(claims);
    for (const as of ["anonymous", {}, { scopes: ["hr", "finance"] }]) {
      const answer = await post({ query: "{ person { salary } }", as }, token);
      expect([answer.status, answer.error.code]).toEqual([status, code]);
    }
  });

  test("an invalid token is refused, never explained as nobody", async () => {
    const answer = await post({ query: "{ person { name } }" }, issuer.token({ exp: 1 }));
    expect(answer).toMatchObject({
      status: 401,
      error: { code: "UNAUTHENTICATED", remedy: expect.any(String) },
    });
  });

  test("switched off there is no such address, and for stewards only others are refused", async () => {
    const set = (explain: Config["governance"]["explain"]) =>
      start((config) => ({ ...config, governance: { ...config.governance, explain } }));
    expect((await fetch(`${(await set("off")).url}/governance/explain`, { method: "POST" })).status).toBe(
      404,
    );
    const forStewards = await set("stewards");
    const ask = { query: "{ person { name } }" };
    expect((await post(ask, issuer.token(), forStewards)).status).toBe(403);
    expect((await post(ask, issuer.token({ scope: "governance:admin" }), forStewards)).status).toBe(200);
  });
});

describe("the governance team", () => {
  const steward = () => issuer.token({ scope: "governance:admin" });

  test("has operations explained for anybody, by the facts that a token would state", async () => {
    const query = "{ person { salary orders { id } } }";
    const as = { subject: "app", scopes: ["hr", "finance"], claims: { region: "EMEA" } };
    const { data } = await post({ query, as }, steward());
    expect(data.caller).toEqual({
      kind: "authenticated",
      subject: "app",
      scopes: ["finance", "hr"],
      purpose: null,
    });
    expect(data.fields.map((item: Told) => `${item.coordinate} ${item.verdict}`)).toEqual([
      "Query.person allowed",
      "Person.salary allowed",
      "Person.orders filtered",
      "Order.id allowed",
    ]);
    const { data: nobody } = await post({ query, as: "anonymous" }, steward());
    expect(nobody.caller.kind).toBe("anonymous");
    expect(nobody.fields[1]).toMatchObject({ verdict: "denied", code: "UNAUTHENTICATED" });
  });
});

describe("wrong questions", () => {
  const nested = (levels: number) => `${"{...".repeat(levels)}{id}${"}".repeat(levels)}`;
  const aliases = Array.from({ length: 101 }, (_, index) => `a${index}: person { id }`).join(" ");
  test.each([
    ["text that does not parse", { query: "{ person {" }, "OPERATION_INVALID"],
    ["a field that does not exist", { query: "{ nothing }" }, "OPERATION_INVALID"],
    ["two operations", { query: "query A { find } query B { find }" }, "BAD_USER_INPUT"],
    ["a missing variable", { query: "query ($x: Int!) { find(salary: $x) }" }, "BAD_USER_INPUT"],
    ["too many aliases", { query: `{ ${aliases} }` }, "OPERATION_TOO_COMPLEX"],
    ["fragments in fragments", { query: `{ person ${nested(700)} }` }, "OPERATION_TOO_COMPLEX"],
    [
      "values in values",
      { query: `{ find(salary: ${"[".repeat(7000)}${"]".repeat(7000)}) }` },
      "OPERATION_INVALID",
    ],
    ["somebody with unknown facts", { query: "{ find }", as: { scope: "hr" } }, "BAD_USER_INPUT"],
    ["no query", { quer: "{ find }" }, "BAD_USER_INPUT"],
    ["no object", "text", "BAD_USER_INPUT"],
  ])("%s is answered with code, cause and remedy", async (_what, body, code) => {
    const { status, error } = await post(body);
    expect([status, error.code]).toEqual([400, code]);
    const text = expect.any(String);
    expect(error).toMatchObject({ message: text, cause: text, remedy: text });
  });
});
