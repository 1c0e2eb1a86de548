import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AskOptions, type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const USERS = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@rowFilter"])
type Query { user(id: ID = 1): User users: [User!]! other: String }
type Mutation { touch: Int }
type User @key(fields: "id") @rowFilter(field: "region", claim: "region") {
  id: ID!
  region: String
  email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])
}`;
const NOTES = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type User @key(fields: "id") { id: ID! note: String }`;

const ROWS = [
  { id: "1", region: "EMEA", email: "ada@example.com" },
  { id: "2", region: "AMER", email: "bo@example.com" },
];

let issuer: TokenIssuer;
let mesh: SmallMesh;
let release = (): void => {};
let touched = 0;

beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());
afterEach(() => mesh.stop());

async function start(sharing: "off" | "subgraph" | "request"): Promise<void> {
  touched = 0;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const answer = async <T>(value: T): Promise<T> => {
    await released;
    return value;
  };
  mesh = await startSmallMesh({
    subgraphs: {
      users: {
        sdl: USERS,
        resolvers: {
          Query: {
            user: (_: unknown, { id }: { id: string }) => answer(ROWS.find((row) => row.id === id)),
            users: () => answer(ROWS),
            other: () => answer("other"),
          },
          Mutation: { touch: () => answer(++touched) },
          User: { __resolveReference: ({ id }: { id: string }) => ROWS.find((row) => row.id === id) },
        },
      },
      notes: {
        sdl: NOTES,
        resolvers: { User: { note: ({ id }: { id: string }) => `note of ${id}` } },
      },
    },
    issuers: [issuer],
    config: (config) => ({ ...config, sharing }),
  });
}

function caller(claims: Record<string, unknown>): AskOptions {
  return { token: issuer.token({ region: ["EMEA", "AMER"], ...claims }) };
}

/** Asks at the same time, and answers when all requests have had time to arrive. */
async function askTogether(asked: readonly (readonly [string, AskOptions])[]) {
  const answers = Promise.all(asked.map(([query, options]) => mesh.ask(query, options)));
  await sleep(150);
  release();
  return answers;
}

const QUERY = "{ users { id email note } }";

describe("sharing off", () => {
  test("each request makes its own calls", async () => {
    await start("off");
    const ada = caller({});
    await askTogether([1, 2, 3].map(() => [QUERY, ada]));
    expect(mesh.calls.filter(({ subgraph }) => subgraph === "users")).toHaveLength(3);
  });
});

describe.each(["subgraph", "request"] as const)("sharing %s", (sharing) => {
  test("requests of one caller that ask for the same make one call, and all get the whole answer", async () => {
    await start(sharing);
    const ada = caller({});
    const answers = await askTogether([1, 2, 3].map(() => [QUERY, ada]));
    expect(mesh.calls.filter(({ subgraph }) => subgraph === "users")).toHaveLength(1);
    for (const { data, errors } of answers) {
      expect(errors).toEqual([]);
      expect(data.users).toEqual([
        { id: "1", email: "***@example.com", note: "note of 1" },
        { id: "2", email: "***@example.com", note: "note of 2" },
      ]);
    }
  });

  test("what is over is not shared", async () => {
    await start(sharing);
    release();
    const ada = caller({});
    await mesh.ask(QUERY, ada);
    await mesh.ask(QUERY, ada);
    expect(mesh.calls.filter(({ subgraph }) => subgraph === "users")).toHaveLength(2);
  });

  test("51: callers who differ in scopes, claims, subject or token each make their own calls and get their own answer", async () => {
    await start(sharing);
    const callers = [
      {},
      caller({}),
      caller({ scope: "pii" }),
      caller({ region: "EMEA" }),
      caller({ sub: "bo" }),
    ];
    const answers = await askTogether(callers.map((options) => [QUERY, options]));
    expect(mesh.calls.filter(({ subgraph }) => subgraph === "users")).toHaveLength(callers.length);
    const shown = answers.map(({ data }) => data.users.map(({ email }: { email: string }) => email));
    const masked = ["***@example.com", "***@example.com"];
    expect(shown).toEqual([[], masked, ["ada@example.com", "bo@example.com"], ["***@example.com"], masked]);
  });

  test("other variables are another request", async () => {
    await start(sharing);
    const ada = caller({});
    const query = "query ($id: ID) { user(id: $id) { id } }";
    const answers = await askTogether(["1", "2"].map((id) => [query, { ...ada, variables: { id } }]));
    expect(answers.map(({ data }) => data.user.id)).toEqual(["1", "2"]);
    expect(mesh.calls).toHaveLength(2);
  });

  test("mutations are never shared", async () => {
    await start(sharing);
    const ada = caller({});
    const answers = await askTogether([1, 2, 3].map(() => ["mutation { touch }", ada]));
    expect(answers.map(({ data }) => data.touch).sort()).toEqual([1, 2, 3]);
    expect(mesh.calls).toHaveLength(3);
  });

  test("a client that leaves does not take the answer from those who wait for the same", async () => {
    await start(sharing);
    const { token } = caller({});
    const controller = new AbortController();
    const left = fetch(`${mesh.url}/graphql`, {
      method: "POST",
      signal: controller.signal,
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: QUERY }),
    });
    const outcome = left.then(
      () => "answered",
      () => "left",
    );
    await expect.poll(() => mesh.calls.length, { timeout: 10_000 }).toBe(1);
    const second = mesh.ask(QUERY, token === undefined ? {} : { token });
    await sleep(100);
    controller.abort();
    await sleep(100);
    release();
    expect(await outcome).toBe("left");
    expect((await second).data.users).toHaveLength(2);
    expect(mesh.calls.filter(({ subgraph }) => subgraph === "users")).toHaveLength(1);
  });
});

test("sharing subgraph: different operations that need the same call make it once", async () => {
  await start("subgraph");
  const ada = caller({});
  const answers = await askTogether([
    ["{ users { id region } }", ada],
    ["{ users { id region } other }", ada],
    ["{ users { id region } }", ada],
  ]);
  expect(answers.map(({ data }) => data.users.length)).toEqual([2, 2, 2]);
  expect(mesh.calls).toHaveLength(2);
});
