import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../../testkit/compose-schemas.ts";
import { type MeshAnswer, type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";
import { lanesTaken } from "../lanes/lanes-taken.ts";

const SDL = linked(`
type Query {
  user(id: ID, trace: Boolean @tag(name: "internal")): User @tag(name: "public") @tag(name: "partner")
  found: [Found] @tag(name: "public") @tag(name: "partner")
  nodes: [Node] @tag(name: "public") @tag(name: "partner")
  ledger: Ledger @tag(name: "partner")
  audit: String
}
interface Node @tag(name: "public") @tag(name: "partner") { id: ID }
type User implements Node @tag(name: "public") @tag(name: "partner") {
  id: ID
  name: String
  email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])
  limit: Int @requiresScopes(scopes: [["finance"]]) @tag(name: "internal")
  kind: Kind
}
type Ledger implements Node @tag(name: "partner") { id: ID total: Int @requiresScopes(scopes: [["finance"]]) @tag(name: "partner") }
union Found @tag(name: "public") @tag(name: "partner") = User | Ledger
enum Kind { PERSON SPY @tag(name: "internal") }
type Mutation { rename(name: String!): User @tag(name: "partner") }`);

const user = { __typename: "User", id: "1", name: "Ada", email: "ada@example.com", limit: 5, kind: "SPY" };
const ledger = { __typename: "Ledger", id: "2", total: 9 };
const resolvers = {
  Query: { user: () => user, found: () => [user, ledger], nodes: () => [user, ledger], ledger: () => ledger },
  Mutation: { rename: () => user },
};
const CONTRACTS = {
  public: { include: ["public"], exclude: ["internal"] },
  partner: { include: ["partner"], exclude: ["internal"] },
};

describe.each(["compiled", "apollo"] as const)("contracts, by the executor %s", (executor) => {
  let issuer: TokenIssuer;
  let mesh: SmallMesh;
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    mesh = await startSmallMesh({
      subgraphs: { users: { sdl: SDL, resolvers } },
      issuers: [issuer],
      config: (config) => ({ ...config, executor, contracts: CONTRACTS }),
    });
  });
  afterAll(async () => {
    await Promise.all([mesh.stop(), issuer.stop()]);
  });

  /** Asks so often that the hot lane takes over: it must have where it can, and the answers must be alike. */
  async function ask(path: string, query: string, options: { token?: string; variables?: object } = {}) {
    const before = await lanesTaken(mesh.url);
    const send = () => mesh.ask(query, { path, ...options, variables: { ...options.variables } });
    const first = await send();
    for (let count = 0; count < 4; count += 1) expect(answerOf(await send())).toBe(answerOf(first));
    const after = await lanesTaken(mesh.url);
    return { ...first, hot: after.hot - before.hot };
  }

  /** Without what differs from request to request. */
  function answerOf({ status, text }: MeshAnswer): string {
    return `${status} ${text.replace(/"requestId":"[^"]*"/g, "")}`;
  }

  test("each path shows its own part of the API, and nothing of the rest in its introspection", async () => {
    const schemaAt = async (path: string) => {
      const { data } = await ask(path, getIntrospectionQuery());
      return printSchema(lexicographicSortSchema(buildClientSchema(data)));
    };
    expect(await schemaAt("/graphql/public")).toBe(`union Found = User

enum Kind {
  PERSON
}

interface Node {
  id: ID
}

type Query {
  found: [Found]
  nodes: [Node]
  user(id: ID): User
}

type User implements Node {
  email: String
  id: ID
  kind: Kind
  name: String
}`);
    const partner = await schemaAt("/graphql/partner");
    expect(partner).toContain("union Found = Ledger | User");
    expect(partner).toContain("rename(name: String!): User");
    expect(partner).not.toMatch(/limit|trace|SPY|audit/);
    expect(await schemaAt("/graphql")).toMatch(/limit: Int[\s\S]*SPY|SPY[\s\S]*limit: Int/);
  });

  test.each([
    ["a field", "{ user { limit } }"],
    ["a field that is almost named", "{ user { limits } }"],
    ["a root field", "{ ledger { id } }"],
    ["a root field that is almost named", "{ ledge { id } }"],
    ["an argument", "{ user(trace: true) { id } }"],
    ["an argument that is almost named", "{ user(trac: true) { id } }"],
    ["a type in a fragment", "{ found { ... on Ledger { id } } }"],
    ["a type in a named fragment", "fragment L on Ledger { id } { found { ...L } }"],
    ["a type that is almost named", "{ found { ... on Ledge { id } } }"],
    ["a mutation", `mutation { rename(name: "x") { id } }`],
    ["a field through the interface", "{ nodes { ... on User { limit } } }"],
  ])(
    "%s that it hides is unknown, as the whole API's clients would be told of what there is not",
    async (_, query) => {
      const token = issuer.token({ scope: "finance pii" });
      const { status, data, errors, text } = await ask("/graphql/public", query, { token });
      expect([status, data]).toEqual([400, undefined]);
      expect(errors.length).toBeGreaterThan(0);
      const sent = query.split(/\W+/);
      const said = text.split(/\W+/);
      const hidden = ["limit", "ledger", "Ledger", "trace", "SPY", "rename", "audit", "total", "Mutation"];
      expect(hidden.filter((name) => said.includes(name) && !sent.includes(name))).toEqual([]);
    },
  );

  test("__type of a hidden type is null, and so is an enum value that it hides", async () => {
    const { data } = await ask(
      "/graphql/public",
      `{ a: __type(name: "Ledger") { name } b: __type(name: "User") { name } }`,
    );
    expect(data).toEqual({ a: null, b: { name: "User" } });
    const { data: value, text } = await ask("/graphql/public", "{ user { kind } }");
    expect(value).toEqual({ user: { kind: null } });
    expect(text).not.toContain("SPY");
  });

  test("objects of a hidden type are not delivered behind interfaces and unions", async () => {
    const query = "{ nodes { __typename id } found { __typename } }";
    const { data, text } = await ask("/graphql/public", query);
    expect(data).toEqual({
      nodes: [{ __typename: "User", id: "1" }, null],
      found: [{ __typename: "User" }, null],
    });
    expect(text).not.toContain("Ledger");
    expect((await ask("/graphql/partner", query)).data.nodes[1]).toEqual({ __typename: "Ledger", id: "2" });
  });

  test("authorisation is that of the whole: masks, scopes and wrong tokens", async () => {
    const query = "{ user { email } }";
    expect((await ask("/graphql/public", query)).data).toEqual({ user: { email: "***@example.com" } });
    const pii = issuer.token({ scope: "pii" });
    expect((await ask("/graphql/public", query, { token: pii })).data).toEqual({
      user: { email: "ada@example.com" },
    });
    const refused = await ask("/graphql/partner", "{ ledger { id total } }");
    expect(refused.data).toEqual({ ledger: { id: "2", total: null } });
    expect(refused.errors[0]?.extensions).toMatchObject({
      code: "UNAUTHENTICATED",
      coordinate: "Ledger.total",
    });
    expect((await ask("/graphql/public", query, { token: "nonsense" })).status).toBe(401);
  });

  test("what one path prepared and remembers does not serve another, in either lane", async () => {
    const query = "{ user { name limit } }";
    const token = issuer.token({ scope: "finance" });
    const whole = await ask("/graphql", query, { token });
    expect([whole.status, whole.data, whole.hot]).toEqual([200, { user: { name: "Ada", limit: 5 } }, 4]);
    for (const path of ["/graphql/public", "/graphql/partner"])
      expect(await ask(path, query, { token })).toMatchObject({ status: 400, hot: 0 });
    const shared = "{ found { ... on Node { __typename } } }";
    const names = [];
    for (const path of ["/graphql", "/graphql/public", "/graphql/partner", "/graphql"]) {
      const { data } = await ask(path, shared, { token });
      names.push(data.found.map((item: { __typename: string } | null) => item?.__typename));
    }
    const all = ["User", "Ledger"];
    expect(names).toEqual([all, ["User", undefined], all, all]);
    expect((await ask("/graphql/public", "{ user { id name } }", { token })).hot).toBe(4);
  });

  test("other methods and other paths are answered as ever", async () => {
    const at = (path: string, method = "GET") => fetch(`${mesh.url}${path}`, { method });
    expect((await at("/graphql/public", "DELETE")).status).toBe(405);
    expect((await at("/graphql/nobody?query={__typename}")).status).toBe(404);
    const got = await fetch(`${mesh.url}/graphql/public?query={user{name}}`, {
      headers: { "apollo-require-preflight": "1" },
    });
    expect(await got.json()).toEqual({ data: { user: { name: "Ada" } } });
  });
});

