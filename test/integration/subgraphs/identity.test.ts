import { generateKeyPairSync } from "node:crypto";
import { UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createIdentitySigner } from "../../../shared/identity-token.ts";
import { ANONYMOUS } from "../../../shared/principal.ts";
import { serveSubgraph } from "../../../shared/subgraph/serve-subgraph.ts";
import { templateSubgraph } from "../../../subgraphs/template/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { startSubgraph, type TestSubgraph, testSettings } from "../../testkit/start-domain.ts";

let gateway: GatewayIdentity;
let subgraph: TestSubgraph;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  subgraph = await startSubgraph("template", templateSubgraph, gateway, null);
});
afterAll(async () => {
  await subgraph.stop();
  await gateway.stop();
});

const QUERY = JSON.stringify({ query: "{ templateItems { id } }" });
const ENTITIES = JSON.stringify({
  query: `{ _entities(representations: [{ __typename: "TemplateItem", id: "T1" }]) { __typename } }`,
});

const post = (headers: Record<string, string>, body = QUERY, url = subgraph.url) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });

describe("hardening 58: a subgraph called directly", () => {
  const stranger = createIdentitySigner({
    privateKey: generateKeyPairSync("ed25519").privateKey,
    keyId: "test-key",
  });
  const request = { audience: "template", principal: ANONYMOUS, purpose: null, rowClaims: [] };

  it.each<readonly [string, () => Promise<Record<string, string>>]>([
    ["without identity", async () => ({})],
    [
      "with a key that is not the gateway's",
      async () => ({ authorization: `Bearer ${await stranger.sign(request)}` }),
    ],
    [
      "with another subgraph's token",
      async () => ({ authorization: `Bearer ${await gateway.tokenFor("order")}` }),
    ],
    [
      "with an unsigned token",
      async () => ({
        authorization: `Bearer ${new UnsecuredJWT({ sub: "x" }).setAudience("template").encode()}`,
      }),
    ],
    [
      "with the token under another scheme",
      async () => ({ authorization: `Basic ${await gateway.tokenFor("template")}` }),
    ],
    ["with a token of 12 kB", async () => ({ authorization: `Bearer a.${"a".repeat(12_000)}.a` })],
    ["with the token elsewhere", async () => ({ "x-identity": await gateway.tokenFor("template") })],
  ])("answers 401 %s, whatever is asked", async (_name, headers) => {
    for (const body of [
      QUERY,
      ENTITIES,
      '{"query":"{ _service { sdl } }"}',
      '{"query":"{ __schema { types { name } } }"}',
      "{}",
      "{",
    ]) {
      const response = await post(await headers(), body);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: "A valid identity token of the gateway is required",
            extensions: { code: "SUBGRAPH_IDENTITY_REQUIRED" },
          },
        ],
      });
      expect(response.status).toBe(401);
    }
  });

  it("answers with the gateway's token, introspection included", async () => {
    const { status, data } = await subgraph.ask("{ templateItems { id } __schema { queryType { name } } }");
    expect(status).toBe(200);
    expect(data).toEqual({
      templateItems: [{ id: "T1" }, { id: "T2" }],
      __schema: { queryType: { name: "Query" } },
    });
  });

  it("takes only POST of JSON", async () => {
    const authorization = `Bearer ${await gateway.tokenFor("template")}`;
    const get = await fetch(`${subgraph.url}?query={templateItems{id}}`, { headers: { authorization } });
    expect(get.status).toBe(404);
    const text = await post({ authorization, "content-type": "text/plain" });
    expect(text.status).toBe(415);
    const broken = await post({ authorization }, "{");
    expect([broken.status, await broken.json()]).toEqual([
      400,
      { errors: [{ message: expect.any(String), extensions: { code: "BAD_REQUEST" } }] },
    ]);
  });

  it("says on health, to anybody, that it lives and is ready", async () => {
    for (const path of ["/health/live", "/health/ready"]) {
      expect((await fetch(new URL(path, subgraph.url))).status).toBe(200);
    }
  });

  it("gives the gateway's request id back, and one of its own for what is no id", async () => {
    const { headers } = await subgraph.ask("{ __typename }", { headers: { "x-request-id": "abc-123" } });
    expect(headers.get("x-request-id")).toBe("abc-123");
    const other = await subgraph.ask("{ __typename }", { headers: { "x-request-id": "a b" } });
    expect(other.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it("starts before the gateway, refuses meanwhile with 503, and recovers unaided", async () => {
  const reserved = await startGatewayIdentity();
  await reserved.stop();
  const early = await serveSubgraph(templateSubgraph, testSettings({ gatewayJwksUrl: reserved.jwksUrl }));
  const headers = { authorization: `Bearer ${await gateway.tokenFor("template")}` };
  const response = await post(headers, QUERY, early.url);
  expect([response.status, await response.json()]).toEqual([
    503,
    { errors: [{ message: expect.any(String), extensions: { code: "IDENTITY_PROVIDER_UNAVAILABLE" } }] },
  ]);
  const late = await startGatewayIdentity("late-key", Number(new URL(reserved.jwksUrl).port));
  await vi.waitFor(
    async () => {
      const authorization = `Bearer ${await late.tokenFor("template")}`;
      expect((await post({ authorization }, QUERY, early.url)).status).toBe(200);
    },
    { timeout: 5_000 },
  );
  await early.stop();
  await late.stop();
});
