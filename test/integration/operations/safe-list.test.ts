import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../../gateway/config.ts";
import { followOperations } from "../../../gateway/follow-operations.ts";
import type { OperationOrigin } from "../../../gateway/open-safe-list.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { operationHash } from "../../../shared/listed-operations.ts";
import { dpg } from "../../testkit/run-command.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { startRegistry } from "../../testkit/start-registry.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";
import { lanesTaken } from "../lanes/lanes-taken.ts";

const shop = {
  sdl: "type Query { me: Me } type Me { id: ID name: String }",
  resolvers: { Query: { me: () => ({ id: "1", name: "Ada" }) } },
};
const LISTED = "query Listed { me { id } }";
const ANYBODY = "{ me { name } }";

let directory: string;
let issuer: TokenIssuer;
beforeAll(async () => {
  directory = await scratchDirectory(afterAll);
  issuer = await TokenIssuer.start();
});
afterAll(() => issuer.stop());

function start(mode: Config["operations"]["mode"], origin?: OperationOrigin): Promise<SmallMesh> {
  const file = join(directory, "operations.json");
  writeFileSync(file, JSON.stringify({ web: [LISTED], "*": [ANYBODY] }));
  return startSmallMesh({
    subgraphs: { shop },
    issuers: [issuer],
    ...(origin ? { operations: origin } : {}),
    config: (config) => ({ ...config, operations: { mode, file: origin ? null : file } }),
  });
}

/** As a user of an application, with the token that it was issued. */
function send(origin: string, body: object, azp = "web") {
  return sendWith(origin, body, { authorization: `Bearer ${issuer.token({ azp })}` });
}

async function sendWith(origin: string, body: object, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const { data, errors } = JSON.parse(await response.text());
  return { status: response.status, data, code: errors?.[0]?.extensions.code };
}

const REFUSED = { status: 403, code: "OPERATION_NOT_LISTED" };

describe("a gateway that answers listed operations only", () => {
  let mesh: SmallMesh;
  beforeAll(async () => {
    mesh = await start("enforce");
  });
  afterAll(() => mesh.stop());

  test.each([
    ["its text", { query: LISTED }],
    ["documentId", { documentId: operationHash(LISTED) }],
    ["documentId with the hash's name", { documentId: `sha256:${operationHash(LISTED)}` }],
    [
      "a persisted query",
      { extensions: { persistedQuery: { version: 1, sha256Hash: operationHash(LISTED) } } },
    ],
  ])("answers one by %s, again and again", async (_how, body) => {
    for (const _time of [1, 2, 3])
      expect(await send(mesh.url, body)).toMatchObject({ status: 200, data: { me: { id: "1" } } });
  });

  test("takes the hot lane for a documentId that it knows", async () => {
    const { hot } = await lanesTaken(mesh.url);
    await send(mesh.url, { documentId: operationHash(LISTED) });
    expect((await lanesTaken(mesh.url)).hot).toBe(hot + 1);
  });

  test.each([
    ["another text", { query: "{ me { id } }" }],
    ["the same text with a space more", { query: `${LISTED} ` }],
    ["introspection", { query: "{ __schema { types { name } } }" }],
    ["a text that does not parse", { query: "{ me {" }],
    ["a documentId of nothing", { documentId: operationHash("{ me { id } }") }],
  ])("refuses %s without a word about the schema", async (_what, body) => {
    for (const _time of [1, 2]) expect(await send(mesh.url, body)).toMatchObject(REFUSED);
  });

  test("answers an application its own operations and those of all", async () => {
    expect(await send(mesh.url, { query: LISTED }, "other")).toMatchObject(REFUSED);
    expect(await send(mesh.url, { query: LISTED }, "")).toMatchObject(REFUSED);
    expect(await send(mesh.url, { query: ANYBODY }, "other")).toMatchObject({ status: 200 });
  });

  test("answers whoever only claims to be an application what all may send, in either lane", async () => {
    const claimed = { "apollographql-client-name": "web", "graphql-client-name": "web" };
    const tokens = [
      {},
      { sub: "eve" },
      { azp: "other" },
      { azp: "" },
      { azp: ["web"] },
      { client_id: "other" },
    ];
    const claims = tokens.map((claims) => ({ ...claimed, authorization: `Bearer ${issuer.token(claims)}` }));
    // Known by now: the hot lane would take it.
    for (const _time of [1, 2]) expect((await send(mesh.url, { query: LISTED })).status).toBe(200);
    for (const headers of [claimed, ...claims]) {
      for (const body of [{ query: LISTED }, { documentId: operationHash(LISTED) }])
        expect(await sendWith(mesh.url, body, headers)).toMatchObject(REFUSED);
      expect(await sendWith(mesh.url, { query: ANYBODY }, headers)).toMatchObject({ status: 200 });
    }
  });

  test("registers nothing that is not listed", async () => {
    const query = "{ me { id name } }";
    const extensions = { persistedQuery: { version: 1, sha256Hash: operationHash(query) } };
    expect(await send(mesh.url, { query, extensions })).toMatchObject(REFUSED);
    expect((await send(mesh.url, { extensions })).code).toBe("PERSISTED_QUERY_NOT_FOUND");
  });

  test("refuses what hides in a GET", async () => {
    const address = `${mesh.url}/graphql?${new URLSearchParams({ query: "{ me { id } }" })}`;
    expect((await fetch(address, { headers: { "apollo-require-preflight": "1" } })).status).toBe(403);
  });
});

