import { createServer, type Server } from "node:http";
import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alertRoutes } from "../../../gateway/catalog/alerts/alert-routes.ts";
import { AlertStore } from "../../../gateway/catalog/alerts/alert-store.ts";
import { GOVERNANCE_DOMAIN } from "../../../gateway/registry/deploy-tokens.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { portOf } from "../../testkit/gateway-identity.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { domainSdl, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";

const PUBLIC = { greeter: { sdl: "type Query { hello: String }", resolvers: {} } };

describe("a registry elsewhere, seen through the gateway that follows it", () => {
  let issuer: TokenIssuer;
  let tested: TestRegistry;
  let mesh: SmallMesh;
  let registryUrl: string;
  const tokens = { gateway: "", governance: "", pet: "" };
  /** What reached the registry: method, path and bearer. */
  const reached: { readonly line: string; readonly bearer: string | undefined }[] = [];
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    stops.push(() => issuer.stop());
    tested = await startRegistry();
    stops.push(tested.stop);
    for (const [domain, name] of [
      ["gateway", "gateway"],
      [GOVERNANCE_DOMAIN, "governance"],
      ["pet", "pet"],
    ] as const)
      tokens[name] = (await tested.registry.tokens.create(domain, 3600, "test")).token;
    await tested.publish("pet", domainSdl("Pet", "name: String"));
    await tested.publish("pet", domainSdl("Pet", "name: String age: Int"));
    const app = fastify();
    app.addHook("onRequest", async ({ method, url, headers }) => {
      reached.push({ line: `${method} ${url}`, bearer: headers.authorization });
    });
    await app.register((scope) => registryRoutes(scope, tested.registry), { prefix: "/registry/v1" });
    await app.register((scope) => alertRoutes(scope, { registry: tested.registry, production: false }), {
      prefix: "/registry/v1/alerts",
    });
    stops.push(() => app.close());
    registryUrl = await app.listen({ port: 0, host: "127.0.0.1" });
    mesh = await follow(registryUrl, tokens.gateway);
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  async function follow(url: string, token: string): Promise<SmallMesh> {
    const started = await startSmallMesh({
      subgraphs: PUBLIC,
      issuers: [issuer],
      registry: { url: `${url}/`, token },
    });
    stops.push(started.stop);
    return started;
  }

  interface Sent {
    readonly as?: string;
    readonly deployToken?: string;
    readonly body?: object;
    readonly on?: SmallMesh;
  }

  async function ask(path: string, { as, deployToken, body, on = mesh }: Sent) {
    const response = await fetch(`${on.url}/governance/registry${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        ...(as ? { authorization: `Bearer ${as}` } : {}),
        ...(deployToken ? { "x-deploy-token": deployToken } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const answer = JSON.parse(text);
    const type = response.headers.get("content-type");
    return { status: response.status, data: answer.data, code: answer.error?.code, text, type };
  }

  const steward = () => issuer.token({ sub: "stella", scope: "governance:admin" });
  const heads = () => tested.registry.store.latestNumber();

  test("stewards see generations and what each served, read with the gateway's own token", async () => {
    const { data, type } = await ask("/history", { as: steward() });
    expect(type).toBe("application/json; charset=utf-8");
    expect(data.map(({ number, act }: Record<string, unknown>) => `${number} ${act}`)).toEqual([
      "2 publish",
      "1 publish",
    ]);
    const found = await ask("/supergraph?generation=1", { as: steward() });
    expect(found.data.artifact.supergraph).toContain("type Pet");
    expect(found.data.artifact.supergraph).not.toContain("age: Int");
    expect(reached.at(-1)?.bearer).toBe(`Bearer ${tokens.gateway}`);
    expect(await (await fetch(`${mesh.url}/console/session.json`)).json()).toMatchObject({
      registry: "followed",
    });
  });

  test("nobody else sees anything, and nothing of theirs reaches the registry", async () => {
    reached.length = 0;
    const others = [
      [undefined, 401],
      [issuer.token({ scope: "customer:pii" }), 403],
      [issuer.token({ scope: "governance:administrator xgovernance:admin" }), 403],
      [issuer.token({ scope: "governance:admin", exp: 1 }), 401],
      // A deploy token is no identity here, whosever it is.
      [tokens.governance, 401],
    ] as const;
    for (const [as, status] of others)
      for (const path of [
        ...["/history", "/supergraph?generation=1", "/acts", "/rollback", "/tokens"],
        ...["/alerts", "/alerts/1/acknowledge", "/alerts/silences"],
      ]) {
        const isAct = /rollback|acknowledge|silences/.test(path);
        const body = isAct ? { body: { generation: 1, reason: "attack" } } : {};
        const answer = await ask(path, { ...(as ? { as } : {}), ...body, deployToken: tokens.governance });
        expect([path, answer.data, answer.status]).toEqual([
          path,
          undefined,
          path === "/tokens" ? 404 : status,
        ]);
      }
    expect(reached).toEqual([]);
  });

  test("who did what, and rolling back, take the person's own deploy token of the governance team", async () => {
    const body = { generation: 1, reason: "the field is wrong" };
    reached.length = 0;
    for (const deployToken of [undefined, "two words", `x\u00e9`, "a".repeat(300)])
      for (const path of ["/acts", "/rollback"]) {
        const sent = { as: steward(), ...(deployToken ? { deployToken } : {}) };
        const answer = await ask(path, path === "/acts" ? sent : { ...sent, body });
        expect([answer.status, answer.code]).toEqual([401, "DEPLOY_TOKEN_INVALID"]);
        expect(answer.text).toContain("x-deploy-token");
      }
    expect(reached).toEqual([]);
    // A domain's, and the gateway's own if it leaks, are refused by the registry itself.
    for (const deployToken of [tokens.pet, tokens.gateway])
      expect(await ask("/rollback", { as: steward(), deployToken, body })).toMatchObject({
        status: 403,
        code: "GOVERNANCE_TEAM_ONLY",
      });
    expect(await ask("/acts", { as: steward(), deployToken: "dpgd_unknown" })).toMatchObject({
      status: 401,
      code: "DEPLOY_TOKEN_INVALID",
    });
    expect(await heads()).toBe(2);
    const done = await ask("/rollback", { as: steward(), deployToken: tokens.governance, body });
    expect(done).toMatchObject({ status: 200, data: { generation: 3 } });
    const { data: acts } = await ask("/acts?limit=5", { as: steward(), deployToken: tokens.governance });
    expect(acts.some(({ verb }: { verb: string }) => verb === "rollback")).toBe(true);
    expect(mesh.logged.join("")).toContain("a roll-back is asked of the registry");
    for (const token of Object.values(tokens)) expect(mesh.logged.join("")).not.toContain(token);
  });

  test("alerts are shown and handled with the person's own deploy token, as far as that may", async () => {
    const condition = {
      domain: "pet",
      kind: "LATENCY",
      rule: "",
      severity: "warning",
      summary: "slow",
    } as const;
    const store = new AlertStore(tested.registry.store.pool);
    await store.sync([
      { ...condition, product: "pet.pets" },
      { ...condition, product: "zoo.animals", domain: "zoo" },
    ]);
    reached.length = 0;
    const silence = { product: "pet.pets", kind: null, seconds: 60, reason: "it moves" };
    for (const [path, body] of [
      ["/alerts", undefined],
      ["/alerts/1/acknowledge", {}],
      ["/alerts/silences", silence],
    ] as const)
      expect(await ask(path, { as: steward(), ...(body ? { body } : {}) })).toMatchObject({
        status: 401,
        code: "DEPLOY_TOKEN_INVALID",
      });
    expect(reached).toEqual([]);
    const list = async (deployToken: string): Promise<readonly Record<string, unknown>[]> =>
      (await ask("/alerts?limit=50", { as: steward(), deployToken })).data;
    // The gateway's own shows nothing of any domain.
    expect(await list(tokens.gateway)).toEqual([]);
    expect((await list(tokens.pet)).map(({ product }) => product)).toEqual(["pet.pets"]);
    const all = await list(tokens.governance);
    const idOf = (product: string) => all.find((alert) => alert.product === product)?.id;
    const acknowledge = (product: string) =>
      ask(`/alerts/${idOf(product)}/acknowledge`, { as: steward(), deployToken: tokens.pet, body: {} });
    const silenceIt = (body: object) =>
      ask("/alerts/silences", { as: steward(), deployToken: tokens.pet, body });
    expect(await acknowledge("zoo.animals")).toMatchObject({ status: 404, code: "ALERT_NOT_FOUND" });
    expect(await silenceIt({ ...silence, product: "zoo.animals" })).toMatchObject({
      code: "ALERT_NOT_FOUND",
    });
    expect(await acknowledge("pet.pets")).toMatchObject({ status: 200, data: { acknowledged: true } });
    expect(await silenceIt(silence)).toMatchObject({ status: 200 });
    const left = (await list(tokens.governance)).map(({ product, acknowledgedBy, isSilenced }) => [
      product,
      acknowledgedBy === null,
      isSilenced,
    ]);
    expect(left).toEqual(
      expect.arrayContaining([
        ["pet.pets", false, true],
        ["zoo.animals", true, false],
      ]),
    );
    reached.length = 0;
    for (const path of [
      "/alerts/..%2f..%2ftokens/acknowledge",
      "/alerts/1%3fx/acknowledge",
      "/alerts/webhooks",
    ])
      expect((await ask(path, { as: steward(), deployToken: tokens.pet, body: {} })).status).toBeGreaterThan(
        399,
      );
    for (const body of [{ ...silence, all: true }, { ...silence, seconds: -1 }, []])
      expect(await silenceIt(body)).toMatchObject({ status: 400 });
    expect(reached).toEqual([]);
  });

  test("nothing but that is passed on, whatever the path or the parameters", async () => {
    reached.length = 0;
    const paths = [
      "/tokens",
      "/subgraphs",
      "/..%2f..%2fregistry/v1/tokens",
      "/history/..%2ftokens",
      "/supergraph?generation=1%26x=1",
      "/supergraph?generation=1&generation=2",
      "/supergraph",
      "/history?limit=5%0d%0aX: y",
    ];
    for (const path of paths)
      expect([path, (await ask(path, { as: steward() })).status >= 400]).toEqual([path, true]);
    const extra = { generation: 1, reason: "x", approve: true };
    expect(
      await ask("/rollback", { as: steward(), deployToken: tokens.governance, body: extra }),
    ).toMatchObject({ status: 400 });
    expect(reached).toEqual([]);
  });

  test("a registry that is away, refuses the gateway, leads elsewhere or is none is said, without its address or token", async () => {
    const lost = await follow("http://127.0.0.1:1", tokens.gateway);
    const refused = await follow(registryUrl, "dpgd_revoked");
    const odd = await serveOdd();
    const other = await follow(odd, tokens.gateway);
    for (const on of [lost, refused, other]) {
      const answer = await ask("/history", { as: steward(), on });
      expect([answer.status, answer.code]).toEqual([503, "REGISTRY_UNAVAILABLE"]);
      expect(answer.text).not.toMatch(/127\.0\.0\.1|dpgd_/);
    }
    expect(reached.filter(({ line }) => line === "elsewhere")).toHaveLength(1);
  });

  test("an answer that does not end is left, and said to be none", async () => {
    let sent = 0;
    let close = (): void => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const piece = Buffer.alloc(1024 * 1024, " ");
      response.on("close", close).on("error", () => undefined);
      const more = () => {
        if (response.destroyed) return;
        sent += piece.length;
        response.write(piece, more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(async () => void server.close());
    const on = await follow(`http://127.0.0.1:${portOf(server.address())}`, tokens.gateway);
    const answer = await ask("/history", { as: steward(), on });
    expect([answer.status, answer.code]).toEqual([503, "REGISTRY_UNAVAILABLE"]);
    await closed;
    expect(sent).toBeGreaterThan(64 * 1024 * 1024);
    expect(sent).toBeLessThan(128 * 1024 * 1024);
  });

  test("a gateway that follows none has no such routes", async () => {
    const bare = await startSmallMesh({ subgraphs: PUBLIC, issuers: [issuer] });
    stops.push(bare.stop);
    expect((await ask("/history", { as: steward(), on: bare })).status).toBe(404);
    expect(await (await fetch(`${bare.url}/console/session.json`)).json()).toMatchObject({
      registry: "none",
    });
  });

  /** Sends everybody on to where their token would be read. */
  async function serveOdd(): Promise<string> {
    const server: Server = createServer((request, response) => {
      reached.push({ line: "elsewhere", bearer: request.headers.authorization });
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stops.push(async () => void server.close());
    return `http://127.0.0.1:${portOf(server.address())}`;
  }
});
