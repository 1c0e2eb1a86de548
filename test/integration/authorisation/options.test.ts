import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../../gateway/config.ts";
import { linked } from "../../testkit/compose-schemas.ts";
import { resolveFromData } from "../../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const crm = {
  sdl: linked(`
    type Query {
      person: Person
      open: String
      old: String @lifecycle(status: DEPRECATED, since: "2020-01-01", sunset: "2999-01-01", replacedBy: "Query.open")
      gone: String @lifecycle(status: RETIRED, replacedBy: "Query.open")
      draft: String @lifecycle(status: DRAFT)
      find(by: By, code: Code): String
    }
    type Mutation { change: String @requiresScopes(scopes: [["admin"]]) touch: String }
    enum By { NAME OLD_ID @lifecycle(status: DEPRECATED, replacedBy: "NAME") LEGACY @lifecycle(status: RETIRED) }
    input Code { iso: String @format(standard: ISO_3166_1_ALPHA_2) }
    type Person {
      name: String
      email: String @mask(strategy: REDACT, unlessScopes: ["pii"])
      salary: Int @requiresScopes(scopes: [["hr"]])
      health: String @purpose(allow: ["care"])
      country: String @format(standard: ISO_3166_1_ALPHA_2)
      phone: String @classification(level: CONFIDENTIAL, categories: ["PHONE"])
    }`),
  resolvers: resolveFromData({
    query: {
      person: {
        name: "Ada",
        email: "ada@x.org",
        salary: 5,
        health: "ok",
        country: "Germany",
        phone: "+491511234567",
      },
      open: "open",
      old: "old",
      gone: "gone",
      draft: "draft",
      find: "found",
    },
    mutation: { change: "changed", touch: "touched" },
  }),
};

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

const meshes: SmallMesh[] = [];
afterAll(() => Promise.all(meshes.map((mesh) => mesh.stop())));

async function start(
  authorization: Partial<Config["authorization"]>,
  more: (config: Config) => Config = (config) => config,
): Promise<SmallMesh> {
  const mesh = await startSmallMesh({
    subgraphs: { crm },
    issuers: [issuer],
    config: (config) => more({ ...config, authorization: { ...config.authorization, ...authorization } }),
  });
  meshes.push(mesh);
  return mesh;
}

const QUERY = "{ open person { name salary } }";

describe("reject mode", () => {
  test("refuses the whole operation before any call: 403, and 401 for nobody", async () => {
    const mesh = await start({ mode: "reject" });
    const known = await mesh.ask(QUERY, { token: issuer.token() });
    expect([known.status, known.data]).toEqual([403, null]);
    expect(known.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [["person", "salary"], "UNAUTHORIZED_FIELD_OR_TYPE"],
    ]);
    const nobody = await mesh.ask(QUERY);
    expect([nobody.status, nobody.data]).toEqual([401, null]);
    const changed = await mesh.ask("mutation { touch change }", { token: issuer.token() });
    expect(changed.status).toBe(403);
    expect(mesh.calls).toEqual([]);
    expect((await mesh.ask(QUERY, { token: issuer.token({ scope: "hr" }) })).status).toBe(200);
  });
});

describe("where errors are reported", () => {
  test("in extensions", async () => {
    const mesh = await start({ errors: "extensions" });
    const { errors, extensions, data } = await mesh.ask(QUERY);
    expect(data).toEqual({ open: "open", person: { name: "Ada", salary: null } });
    expect(errors).toEqual([]);
    expect(extensions?.authorizationErrors).toMatchObject([{ path: ["person", "salary"] }]);
  });

  test("nowhere", async () => {
    const { text, data } = await (await start({ errors: "off" })).ask(QUERY);
    expect(data).toEqual({ open: "open", person: { name: "Ada", salary: null } });
    expect(text).not.toMatch(/errors|authorizationErrors/);
  });

  test("without what is missing", async () => {
    const { errors } = await (await start({ missing: false })).ask(QUERY, { token: issuer.token() });
    expect(errors[0]?.extensions).toEqual({
      code: "UNAUTHORIZED_FIELD_OR_TYPE",
      coordinate: "Person.salary",
      directive: "requiresScopes",
    });
  });
});

describe("dry run", () => {
  const all = "{ person { name email salary health } }";
  const value = { name: "Ada", email: "[redacted]", salary: 5, health: "ok" };
  const reported = (mesh: SmallMesh) =>
    mesh.logged
      .map((line) => JSON.parse(line))
      .flatMap((entry) => entry.rehearsed ?? [])
      .map(
        (item: { extensions: { code: string; coordinate: string } }) =>
          `${item.extensions.code} ${item.extensions.coordinate}`,
      );

  test("of everything refuses nothing, masks all the same, and logs what it would have refused", async () => {
    const mesh = await start({ dryRun: true });
    const { data, errors } = await mesh.ask(all);
    expect([data.person, errors]).toEqual([value, []]);
    expect(reported(mesh)).toEqual([
      "UNAUTHENTICATED Person.salary",
      "UNAUTHORIZED_FIELD_OR_TYPE Person.health",
    ]);
    const rejecting = await start({ dryRun: true, mode: "reject" });
    expect((await rejecting.ask(all)).status).toBe(200);
  });

  test("of a directive or a coordinate leaves the others in force", async () => {
    const scopes = await start({ dryRun: ["@requiresScopes"] });
    expect((await scopes.ask(all)).data.person).toEqual({ ...value, health: null });
    const field = await start({ dryRun: ["Person.health"] });
    expect((await field.ask(all)).data.person).toEqual({ ...value, salary: null });
    expect(reported(field)).toEqual(["UNAUTHORIZED_FIELD_OR_TYPE Person.health"]);
  });

  test("of masks shows what would be masked, and says so", async () => {
    const mesh = await start({ dryRun: ["mask"] });
    expect((await mesh.ask(all)).data.person).toMatchObject({ email: "ada@x.org", salary: null });
    expect(reported(mesh)).toEqual(["MASKED Person.email"]);
  });
});

