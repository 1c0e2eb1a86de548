import { request } from "node:http";
import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { query } from "../../testkit/query.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

const PET = domainSdl("Pet", "name: String");
const URL_OF_PET = "http://127.0.0.1:1/graphql";

describe("the registry over HTTP", () => {
  let mesh: TestRegistry;
  let address: string;
  const app = fastify();
  const tokens = { pet: "", person: "", governance: "" };
  beforeAll(async () => {
    mesh = await startRegistry();
    await app.register((scope) => registryRoutes(scope, mesh.registry), { prefix: "/registry/v1" });
    address = await app.listen({ port: 0, host: "127.0.0.1" });
    for (const domain of ["pet", "person", "governance"] as const)
      tokens[domain] = (await mesh.registry.tokens.create(domain, 3600, "test")).token;
  });
  afterAll(async () => {
    await app.close();
    await mesh.stop();
  });

  async function send(method: string, path: string, token: string | null, body?: object | string) {
    const response = await fetch(`${address}/registry/v1${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const { data, error } = JSON.parse(await response.text());
    return { status: response.status, data, error };
  }

  test("publishes, lists and gives back a subgraph", async () => {
    expect(await send("PUT", "/subgraphs/pet", tokens.pet, { sdl: PET, url: URL_OF_PET })).toMatchObject({
      status: 200,
      data: { generation: 1 },
    });
    expect((await send("GET", "/subgraphs", tokens.person)).data).toEqual([
      { name: "pet", version: 1, url: URL_OF_PET },
    ]);
    expect((await send("GET", "/subgraphs/pet", tokens.pet)).data).toMatchObject({ sdl: PET });
    expect((await send("GET", "/subgraphs/none", tokens.pet)).error.code).toBe("SUBGRAPH_NOT_FOUND");
    expect((await send("GET", "/supergraph", tokens.pet)).data).toMatchObject({
      number: 1,
      artifact: { hash: expect.any(String) },
    });
  });

  test.each([
    ["GET", "/subgraphs"],
    ["PUT", "/subgraphs/pet"],
    ["DELETE", "/subgraphs/pet"],
    ["POST", "/rollback"],
    ["POST", "/tokens"],
    ["GET", "/supergraph"],
  ])("62: answers 401 to %s %s without a token, or with one that nobody gave out", async (method, path) => {
    for (const token of [null, "", "dpgd_guessed", "x".repeat(5000)])
      expect(await send(method, path, token, method === "GET" ? undefined : {})).toMatchObject({
        status: 401,
        error: { code: "DEPLOY_TOKEN_INVALID", remedy: expect.any(String) },
      });
  });

  test("62: answers 403 to another domain's token, and records the attempt", async () => {
    expect(await send("PUT", "/subgraphs/pet", tokens.person, { sdl: PET, url: URL_OF_PET })).toMatchObject({
      status: 403,
      error: { code: "SUBGRAPH_NOT_YOURS" },
    });
    expect(await send("DELETE", "/subgraphs/pet", tokens.person)).toMatchObject({ status: 403 });
    expect(await send("PUT", "/subgraphs/petrol", tokens.pet, { sdl: PET, url: URL_OF_PET })).toMatchObject({
      status: 403,
    });
    expect(await send("POST", "/rollback", tokens.pet, { generation: 1 })).toMatchObject({
      status: 403,
      error: { code: "GOVERNANCE_TEAM_ONLY" },
    });
    expect(await send("POST", "/tokens", tokens.pet, { domain: "pet", seconds: 60 })).toMatchObject({
      status: 403,
    });
    expect(await send("GET", "/acts", tokens.pet)).toMatchObject({ status: 403 });
    const { data } = await send("GET", "/acts", tokens.governance);
    expect(data).toContainEqual(
      expect.objectContaining({
        actor: expect.stringMatching(/^person\//),
        subject: "pet",
        outcome: "SUBGRAPH_NOT_YOURS",
      }),
    );
  });

  test("62: a domain takes no name but its own, until the governance team grants it", async () => {
    const body = { sdl: domainSdl("Toy", "name: String"), url: URL_OF_PET };
    for (const name of ["pet-toys", "pet_toys", "toys", "person-pets"])
      for (const [method, path] of [
        ["PUT", `/subgraphs/${name}`],
        ["POST", `/subgraphs/${name}/check`],
      ] as const)
        expect(await send(method, path, tokens.pet, body)).toMatchObject({
          status: 403,
          error: { code: "SUBGRAPH_NOT_YOURS", remedy: expect.stringContaining("dpg registry grant") },
        });
    const grant = (token: string, domain: string, name = "pet-toys") =>
      send("PUT", `/subgraphs/${name}/domain`, token, { domain });
    expect(await grant(tokens.pet, "pet")).toMatchObject({ status: 403 });
    expect(await grant(tokens.governance, "gateway")).toMatchObject({
      status: 400,
      error: { code: "USAGE" },
    });
    expect(await grant(tokens.governance, "governance")).toMatchObject({ status: 400 });
    expect(await grant(tokens.governance, "pet", "__proto__")).toMatchObject({ status: 400 });
    expect(await grant(tokens.governance, "pet")).toMatchObject({ status: 200 });
    expect(await send("PUT", "/subgraphs/pet-toys", tokens.pet, body)).toMatchObject({ status: 200 });
    const { token } = await mesh.registry.tokens.create("pet-toys", 3600, "test");
    expect(await send("PUT", "/subgraphs/pet-toys", token, body)).toMatchObject({ status: 403 });
    expect(await grant(tokens.governance, "person")).toMatchObject({ status: 200 });
    expect(await send("PUT", "/subgraphs/pet-toys", tokens.pet, body)).toMatchObject({ status: 403 });
    expect(await send("POST", "/subgraphs/pet-toys/check", tokens.person, body)).toMatchObject({
      status: 200,
    });
    const { data } = await send("GET", "/acts", tokens.governance);
    expect(data).toContainEqual(
      expect.objectContaining({ verb: "grant", subject: "pet-toys to person", outcome: "done" }),
    );
    expect(data).toContainEqual(
      expect.objectContaining({ verb: "grant", subject: "pet-toys to pet", outcome: "GOVERNANCE_TEAM_ONLY" }),
    );
  });

  test("62: answers 413 to a schema of 50 MB, without reading it", async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${tokens.pet}`,
        "content-type": "application/json",
        "content-length": 50_000_000,
      };
      const sent = request(`${address}/registry/v1/subgraphs/pet`, { method: "PUT", headers }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.once("error", reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
    const body = { sdl: "#".repeat(5_000_001), url: URL_OF_PET };
    expect(await send("PUT", "/subgraphs/pet", tokens.pet, body)).toMatchObject({ status: 413 });
  });

  test.each([
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "http://2130706433/",
    "http://[::ffff:127.0.0.1]/",
  ])("61: refuses the routing URL %s", async (url) => {
    expect(await send("PUT", "/subgraphs/pet", tokens.pet, { sdl: PET, url })).toMatchObject({
      status: 400,
      error: { code: "ROUTING_URL_REFUSED" },
    });
  });

  test.each([
    ["GET", "/supergraph?generation=99999999999", undefined],
    ["POST", "/rollback", { generation: 99_999_999_999 }],
    ["PUT", "/subgraphs/pet", { sdl: `${PET} # \0`, url: URL_OF_PET }],
    ["PUT", "/subgraphs/pet", { sdl: `${PET} # reason`, url: URL_OF_PET, reason: "\0" }],
    ["POST", "/tokens/revoke", { id: "\0" }],
  ])(
    "says that it is the request, not the registry, of what no table holds: %s %s",
    async (method, path, body) => {
      const { status, error } = await send(method, path, tokens.governance, body);
      expect([status, error.code]).toEqual([400, "BAD_USER_INPUT"]);
    },
  );

  test("refuses names and bodies that are none", async () => {
    expect(
      await send("PUT", "/subgraphs/__proto__", tokens.governance, { sdl: PET, url: URL_OF_PET }),
    ).toMatchObject({ status: 400, error: { code: "BAD_USER_INPUT" } });
    expect(await send("PUT", "/subgraphs/pet", tokens.pet, "{")).toMatchObject({
      status: 400,
      error: { code: "BAD_USER_INPUT" },
    });
    expect(await send("PUT", "/subgraphs/pet", tokens.pet, { url: URL_OF_PET })).toMatchObject({
      status: 400,
    });
  });

  test("ends a token when it expires or is revoked, and stores no token's text", async () => {
    const { data } = await send("POST", "/tokens", tokens.governance, { domain: "pet", seconds: 3600 });
    expect(await send("GET", "/subgraphs", data.token)).toMatchObject({ status: 200 });
    expect(await send("POST", "/tokens/revoke", tokens.governance, { id: data.id })).toMatchObject({
      data: { revoked: true },
    });
    expect(await send("GET", "/subgraphs", data.token)).toMatchObject({ status: 401 });
    const brief = await mesh.registry.tokens.create("pet", 3600, "test");
    await query(mesh.database.ownerUrl, "UPDATE deploy_token SET expires_at = now() WHERE id = $1", [
      brief.id,
    ]);
    expect(await send("GET", "/subgraphs", brief.token)).toMatchObject({ status: 401 });
    const stored = JSON.stringify(
      await query(
        mesh.database.ownerUrl,
        "SELECT t::text, (SELECT json_agg(act) FROM act)::text FROM deploy_token t",
      ),
    );
    for (const token of [data.token, brief.token, tokens.pet]) expect(stored).not.toContain(token);
    expect((await send("GET", "/tokens", tokens.governance)).data.length).toBe(6);
  });
});

test("61: in production a subgraph on this machine is refused", async () => {
  const mesh = await startRegistry({ production: true });
  for (const url of [
    "https://localhost/graphql",
    "https://127.0.0.1/graphql",
    "http://pets.internal/graphql",
  ])
    await expect(mesh.publish("pet", PET, url)).rejects.toMatchObject({ code: "ROUTING_URL_REFUSED" });
  expect(await mesh.publish("pet", PET, "https://pets.internal/graphql")).toMatchObject({ generation: 1 });
  await mesh.stop();
});