test("in log mode everything is answered, and what is not listed is told of once", async () => {
  const mesh = await start("log");
  for (const _time of [1, 2, 3]) expect((await send(mesh.url, { query: "{ me { id } }" })).status).toBe(200);
  expect((await send(mesh.url, { query: LISTED })).status).toBe(200);
  const told = mesh.logged.filter((line) => line.includes("not listed")).map((line) => JSON.parse(line));
  const hash = operationHash("{ me { id } }");
  expect(told).toMatchObject([{ client: "web", isVerified: true, hash }]);
  const claims = ["web", "x", "y"].map((name) => ({ "apollographql-client-name": name }));
  for (const headers of claims)
    expect((await sendWith(mesh.url, { query: LISTED }, headers)).status).toBe(200);
  const lines = mesh.logged.filter((line) => line.includes("not listed")).slice(1);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { client: "web", isVerified: false, hash: operationHash(LISTED) },
  ]);
  await mesh.stop();
});

test("without a list there is no gateway that enforces one", async () => {
  await expect(
    startSmallMesh({
      subgraphs: { shop },
      config: (config) => ({ ...config, operations: { mode: "enforce", file: null } }),
    }),
  ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

describe("operations that are published to a registry", () => {
  test("are answered within seconds, by those who may publish them only, and without the registry later", async () => {
    const registry = await startRegistry();
    const app = fastify();
    await app.register((scope) => registryRoutes(scope, registry.registry), { prefix: "/registry/v1" });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    const tokenOf = async (domain: string) =>
      (await registry.registry.tokens.create(domain, 60, "test")).token;
    const [web, other, gateway] = [await tokenOf("web"), await tokenOf("other"), await tokenOf("gateway")];
    const file = join(directory, "listed.graphql");
    writeFileSync(file, LISTED);
    const publish = (token: string, ...more: readonly string[]) =>
      dpg(["operations", "publish", file, "--client", "web", ...more], {
        DPG_REGISTRY_URL: url,
        DPG_TOKEN: token,
      });
    expect((await publish(other)).stderr).toContain("GOVERNANCE_TEAM_ONLY");
    const done = await publish(web, "--format", "json");
    expect(JSON.parse(done.stdout).data).toMatchObject({ added: 1, removed: 0 });

    const origin = {
      feed: followOperations({ url, token: gateway }),
      lastGoodFile: join(directory, "last-good-operations.json"),
    };
    const mesh = await start("enforce", origin);
    expect((await send(mesh.url, { query: LISTED })).status).toBe(200);
    expect(await send(mesh.url, { query: ANYBODY })).toMatchObject(REFUSED);
    const listed = { client: "web", bodies: [ANYBODY], replace: true, by: "test" };
    expect(await registry.registry.operations.publish(listed)).toEqual({ added: 1, removed: 1 });
    await expect
      .poll(async () => (await send(mesh.url, { query: ANYBODY })).status, { timeout: 20_000 })
      .toBe(200);
    expect(await send(mesh.url, { query: LISTED })).toMatchObject(REFUSED);
    await mesh.stop();

    await app.close();
    const alone = await start("enforce", origin);
    expect((await send(alone.url, { query: ANYBODY })).status).toBe(200);
    expect(await send(alone.url, { query: LISTED })).toMatchObject(REFUSED);
    await alone.stop();
    const ignorant = await start("enforce", { ...origin, lastGoodFile: join(directory, "none.json") });
    expect(await send(ignorant.url, { query: ANYBODY })).toMatchObject(REFUSED);
    await ignorant.stop();
    await registry.stop();
  });
});
