import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const vault = {
  sdl: linked(
    `type Query { open: String gold: Int @requiresScopes(scopes: [["gold"]]) code: String @mask(strategy: REDACT, unlessScopes: ["gold"]) }`,
  ),
  resolvers: resolveFromData({ query: { open: "open", gold: 79, code: "sesame" } }),
};

let issuer: TokenIssuer;
let mesh: SmallMesh;
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  mesh = await startSmallMesh({ subgraphs: { vault }, issuers: [issuer] });
});
afterAll(async () => {
  await mesh.stop();
  await issuer.stop();
});

const QUERY = "{ open gold code }";
const hashOf = (query: string) => createHash("sha256").update(query).digest("hex");
const persisted = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(query) } });

/** The body of an answer, of which a test looks at what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function bodyOf(answer: Promise<Response>): Promise<any> {
  return (await answer).json();
}

type Send = (query: string, headers: Readonly<Record<string, string>>) => Promise<Response>;

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${mesh.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function get(
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return fetch(`${mesh.url}/graphql?${new URLSearchParams(parameters)}`, {
    headers: { "apollo-require-preflight": "1", ...headers },
  });
}

const TRANSPORTS: readonly (readonly [string, Send])[] = [
  ["POST", (query, headers) => post({ query }, headers)],
  ["GET", (query, headers) => get({ query }, headers)],
  [
    "a persisted query by POST",
    async (query, headers) => {
      await post({ query, extensions: persisted(query) });
      return post({ extensions: persisted(query) }, headers);
    },
  ],
  [
    "a persisted query by GET",
    async (query, headers) => {
      await post({ query, extensions: persisted(query) });
      return get({ extensions: JSON.stringify(persisted(query)) }, headers);
    },
  ],
];

describe.each(TRANSPORTS)("39: %s", (_name, send) => {
  const authorization = (scope: string) => ({ authorization: `Bearer ${issuer.token({ scope })}` });

  test("gives each caller its own, in every order", async () => {
    const expected = {
      "": { open: "open", gold: null, code: "[redacted]" },
      gold: { open: "open", gold: 79, code: "sesame" },
    };
    for (const scope of ["gold", "", "gold", "", ""] as const) {
      const answer = await bodyOf(send(QUERY, authorization(scope)));
      expect(answer.data).toEqual(expected[scope]);
    }
    expect((await bodyOf(send(QUERY, {}))).data).toEqual(expected[""]);
  });

  test("refuses a wrong token, also for a public field", async () => {
    expect((await send("{ open }", { authorization: "Bearer a.b.c" })).status).toBe(401);
  });

  test("refuses what is too large", async () => {
    const aliases = Array.from({ length: 200 }, (_, index) => `a${index}: open`).join(" ");
    const { data, errors } = await bodyOf(send(`{ ${aliases} }`, {}));
    // By its hash it is unknown: it was refused before it could be registered.
    expect(["OPERATION_TOO_COMPLEX", "PERSISTED_QUERY_NOT_FOUND"]).toContain(errors[0].extensions.code);
    expect(data).toBeUndefined();
  });
});

describe("39: transports that are not served", () => {
  test.each([
    ["a batch", () => post([{ query: "{ open }" }, { query: "{ gold }" }])],
    ["multipart", () => post("--x\r\n\r\n--x--", { "content-type": "multipart/form-data; boundary=x" })],
    ["a form", () => post("query={open}", { "content-type": "application/x-www-form-urlencoded" })],
    ["plain text", () => post(`{"query":"{ open }"}`, { "content-type": "text/plain" })],
    ["a subscription", () => post({ query: "subscription { open }" })],
    ["a mutation by GET", () => get({ query: "mutation { open }" }, {})],
    ["PUT", () => fetch(`${mesh.url}/graphql`, { method: "PUT", body: "{}" })],
  ])("%s is refused", async (_name, send) => {
    const answer = await send();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toMatch(/"gold":\d|sesame|"open":"open"/);
  });

  test("an event stream is not opened for a query", async () => {
    const answer = await post({ query: "{ open }" }, { accept: "text/event-stream" });
    expect(answer.headers.get("content-type")).not.toContain("event-stream");
    await answer.text();
  });
});

describe("53: persisted queries", () => {
  const query = "{ gold }";

  test("are not stored under a hash that is not theirs", async () => {
    const wrong = persisted("{ never: open }");
    const refused = await post({ query, extensions: wrong });
    expect(refused.status).toBe(400);
    const later = await bodyOf(post({ extensions: wrong }));
    expect(later.errors[0].extensions.code).toBe("PERSISTED_QUERY_NOT_FOUND");
  });

  test("registered by one run with the rights of the other", async () => {
    const bearer = (scope: string) => ({ authorization: `Bearer ${issuer.token({ scope })}` });
    const first = await bodyOf(post({ query, extensions: persisted(query) }, bearer("gold")));
    const second = await bodyOf(post({ extensions: persisted(query) }, bearer("")));
    const nobody = await bodyOf(post({ extensions: persisted(query) }));
    expect([first.data, second.data, nobody.data]).toEqual([{ gold: 79 }, null, null]);
    expect(second.errors[0].extensions.code).toBe("UNAUTHORIZED_FIELD_OR_TYPE");
    expect(nobody.errors[0].extensions.code).toBe("UNAUTHENTICATED");
  });
});
