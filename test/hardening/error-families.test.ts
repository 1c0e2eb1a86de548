import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { registryRoutes } from "../../gateway/registry/routes.ts";
import { roverRoutes } from "../../gateway/registry/rover/rover-routes.ts";
import { linked } from "../testkit/compose-schemas.ts";
import { startRawSubgraph } from "../testkit/raw-subgraph.ts";
import { composeOurs, type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../testkit/start-registry.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

/** What a careless subgraph may say of itself; `CANARY` stands for a value of somebody. */
const SQL = "SELECT name FROM people WHERE iban = 'CANARY' -- postgres://app:CANARY@10.0.0.3:5432/people";
const STACK = "Error: CANARY\n    at query (/srv/app/node_modules/pg/lib/client.js:526:17)";
const saying = (message: string, extensions?: object) => ({
  body: JSON.stringify({ data: null, errors: [{ message, extensions }] }),
});

/** By the field that gets it; with the code that clients see. */
const FAULTS = {
  serverError: {
    answer: { status: 500, headers: html(), body: `<pre>${STACK}</pre>` },
    code: "SUBGRAPH_UNAVAILABLE",
  },
  redirect: {
    answer: { status: 302, headers: { location: "http://10.0.0.3/CANARY" }, body: "" },
    code: "SUBGRAPH_INVALID_RESPONSE",
  },
  page: { answer: { headers: html(), body: `<p>${SQL}</p>` }, code: "SUBGRAPH_INVALID_RESPONSE" },
  noJson: { answer: { body: SQL }, code: "SUBGRAPH_INVALID_RESPONSE" },
  nothing: { answer: { body: '{"data":null}' }, code: "SUBGRAPH_INVALID_RESPONSE" },
  badCast: { answer: saying('invalid input syntax for type integer: "CANARY"'), code: "SUBGRAPH_ERROR" },
  unique: {
    answer: saying('Key (email)=(CANARY) violates unique constraint "people_email"', { code: "23505" }),
    code: "SUBGRAPH_ERROR",
  },
  driver: {
    answer: saying("connect ECONNREFUSED 10.0.0.3:5432", { code: "ECONNREFUSED", sql: SQL }),
    code: "ECONNREFUSED",
  },
  enumTypo: {
    answer: saying('Enum "Secret" cannot represent value: "CANARY". Did you mean "HIDDEN"?', {
      code: "BAD_USER_INPUT",
    }),
    code: "BAD_USER_INPUT",
  },
  unknownName: {
    answer: saying('Cannot query field "hidden" on type "Secret".', { code: "GRAPHQL_VALIDATION_FAILED" }),
    code: "GRAPHQL_VALIDATION_FAILED",
  },
  crash: { answer: saying(STACK, { code: "INTERNAL_SERVER_ERROR", stacktrace: [STACK] }), code: "INTERNAL" },
  claimed: { answer: saying(SQL, { code: "SUBGRAPH_TIMEOUT" }), code: "SUBGRAPH_ERROR" },
  deep: {
    answer: saying("No.", { code: "BAD_USER_INPUT", trace: SQL, inner: { sql: SQL } }),
    code: "BAD_USER_INPUT",
  },
  ours: {
    answer: saying("The key was used before.", { code: "IDEMPOTENCY_CONFLICT" }),
    code: "IDEMPOTENCY_CONFLICT",
  },
  wrongType: { answer: { body: '{"data":{"wrongType":{"iban":"CANARY"}}}' }, code: "INVALID_VALUE" },
  required: { answer: { body: '{"data":{"required":null}}' }, code: "NULL_IN_NON_NULL_FIELD" },
} as const;

function html() {
  return { "content-type": "text/html" };
}

const FIELDS = Object.keys(FAULTS).map((name) => `${name}: Int${name === "required" ? "!" : ""}`);
const SDL = linked(`type Query {
  ${FIELDS.join("\n")}
  open(level: Level): Int
  gold: Int @requiresScopes(scopes: [["gold"]])
  judged: Int @policy(policies: [["broken"]])
  secret: Secret @tag(name: "internal")
}
type Secret { hidden: Int }
enum Level { LOW, HIGH @inaccessible }`).replace('"@key"', '"@key", "@tag", "@inaccessible", "@policy"');

/** Nothing of this leaves the gateway in production mode. */
const LEAKS =
  /CANARY|SELECT|postgres:|https?:\/\/|10\.0\.0\.3|127\.0\.0\.1|node_modules|\.js:\d|stack|HIDDEN|"Secret"|constraint/i;

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly requestId: string;
}

