import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDataHealth } from "../../../gateway/catalog/open-data-health.ts";
import { standardsRoutes } from "../../../gateway/catalog/standards/standards-routes.ts";
import { registryRoutes } from "../../../gateway/registry/routes.ts";
import { roverRoutes } from "../../../gateway/registry/rover/rover-routes.ts";
import { createLog } from "../../../shared/log.ts";
import { deployerOf, STEWARD, startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

const METRICS = "/registry/v1/quality/metrics";

describe("a token of the domain metrics-reader", () => {
  let mesh: TestRegistry;
  let address: string;
  let stop: () => Promise<void>;
  const tokens = new Map<string, string>();
  /** Every route that a registry has, those of later on too. */
  const routes: { readonly method: string; readonly url: string }[] = [];
  beforeAll(async () => {
    mesh = await startRegistry();
    const { registry } = mesh;
    const app = fastify();
    app.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat()) routes.push({ method: one, url });
    });
    const log = createLog({ name: "metrics", level: "silent" });
    const health = openDataHealth({ registry, production: false, log, intervalMs: 3_600_000 });
    stop = async () => {
      await app.close();
      await health.stop();
      await mesh.stop();
    };
    await app.register((scope) => registryRoutes(scope, registry), { prefix: "/registry/v1" });
    await app.register((scope) => roverRoutes(scope, registry), { prefix: "/registry/rover" });
    await app.register((scope) => standardsRoutes(scope, registry), { prefix: "/catalog" });
    for (const { prefix, register } of health.routes) await app.register(register, { prefix });
    address = await app.listen({ port: 0, host: "127.0.0.1" });
    for (const domain of ["metrics-reader", "pet"])
      tokens.set(domain, (await registry.tokens.create(domain, 3600, "test")).token);
  });
  afterAll(() => stop());

  async function ask(method: string, path: string, domain: string | null) {
    const token = domain === null ? null : (tokens.get(domain) ?? "");
    const headers = token === null ? {} : { authorization: `Bearer ${token}`, "x-api-key": token };
    const response = await fetch(address + path, { method, headers });
    return { status: response.status, text: await response.text() };
  }

  test("reads the metrics of quality, as domains do, and nobody without a token", async () => {
    for (const domain of ["metrics-reader", "pet"])
      expect(await ask("GET", METRICS, domain)).toMatchObject({
        status: 200,
        text: expect.stringContaining("# TYPE dpg_quality_checks gauge"),
      });
    expect((await ask("GET", METRICS, null)).status).toBe(401);
  });

  test("gets 403 everywhere else", async () => {
    const others = routes.filter(({ url }) => url !== METRICS);
    expect(others.length).toBeGreaterThan(25);
    const open: string[] = [];
    for (const { method, url } of others) {
      const path = url.replaceAll(/:\w+/g, "a");
      const { status, text } = await ask(method, path, "metrics-reader");
      // HEAD has no body; Rover shows the errors of an answer with status 200 only.
      const isRefused = status === 403 || text.includes("METRICS_ONLY");
      if (!isRefused) open.push(`${method} ${url}`);
      // What is open is open to everybody, and says the same.
      if (!isRefused) expect(await ask(method, path, null)).toEqual({ status, text });
    }
    expect(open.every((route) => / \/catalog\//.test(route))).toBe(true);
  });

  test("is refused also where a path is of no route", async () => {
    expect(
      (await ask("GET", "/registry/v1/quality/metrics/x", "metrics-reader")).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await ask("POST", METRICS, "metrics-reader")).status).toBeGreaterThanOrEqual(400);
  });

  test("publishes nothing, whatever a subgraph is called, and owns none", async () => {
    const [token = ""] = [tokens.get("metrics-reader")];
    await expect(mesh.registry.tokens.verify(token)).rejects.toMatchObject({
      code: "METRICS_ONLY",
      status: 403,
    });
    const change = {
      name: "metrics-reader",
      source: { sdl: "type Query { a: Int }", url: "http://127.0.0.1:1/" },
    };
    await expect(
      mesh.registry.publish({ actor: deployerOf("metrics-reader"), changes: [change], reason: "" }),
    ).rejects.toMatchObject({ code: "SUBGRAPH_NOT_YOURS" });
    await expect(mesh.registry.grant(STEWARD, "pet", "metrics-reader")).rejects.toMatchObject({
      code: "USAGE",
    });
  });
});