describe("purpose", () => {
  test("is the token's, or chosen by the request among those of the token", async () => {
    const mesh = await start({});
    const health = async (claims: object, headers = {}) =>
      (await mesh.ask("{ person { name health } }", { token: issuer.token({ ...claims }), headers })).data
        .person.health;
    expect(await health({ purpose: "care" })).toBe("ok");
    expect(await health({ purpose: "ads" })).toBeNull();
    expect(await health({})).toBeNull();
    expect(await health({ purpose: ["ads", "care"] })).toBeNull();
    expect(await health({ purpose: ["ads", "care"] }, { "x-purpose": "care" })).toBe("ok");
    expect(await health({ purpose: ["ads"] }, { "x-purpose": "care" })).toBeNull();
    expect(
      (await mesh.ask("{ person { name health } }", { headers: { "x-purpose": "care" } })).data.person.health,
    ).toBeNull();
  });
});

describe("lifecycle", () => {
  test("warns of what is deprecated, fields and inputs, in extensions", async () => {
    const mesh = await start({});
    const { data, errors, extensions } = await mesh.ask("{ old a: old find(by: OLD_ID) }");
    expect([data, errors]).toEqual([{ old: "old", a: "old", find: "found" }, []]);
    expect(extensions?.warnings).toEqual([
      {
        code: "DEPRECATED",
        coordinate: "Query.old",
        message: "Deprecated, available until 2999-01-01: use Query.open.",
        since: "2020-01-01",
        sunset: "2999-01-01",
        replacedBy: "Query.open",
      },
      { code: "DEPRECATED", coordinate: "By.OLD_ID", message: "Deprecated: use NAME.", replacedBy: "NAME" },
    ]);
    expect((await mesh.ask("{ open }")).extensions).toBeUndefined();
    const variable = await mesh.ask("query ($by: By) { find(by: $by) }", { variables: { by: "NAME" } });
    expect(variable.extensions).toBeUndefined();
  });

  test("refuses what is retired and names its replacement; drafts are for those who may", async () => {
    const mesh = await start({});
    const { data, errors } = await mesh.ask("{ gone draft open find(by: LEGACY) }");
    expect(data).toEqual({ gone: null, draft: null, open: "open", find: null });
    expect(
      errors.map(({ message, extensions }) => [message, extensions.code, extensions.replacedBy]),
    ).toEqual([
      ["No longer available: use Query.open.", "FIELD_RETIRED", "Query.open"],
      ["Unauthorized field or type", "UNAUTHENTICATED", undefined],
      ["No longer available.", "FIELD_RETIRED", undefined],
    ]);
    const tester = await mesh.ask("{ draft }", { token: issuer.token({ scope: "lifecycle:draft" }) });
    expect(tester.data).toEqual({ draft: "draft" });
  });
});

describe("formats", () => {
  const checked = (config: Config): Config => ({
    ...config,
    governance: { ...config.governance, checkFormats: true },
  });

  test("are checked at run time only where the configuration asks for it", async () => {
    expect((await (await start({})).ask("{ person { country } }")).data.person).toEqual({
      country: "Germany",
    });
    const { data, errors, text } = await (await start({}, checked)).ask("{ person { name country } }");
    expect(data.person).toEqual({ name: "Ada", country: null });
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [["person", "country"], "INVALID_VALUE"],
    ]);
    expect(text).not.toContain("Germany");
  });

  test("of inputs refuse the request before any call", async () => {
    const mesh = await start({}, checked);
    const query = "query ($code: Code) { find(code: $code) }";
    const refused = await mesh.ask(query, { variables: { code: { iso: "Germany" } } });
    expect(refused.errors[0]).toMatchObject({
      message: "The value of Code.iso is not in the expected format.",
      extensions: { code: "BAD_USER_INPUT" },
    });
    expect(mesh.calls).toEqual([]);
    expect((await mesh.ask(query, { variables: { code: { iso: "DE" } } })).data).toEqual({ find: "found" });
    expect((await mesh.ask(query, { variables: { code: { iso: null } } })).data).toEqual({ find: "found" });
  });
});

describe("tag defaults", () => {
  test("mask a category where its field says nothing itself", async () => {
    const mesh = await start({});
    expect((await mesh.ask("{ person { phone } }")).data.person.phone).toBe("*********4567");
    const pii = await mesh.ask("{ person { phone } }", { token: issuer.token({ scope: "pii:phone" }) });
    expect(pii.data.person.phone).toBe("+491511234567");
  });
});