let issuer: TokenIssuer;
let lost: TokenIssuer;
let registry: TestRegistry;
let broken: TestRegistry;
let stopSubgraph: () => Promise<void>;
let both: SmallMesh;
let apollo: SmallMesh;
/** Of an issuer whose keys nobody can fetch, with a registry whose database is gone. */
let outage: SmallMesh;

beforeAll(async () => {
  const subgraph = await startRawSubgraph(
    Object.fromEntries(Object.entries(FAULTS).map(([name, { answer }]) => [name, answer])),
  );
  stopSubgraph = subgraph.stop;
  [issuer, lost, registry, broken] = await Promise.all([
    TokenIssuer.start(),
    TokenIssuer.start(),
    startRegistry(),
    startRegistry(),
  ]);
  lost.answer = (_request, response) => void response.destroy();
  await broken.registry.stop();
  const start = (hotLane: boolean, trusted: TokenIssuer, published: TestRegistry) =>
    startSmallMesh({
      subgraphs: { vault: { sdl: SDL, resolvers: {} } },
      issuers: [trusted],
      supergraphOf: (sources) => composeOurs(sources.map((source) => ({ ...source, url: subgraph.url }))),
      policyEngine: () => {
        throw new Error(SQL);
      },
      extensions: [
        { prefix: "/registry/v1", register: (app) => registryRoutes(app, published.registry) },
        { prefix: "/registry/rover", register: (app) => roverRoutes(app, published.registry) },
      ],
      config: ({ auth }) => ({
        ...readConfig(null, { NODE_ENV: "production" }),
        port: 0,
        auth,
        hotLane,
        contracts: { public: { include: [], exclude: ["internal"] } },
      }),
    });
  [both, apollo, outage] = await Promise.all([
    start(true, issuer, registry),
    start(false, issuer, registry),
    start(true, lost, broken),
  ]);
});
afterAll(async () => {
  await Promise.all([both.stop(), apollo.stop(), outage.stop()]);
  await Promise.all([issuer.stop(), lost.stop(), registry.stop(), broken.database.drop(), stopSubgraph()]);
});

