import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";
import { lanesTaken } from "./lanes-taken.ts";
import { type RawRequest, sendRaw } from "./send-raw.ts";

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask"])
type Query {
  hello(name: String, times: Int): String
  user: User
  broken: String
  failing: String!
  members: String @authenticated
}
type User {
  name: String
  email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])
  limit: Int @requiresScopes(scopes: [["finance"]])
}
type Mutation { rename(name: String!): User }`;

const USER = { name: "Ada „Countess“ \u{1f409}", email: "ada@example.com", limit: 5 };
const resolvers = {
  Query: {
    hello: (_: unknown, { name = "you", times = 1 }) => `Hello ${name} `.repeat(times),
    user: () => USER,
    broken: () => {
      throw new Error("something inside is broken");
    },
    failing: () => null,
    members: () => "members",
  },
  Mutation: { rename: (_: unknown, { name }: { name: string }) => ({ ...USER, name }) },
};

let issuer: TokenIssuer;
let both: SmallMesh;
let apollo: SmallMesh;

beforeAll(async () => {
  issuer = await TokenIssuer.start();
  const start = (hotLane: boolean) =>
    startSmallMesh({
      subgraphs: { users: { sdl: SDL, resolvers } },
      issuers: [issuer],
      config: (config) => ({ ...config, hotLane, limits: { ...config.limits, bodyBytes: 5000 } }),
    });
  [both, apollo] = await Promise.all([start(true), start(false)]);
});
afterAll(async () => {
  await Promise.all([both.stop(), apollo.stop(), issuer.stop()]);
});

const HELLO = "query Hello($name: String, $times: Int) { hello(name: $name, times: $times) }";
const JSON_TYPE = ["content-type", "application/json"];

function post(body: unknown, headers: readonly string[] = []): RawRequest {
  return { headers: [...JSON_TYPE, ...headers], body: JSON.stringify(body) };
}

function bearer(claims: Record<string, unknown> = {}): readonly string[] {
  return ["authorization", `Bearer ${issuer.token(claims)}`];
}

interface Case {
  readonly name: string;
  /** Made anew for each test: tokens exist only once the issuer runs. */
  readonly raw: () => RawRequest;
}

/** Plain requests for operations that are known after their first time. */
const PLAIN: readonly Case[] = [
  { name: "a query", raw: () => post({ query: "{ user { name email } }" }) },
  { name: "a query with variables", raw: () => post({ query: HELLO, variables: { name: "Ada" } }) },
  { name: "variables that are null", raw: () => post({ query: HELLO, variables: null }) },
  { name: "an operation's name", raw: () => post({ query: HELLO, operationName: "Hello" }) },
  {
    name: "one operation of several",
    raw: () => post({ query: "query A { user { name } } query B { user { email } }", operationName: "B" }),
  },
  { name: "empty extensions", raw: () => post({ query: "{ user { name } }", extensions: {} }) },
  { name: "members nobody knows", raw: () => post({ query: "{ user { name } }", id: 1 }) },
  { name: "a mutation", raw: () => post({ query: 'mutation { rename(name: "Bo") { name } }' }) },
  { name: "introspection", raw: () => post({ query: "{ __schema { queryType { name } } }" }) },
  { name: "a field that fails", raw: () => post({ query: "{ broken user { name } }" }) },
  { name: "a null where none may be", raw: () => post({ query: "{ failing }" }) },
  { name: "a refused field", raw: () => post({ query: "{ members user { name limit } }" }) },
  { name: "a query of nothing but refused fields", raw: () => post({ query: "{ members }" }) },
  { name: "a masked field", raw: () => post({ query: "{ user { email } }" }, bearer()) },
  { name: "an unmasked field", raw: () => post({ query: "{ user { email } }" }, bearer({ scope: "pii" })) },
  { name: "a member", raw: () => post({ query: "{ members }" }, bearer()) },
  { name: "a wrong variable", raw: () => post({ query: HELLO, variables: { times: "many" } }) },
  {
    name: "a wrong variable, asked for in the old media type",
    raw: () => post({ query: HELLO, variables: { times: "many" } }, ["accept", "application/json"]),
  },
  {
    name: "an expired token",
    raw: () => post({ query: "{ user { name } }" }, bearer({ exp: 1 })),
  },
  {
    name: "a token that is none",
    raw: () => post({ query: "{ user { name } }" }, ["authorization", "Bearer a.b.c"]),
  },
  {
    name: "two tokens",
    raw: () => post({ query: "{ user { name } }" }, [...bearer(), ...bearer()]),
  },
  ...[
    "*/*",
    "application/json",
    "application/graphql-response+json",
    "application/graphql-response+json, application/json;q=0.9",
    "application/json, text/plain, */*",
    "text/html, application/json;q=0.5",
  ].map((accept) => ({
    name: `Accept: ${accept}`,
    raw: () => post({ query: "{ user { name } }" }, ["accept", accept]),
  })),
  {
    name: "a client's own request id",
    raw: () => post({ query: "{ user { name } }" }, ["x-request-id", "client-chosen-1"]),
  },
  {
    name: "a media type with a charset",
    raw: () => ({
      headers: ["content-type", "application/json; charset=utf-8"],
      body: JSON.stringify({ query: "{ user { name } }" }),
    }),
  },
];

/** Everything else: what Apollo Server, or the HTTP server before it, has to say. */
const SPECIAL: readonly (Case & { readonly status: number })[] = [
  { name: "a text that does not parse", status: 400, raw: () => post({ query: "{ user {" }) },
  { name: "a field that does not exist", status: 400, raw: () => post({ query: "{ nobody }" }) },
  {
    name: "an operation that does not exist",
    status: 400,
    raw: () => post({ query: HELLO, operationName: "Bye" }),
  },
  { name: "an empty operation name", status: 400, raw: () => post({ query: HELLO, operationName: "" }) },
  {
    name: "an operation name that is a number",
    status: 400,
    raw: () => post({ query: HELLO, operationName: 1 }),
  },
  { name: "no query", status: 400, raw: () => post({}) },
  { name: "a query that is no text", status: 400, raw: () => post({ query: 5 }) },
  { name: "variables that are a list", status: 400, raw: () => post({ query: HELLO, variables: [] }) },
  { name: "variables that are a text", status: 400, raw: () => post({ query: HELLO, variables: "{}" }) },
  { name: "extensions that are a text", status: 400, raw: () => post({ query: HELLO, extensions: "{}" }) },
  { name: "a batch", status: 400, raw: () => post([{ query: HELLO }, { query: HELLO }]) },
  {
    name: "a persisted query that is not known",
    status: 200,
    raw: () => post({ extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
  },
  {
    name: "a persisted query whose hash is wrong",
    status: 400,
    raw: () =>
      post({ query: HELLO, extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
  },
  {
    name: "a known query with an extension",
    status: 200,
    raw: () => post({ query: "{ user { name } }", extensions: { x: 1 } }),
  },
  { name: "JSON that does not parse", status: 400, raw: () => ({ headers: JSON_TYPE, body: '{"query":' }) },
  { name: "an empty body", status: 400, raw: () => ({ headers: JSON_TYPE, body: "" }) },
  {
    name: "a poisonous key",
    status: 400,
    raw: () => ({
      headers: JSON_TYPE,
      body: `{"query":${JSON.stringify(HELLO)},"variables":{"__proto__":{"name":"x"}}}`,
    }),
  },
  {
    name: "a poisonous key behind an escape",
    status: 400,
    raw: () => ({
      headers: JSON_TYPE,
      body: `{"query":${JSON.stringify(HELLO)},"variables":{"\\u005f_proto__":{"name":"x"}}}`,
    }),
  },
  {
    name: "a body that is too large",
    status: 413,
    raw: () => post({ query: HELLO, variables: { name: "x".repeat(6000) } }),
  },
  {
    name: "a body in chunks",
    status: 200,
    raw: () => ({ headers: JSON_TYPE, body: ['{"query":', '"{ user { name } }"}'] }),
  },
  {
    name: "a body that is too large, in chunks",
    status: 413,
    raw: () => ({ headers: JSON_TYPE, body: ['{"query":"', "x".repeat(6000), '"}'] }),
  },
  {
    name: "a gzipped body",
    status: 200,
    raw: () => ({
      headers: [...JSON_TYPE, "content-encoding", "gzip"],
      body: gzipSync('{"query":"{ user { name } }"}'),
    }),
  },
  {
    name: "a brotli body",
    status: 200,
    raw: () => ({
      headers: [...JSON_TYPE, "content-encoding", "br"],
      body: brotliCompressSync('{"query":"{ user { name } }"}'),
    }),
  },
  {
    name: "a charset nobody uses",
    status: 415,
    raw: () => ({
      headers: ["content-type", "application/json; charset=utf-7"],
      body: '{"query":"{ user { name } }"}',
    }),
  },
  {
    name: "a form",
    status: 415,
    raw: () => ({
      headers: ["content-type", "application/x-www-form-urlencoded"],
      body: "query=%7Buser%7Bname%7D%7D",
    }),
  },
  {
    name: "plain text",
    status: 400,
    raw: () => ({ headers: ["content-type", "text/plain"], body: '{"query":"{ user { name } }"}' }),
  },
  { name: "no media type", status: 415, raw: () => ({ body: '{"query":"{ user { name } }"}' }) },
  {
    name: "an Accept that nothing fits",
    status: 406,
    raw: () => post({ query: "{ user { name } }" }, ["accept", "image/png"]),
  },
  {
    name: "a path with a query",
    status: 200,
    raw: () => ({ ...post({ query: "{ user { name } }" }), path: "/graphql?x=1" }),
  },
  { name: "a GET", status: 400, raw: () => ({ method: "GET", path: "/graphql?query=%7Buser%7Bname%7D%7D" }) },
  {
    name: "a GET that passes the CSRF check",
    status: 200,
    raw: () => ({
      method: "GET",
      path: "/graphql?query=%7Buser%7Bname%7D%7D",
      headers: ["apollo-require-preflight", "1"],
    }),
  },
  {
    name: "a mutation by GET",
    status: 405,
    raw: () => ({
      method: "GET",
      path: `/graphql?query=${encodeURIComponent('mutation { rename(name: "x") { name } }')}`,
      headers: ["apollo-require-preflight", "1"],
    }),
  },
  { name: "a PUT", status: 405, raw: () => ({ ...post({ query: "{ user { name } }" }), method: "PUT" }) },
];

describe("a plain request takes the hot lane from its second time on", () => {
  test.for(PLAIN)("$name", async ({ raw }) => {
    const request = raw();
    const expected = await sendRaw(apollo.url, request);
    const first = await sendRaw(both.url, request);
    const before = await lanesTaken(both.url);
    const second = await sendRaw(both.url, request);
    const after = await lanesTaken(both.url);
    expect([first, second]).toEqual(
      [expected, expected].map((item) => ({ ...item, requestId: expect.any(String) })),
    );
    expect({ apollo: after.apollo - before.apollo, hot: after.hot - before.hot }).toEqual({
      apollo: 0,
      hot: 1,
    });
  });
});

describe("any other request is answered by Apollo Server, however often it comes", () => {
  test.for(SPECIAL)("$name: $status", async ({ raw, status }) => {
    const request = raw();
    await sendRaw(both.url, post({ query: "{ user { name } }" }));
    const expected = await sendRaw(apollo.url, request);
    expect(expected.status).toBe(status);
    const before = await lanesTaken(both.url);
    const answers = [await sendRaw(both.url, request), await sendRaw(both.url, request)];
    const after = await lanesTaken(both.url);
    expect(answers).toEqual([expected, expected].map((item) => ({ ...item, requestId: expect.any(String) })));
    expect(after.hot).toBe(before.hot);
  });
});

test("a client's request id comes back, and ours is a new one each time", async () => {
  const request = post({ query: "{ user { name } }" });
  const ids = [await sendRaw(both.url, request), await sendRaw(both.url, request)].map(
    (item) => item.requestId,
  );
  expect(new Set(ids).size).toBe(2);
  const named = await sendRaw(
    both.url,
    post({ query: "{ user { name } }" }, ["x-request-id", "client-chosen-1"]),
  );
  expect(named.requestId).toBe("client-chosen-1");
});