test("a persisted query of one contract is none of another's", async () => {
  const mesh = await startSmallMesh({
    subgraphs: { users: { sdl: SDL, resolvers } },
    config: (config) => ({ ...config, contracts: CONTRACTS }),
  });
  try {
    const query = "{ user { limit } }";
    const { createHash } = await import("node:crypto");
    const extensions = {
      persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") },
    };
    const send = async (path: string, body: object) => {
      const response = await fetch(`${mesh.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...body, extensions }),
      });
      return response.text();
    };
    expect(await send("/graphql", { query })).toContain("UNAUTHENTICATED");
    expect(await send("/graphql", {})).toContain("UNAUTHENTICATED");
    expect(await send("/graphql/public", {})).toContain("PERSISTED_QUERY_NOT_FOUND");
  } finally {
    await mesh.stop();
  }
});

test("a contract of which the supergraph leaves nothing keeps the gateway from starting", async () => {
  const contracts = { public: { include: ["nothing-has-this"], exclude: [] } };
  await expect(
    startSmallMesh({
      subgraphs: { users: { sdl: SDL, resolvers } },
      config: (config) => ({ ...config, contracts }),
    }),
  ).rejects.toMatchObject({ code: "SUPERGRAPH_INVALID" });
});

describe("what replaces a field is named to those who know it only", () => {
  const old = (rest: string) => `@lifecycle(status: DEPRECATED, sunset: "2999-01-01", ${rest})`;
  const NAMING = linked(`
type Query {
  old: String ${old(`replacedBy: "Query.secretNew"`)} @tag(name: "public")
  gone: String @lifecycle(status: RETIRED, replacedBy: "use secretNew, or ask") @tag(name: "public")
  left: String @lifecycle(status: RETIRED, replacedBy: "Query.open") @tag(name: "public")
  buried: String @lifecycle(status: RETIRED, replacedBy: "Vault.gold") @tag(name: "public")
  find(by: By): String @tag(name: "public")
  open: String @tag(name: "public")
  secretNew: String
  vault: Vault @inaccessible
}
enum By { NAME OLD ${old(`replacedBy: "HUSH"`)} LEGACY @lifecycle(status: RETIRED, replacedBy: "HUSH") HUSH @tag(name: "internal") }
type Vault @inaccessible { gold: Int }`);
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await startSmallMesh({
      subgraphs: { naming: { sdl: NAMING, resolvers: { Query: { open: () => "open" } } } },
      config: (config) => ({
        ...config,
        contracts: { public: { include: ["public"], exclude: ["internal"] } },
      }),
    });
  });
  afterAll(() => mesh.stop());

  function said({ errors, extensions }: MeshAnswer): readonly (readonly unknown[])[] {
    const { warnings = [] }: { warnings?: { message: string; replacedBy?: string; sunset?: string }[] } =
      JSON.parse(JSON.stringify(extensions ?? {}));
    return [
      ...errors.map((error) => [error.message, error.extensions.replacedBy]),
      ...warnings.map(({ message, replacedBy, sunset }) => [message, replacedBy, sunset]),
    ];
  }

  test("in errors and in warnings, for fields and for inputs", async () => {
    const text = "{ old gone left buried open find(by: OLD) retired: find(by: LEGACY) }";
    expect(said(await mesh.ask(text))).toEqual([
      ["No longer available: use use secretNew, or ask.", "use secretNew, or ask"],
      ["No longer available: use Query.open.", "Query.open"],
      ["No longer available.", undefined],
      ["No longer available: use HUSH.", "HUSH"],
      ["Deprecated, available until 2999-01-01: use Query.secretNew.", "Query.secretNew", "2999-01-01"],
      ["Deprecated, available until 2999-01-01: use HUSH.", "HUSH", "2999-01-01"],
    ]);
    const shown = await mesh.ask(text, { path: "/graphql/public" });
    expect(said(shown)).toEqual([
      ["No longer available.", undefined],
      ["No longer available: use Query.open.", "Query.open"],
      ["No longer available.", undefined],
      ["No longer available.", undefined],
      ["Deprecated, available until 2999-01-01.", undefined, "2999-01-01"],
      ["Deprecated, available until 2999-01-01.", undefined, "2999-01-01"],
    ]);
    expect(shown.text).not.toMatch(/secretNew|HUSH|Vault|gold/);
  });
});