async function send(url: string, init: RequestInit = {}): Promise<Sent> {
  const response = await fetch(url, init);
  const requestId = response.headers.get("x-request-id") ?? "";
  return { status: response.status, text: await response.text(), requestId };
}

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Sent> {
  return send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The codes of what was refused; each error has one, and names the request by its header or itself. */
function codesOf({ text, requestId }: Sent): readonly unknown[] {
  expect(requestId).toMatch(/^[\w-]{8,64}$/);
  expect(text).not.toMatch(LEAKS);
  const body = JSON.parse(text);
  const errors: readonly { code?: unknown; requestId?: unknown; extensions?: Record<string, unknown> }[] =
    body.errors ?? (body.error ? [body.error] : [body]);
  for (const error of errors) {
    const said = error.extensions?.requestId ?? error.requestId;
    if (said !== undefined) expect(said).toBe(requestId);
  }
  return errors.map(({ code, extensions }) => extensions?.code ?? code);
}

describe.each([
  { lanes: "both lanes", meshOf: () => both },
  { lanes: "the Apollo lane", meshOf: () => apollo },
])("46: in production mode, over $lanes,", ({ meshOf }) => {
  const graphql = (body: unknown, headers?: Readonly<Record<string, string>>, path = "/graphql") =>
    post(`${meshOf().url}${path}`, body, headers);

  test.each(Object.entries(FAULTS))(
    "a subgraph's fault is told without its insides: %s",
    async (field, { code }) => {
      for (const _ of ["first", "known"]) {
        const sent = await graphql({ query: `{ ${field} }` });
        expect(codesOf(sent)).toEqual([code]);
        expect(JSON.parse(sent.text).errors[0].extensions.requestId).toBe(sent.requestId);
      }
    },
  );

  test("what a domain says on purpose is passed on", async () => {
    const { text } = await graphql({ query: "{ ours }" });
    expect(text).toContain("The key was used before.");
    expect((await graphql({ query: "{ deep }" })).text).toContain('"No."');
  });

  const bearer = (claims: object = {}) => ({ authorization: `Bearer ${issuer.token({ ...claims })}` });
  test.each<[string, string, number, () => Promise<Sent>]>([
    ["text that does not parse", "GRAPHQL_PARSE_FAILED", 400, () => graphql({ query: "{ open" })],
    ["an unknown field", "GRAPHQL_VALIDATION_FAILED", 400, () => graphql({ query: "{ opn }" })],
    [
      "a hidden enum value",
      "GRAPHQL_VALIDATION_FAILED",
      400,
      () => graphql({ query: "{ open(level: HIGHH) }" }),
    ],
    [
      "a wrong variable",
      "BAD_USER_INPUT",
      400,
      () => graphql({ query: "query ($l: Level) { open(level: $l) }", variables: { l: "HIG" } }),
    ],
    [
      "an unknown operation",
      "BAD_USER_INPUT",
      400,
      () => graphql({ query: "query A { open }", operationName: "B" }),
    ],
    [
      "an unknown persisted query",
      "PERSISTED_QUERY_NOT_FOUND",
      200,
      () => graphql({ extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
    ],
    ["a batch", "BAD_REQUEST", 400, () => graphql([{ query: "{ open }" }])],
    ["a form", "BAD_REQUEST", 400, () => graphql("query={open}", { "content-type": "text/plain" })],
    ["JSON that is none", "BAD_USER_INPUT", 400, () => graphql('{"query":')],
    [
      "a large body",
      "REQUEST_TOO_LARGE",
      413,
      () => graphql({ query: "{ open }", x: "x".repeat(1_100_000) }),
    ],
    [
      "an encoded body",
      "BAD_USER_INPUT",
      415,
      () => graphql({ query: "{ open }" }, { "content-encoding": "compress" }),
    ],
    [
      "too many aliases",
      "OPERATION_TOO_COMPLEX",
      400,
      () => graphql({ query: `{ ${Array.from({ length: 101 }, (_, n) => `a${n}: open`).join(" ")} }` }),
    ],
    ["a reserved alias", "RESERVED_ALIAS", 400, () => graphql({ query: "{ constructor: open }" })],
    [
      "a token that is none",
      "UNAUTHENTICATED",
      401,
      () => graphql({ query: "{ open }" }, { authorization: "Bearer a.b.c" }),
    ],
    ["an expired token", "UNAUTHENTICATED", 401, () => graphql({ query: "{ open }" }, bearer({ exp: 1 }))],
    ["no bearer", "UNAUTHENTICATED", 401, () => graphql({ query: "{ open }" }, { authorization: "Basic x" })],
    ["a field of others", "UNAUTHORIZED_FIELD_OR_TYPE", 200, () => graphql({ query: "{ gold }" }, bearer())],
    [
      "a policy that throws",
      "UNAUTHORIZED_FIELD_OR_TYPE",
      200,
      () => graphql({ query: "{ judged }" }, bearer()),
    ],
    ["GET without a preflight", "BAD_REQUEST", 400, () => send(`${meshOf().url}/graphql?query={open}`)],
    ["PUT", "BAD_USER_INPUT", 405, () => send(`${meshOf().url}/graphql`, { method: "PUT" })],
    [
      "what a contract hides",
      "GRAPHQL_VALIDATION_FAILED",
      400,
      () => graphql({ query: "{ secret { hidden } }" }, {}, "/graphql/public"),
    ],
  ])("%s is refused with a code", async (_name, code, status, ask) => {
    for (const _ of ["first", "known"]) {
      const sent = await ask();
      expect([sent.status, codesOf(sent)]).toEqual([status, [code]]);
    }
  });
});

describe("46: in production mode the other addresses", () => {
  const at = (path: string) => `${both.url}${path}`;
  const deployer = async (domain: string) => {
    const { token } = await registry.registry.tokens.create(domain, 600, "test");
    return { authorization: `Bearer ${token}`, "x-api-key": token };
  };
  const put = (name: string, body: object, headers: Readonly<Record<string, string>>) =>
    send(at(`/registry/v1/subgraphs/${name}`), {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const rover = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    post(at("/registry/rover"), { query }, headers);

  test.each<[string, unknown, number, () => Promise<Sent>]>([
    ["nothing there", "BAD_USER_INPUT", 404, () => send(at("/none"))],
    ["an address that cannot be read", "BAD_REQUEST", 400, () => send(at("/%zz"))],
    [
      "explain for somebody else, as nobody",
      "UNAUTHENTICATED",
      401,
      () => post(at("/governance/explain"), { query: "{ open }", as: { scopes: ["gold"] } }),
    ],
    [
      "explain what is none",
      "OPERATION_INVALID",
      400,
      () => post(at("/governance/explain"), { query: "{ opn }" }),
    ],
    ["explain nothing", "BAD_USER_INPUT", 400, () => post(at("/governance/explain"), {})],
    ["the registry as nobody", "DEPLOY_TOKEN_INVALID", 401, () => send(at("/registry/v1/subgraphs"))],
    [
      "a subgraph that is not there",
      "SUBGRAPH_NOT_FOUND",
      404,
      async () => send(at("/registry/v1/subgraphs/none"), { headers: await deployer("pet") }),
    ],
    [
      "another domain's subgraph",
      "SUBGRAPH_NOT_YOURS",
      403,
      async () =>
        put("order", { sdl: domainSdl("Order"), url: "http://order.test/CANARY" }, await deployer("pet")),
    ],
    [
      "a routing URL inwards",
      "ROUTING_URL_REFUSED",
      400,
      async () => put("pet", { sdl: domainSdl("Pet"), url: "file:///CANARY" }, await deployer("pet")),
    ],
    [
      "a schema that does not compose",
      "COMPOSITION_FAILED",
      400,
      async () =>
        put("pet", { sdl: "type Query { x: Nothing }", url: "http://pet.test/" }, await deployer("pet")),
    ],
    [
      "acts, for a domain",
      "GOVERNANCE_TEAM_ONLY",
      403,
      async () => send(at("/registry/v1/acts"), { headers: await deployer("pet") }),
    ],
    ["Rover as nobody", "DEPLOY_TOKEN_INVALID", 200, () => rover("{ __typename }")],
    [
      "Rover with a wrong query",
      "BAD_USER_INPUT",
      200,
      async () => rover("{ nothing }", await deployer("pet")),
    ],
    ["Rover with no query", "BAD_USER_INPUT", 400, async () => rover("{", await deployer("pet"))],
    [
      "readiness without the issuer's keys",
      "IDENTITY_PROVIDER_UNAVAILABLE",
      503,
      () => send(`${outage.url}/health/ready`),
    ],
    [
      "a token of an issuer without keys",
      "IDENTITY_PROVIDER_UNAVAILABLE",
      503,
      () => post(`${outage.url}/graphql`, { query: "{ open }" }, { authorization: `Bearer ${lost.token()}` }),
    ],
    [
      "a registry without its database",
      "REGISTRY_UNAVAILABLE",
      503,
      () => send(`${outage.url}/registry/v1/subgraphs`, { headers: { authorization: "Bearer abc" } }),
    ],
    [
      "Rover without the registry's database",
      "REGISTRY_UNAVAILABLE",
      503,
      () => post(`${outage.url}/registry/rover`, { query: "{ __typename }" }, { "x-api-key": "abc" }),
    ],
  ])("tell codes only: %s", async (_name, code, status, ask) => {
    const sent = await ask();
    expect([sent.status, codesOf(sent)]).toEqual([status, [code]]);
  });

  test("answer for a plugin that throws with a code only", async () => {
    const mesh = await startSmallMesh({
      subgraphs: { open: { sdl: "type Query { open: Int }", resolvers: {} } },
      plugins: [
        {
          requestDidStart: async () => {
            throw new Error(SQL);
          },
        },
      ],
    });
    try {
      const sent = await post(`${mesh.url}/graphql`, { query: "{ open }" });
      expect([sent.status, codesOf(sent)]).toEqual([500, ["INTERNAL"]]);
    } finally {
      await mesh.stop();
    }
  });

  test.each([
    ["no HTTP", "CANARY / nonsense\r\n\r\n", "BAD_REQUEST", 400],
    [
      "headers without an end",
      `GET / HTTP/1.1\r\nx: ${"CANARY".repeat(5000)}\r\n\r\n`,
      "HEADERS_TOO_LARGE",
      431,
    ],
  ])("answer %s with a code", async (_name, text, code, status) => {
    const { hostname, port } = new URL(both.url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    let answer = "";
    socket.setEncoding("utf8").on("data", (part) => {
      answer += part;
    });
    socket.on("error", () => {});
    socket.write(text);
    await once(socket, "close");
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    const requestId = /^x-request-id: (.*)$/m.exec(head)?.[1] ?? "";
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(codesOf({ status, text: body, requestId })).toEqual([code]);
  });
});
