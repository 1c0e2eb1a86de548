import { spawn } from "node:child_process";
import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { graphql } from "graphql";
import { UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { type Gateway, startGateway } from "../../../gateway/gateway.ts";
import { followPostgres } from "../../../gateway/registry/follow-postgres.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { createIdentitySigner } from "../../../shared/identity-token.ts";
import { createLog } from "../../../shared/log.ts";
import { ANONYMOUS } from "../../../shared/principal.ts";
import { buildSubgraphSchema } from "../../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "../../testkit/gateway-identity.ts";
import { ROOT, run } from "../../testkit/run-command.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { trust } from "../../testkit/small-mesh.ts";
import { domainSdl, startRegistry } from "../../testkit/start-registry.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const cleanUp: (() => unknown)[] = [];
const { privateKey } = generateKeyPairSync("ed25519");
let gateway: Gateway;
let issuer: TokenIssuer;
let deployToken: string;
let subgraph: string;

beforeAll(async () => {
  const mesh = await startRegistry();
  cleanUp.push(() => mesh.stop());
  issuer = await TokenIssuer.start();
  cleanUp.push(() => issuer.stop());
  const directory = await scratchDirectory((remove) => cleanUp.push(remove));
  const orders = domainSdl("Order", "total: Int");
  await mesh.publish("order", orders, await serveOrders(orders));
  const config = readConfig(null, {});
  const identity = { privateKey: String(privateKey.export({ format: "pem", type: "pkcs8" })) };
  gateway = await startGateway({
    config: { ...config, port: 0, identity, auth: { ...config.auth, issuers: [trust(issuer)] } },
    follow: {
      feed: followPostgres(mesh.registry.store, mesh.database.applicationUrl),
      publicKey: mesh.publicKey,
      lastGoodFile: join(directory, "last-good.json"),
      pollMs: 60_000,
    },
    extensions: [{ prefix: "/registry/v1", register: (app) => registryRoutes(app, mesh.registry) }],
    log: createLog({ name: "gateway", level: "silent" }),
  });
  cleanUp.push(() => gateway.stop());
  deployToken = (await mesh.registry.tokens.create("shipping", 3600, "test")).token;
  subgraph = await startPlainSubgraph(`${gateway.url}/.well-known/jwks.json`);
});
afterAll(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

async function serveOrders(sdl: string): Promise<string> {
  const order = { __typename: "Order", id: "7", total: 12 };
  const schema = buildSubgraphSchema(sdl, {
    Query: { order: () => order },
    Order: { __resolveReference: () => order },
  });
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request));
    const answer = await graphql({ schema, source: query, variableValues: variables });
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${portOf(server.address())}/graphql`;
}

/** As a process of its own, that knows of the gateway nothing but where its keys are. */
async function startPlainSubgraph(jwksUrl: string): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, "test/testkit/plain-subgraph.mjs")], {
    env: { PATH: process.env.PATH, JWKS_URL: jwksUrl },
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanUp.push(() => child.kill("SIGTERM"));
  const port = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data))),
  );
  return `http://127.0.0.1:${port.trim()}/graphql`;
}

async function send(url: string, query: string, authorization?: string) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...JSON.parse(await response.text()) };
}

const JOIN = "{ order(id: 7) { total shipment { carrier askedBy } } }";

test("a subgraph of plain Node is published with curl, and the gateway joins it without a restart", async () => {
  const { data: service } = await send(subgraph, "{ _service { sdl } }", `Bearer ${tokenFor("shipping")}`);
  const body = JSON.stringify({ sdl: service._service.sdl, url: subgraph, reason: "by hand" });
  const { stdout } = await run("curl", [
    ...["-sS", "-X", "PUT", `${gateway.url}/registry/v1/subgraphs/shipping`],
    ...["-H", `authorization: Bearer ${deployToken}`, "-H", "content-type: application/json", "-d", body],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ data: { generation: 2, changed: true } });
  await expect
    .poll(() => send(`${gateway.url}/graphql`, JOIN), { timeout: 5000 })
    .toEqual({
      status: 200,
      data: { order: { total: 12, shipment: { carrier: "Carrier of 7", askedBy: null } } },
    });
  const asked = await send(`${gateway.url}/graphql`, JOIN, `Bearer ${issuer.token({ sub: "ada" })}`);
  expect(asked.data.order.shipment.askedBy).toBe("ada");
});

test.each<readonly [string, () => string | undefined]>([
  ["nothing", () => undefined],
  ["the caller's own token", () => issuer.token()],
  ["a token for another subgraph", () => tokenFor("order")],
  [
    "a token of another key under the gateway's key id",
    () => forgedBy(generateKeyPairSync("ed25519").privateKey),
  ],
  ["an unsigned token", () => new UnsecuredJWT({ sub: "x" }).setAudience("shipping").encode()],
  ["a token whose claims were changed", () => withClaims(tokenFor("shipping"), { sub: "root" })],
  ["a token with a changed claim, signed again by nobody", () => `${tokenFor("shipping").slice(0, -4)}AAAA`],
  ["a token that has expired", () => signedAgain(withClaims(tokenFor("shipping"), { exp: 1 }))],
])("it answers 401 to %s, by the published keys alone", async (_, token) => {
  const bearer = token();
  const answer = await send(subgraph, "{ _service { sdl } }", bearer && `Bearer ${bearer}`);
  expect(answer).toEqual({ status: 401, errors: [{ message: "Only the gateway" }] });
});

function tokenFor(audience: string): string {
  return sign(audience, privateKey);
}

function forgedBy(key: typeof privateKey): string {
  return sign("shipping", key);
}

let keyId = "";
beforeAll(async () => {
  const { keys } = JSON.parse(await (await fetch(`${gateway.url}/.well-known/jwks.json`)).text());
  keyId = keys[0].kid;
});

function sign(audience: string, key: typeof privateKey): string {
  const signer = createIdentitySigner({ privateKey: key, keyId });
  return signer.sign({ audience, principal: ANONYMOUS, purpose: null, rowClaims: [] });
}

function withClaims(token: string, claims: object): string {
  const [head, body = "", signature] = token.split(".");
  const changed = { ...JSON.parse(Buffer.from(body, "base64url").toString()), ...claims };
  return [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}

/** With a signature that fits. */
function signedAgain(token: string): string {
  const text = token.slice(0, token.lastIndexOf("."));
  return `${text}.${signBytes(null, Buffer.from(text), privateKey).toString("base64url")}`;
}
