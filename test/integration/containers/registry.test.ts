import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { CatalogProjector } from "../../../gateway/catalog/catalog-projector.ts";
import { prepareRegistryFolder } from "../../../gateway/commands/prepare-registry-folder.ts";
import { Registry } from "../../../gateway/registry/registry.ts";
import { startEmbeddedPostgres } from "../../../shared/postgres/embedded-postgres.ts";
import { readSubgraphSettings } from "../../../shared/subgraph/settings.ts";
import { COMPOSE } from "../../testkit/compose-file.ts";
import { freePort } from "../../testkit/free-port.ts";
import { query } from "../../testkit/query.ts";
import { ROOT, run } from "../../testkit/run-command.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";

const generation = z.looseObject({ subgraphs: z.array(z.object({ name: z.string(), version: z.number() })) });

/** The services of the compose file as it says to run them, on this machine in place of their containers. */
describe("registry and gateway of docker-compose.yml", { timeout: 120_000 }, () => {
  const stops: (() => Promise<unknown>)[] = [];
  let folder: string;
  let adminUrl: string;
  const ports = { registry: 0, gateway: 0 };

  beforeAll(async () => {
    folder = await scratchDirectory((remove) => stops.push(remove));
    const server = await startEmbeddedPostgres({ dataDirectory: join(folder, "postgres"), durable: false });
    stops.push(() => server.stop());
    adminUrl = server.adminUrl;
    for (const name of ["registry", "gateway"] as const) ports[name] = await freePort();
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  /** Containers' addresses and folders as they are here. */
  function here(text: string): string {
    return text
      .replace(/^postgres:\/\/postgres:[^@]*@postgres\/postgres$/, adminUrl)
      .replace(/^postgres:\/\/(\w+):([^@]*)@postgres\/(\w+)$/, (_, user, password, database) =>
        adminUrlFor(user, password, database),
      )
      .replace(/http:\/\/(registry|gateway):4000/, (_, name: keyof typeof ports) => at(name))
      .replace(/^\/(secrets|data)/, join(folder, "$1"))
      .replace(/^dist\/(.*)\.js$/, "$1.ts")
      .replace(/^dist\//, "");
  }

  function adminUrlFor(user: string, password: string, database: string): string {
    return adminUrl
      .replace(/\/\/[^@/]*@/, `//${user}:${password}@`)
      .replace(/\/[^/?]*(\?|$)/, `/${database}$1`);
  }

  const at = (name: keyof typeof ports) => `http://127.0.0.1:${ports[name]}`;

  function commandOf(name: string): {
    readonly args: readonly string[];
    readonly env: Record<string, string>;
  } {
    const { command = [], environment = {} } = COMPOSE.services[name] ?? {};
    const env = Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, here(text)]));
    return { args: ["--import", "tsx", ...command.map(here)], env };
  }

  const prepare = () => {
    const { args, env } = commandOf("prepare-registry");
    return run(process.execPath, args, env);
  };

  /** The same in this process, which is quicker. */
  const again = (changed: { readonly publish?: string; readonly seconds?: number } = {}) =>
    prepareRegistryFolder(commandOf("prepare-registry").env, {
      folder: join(folder, "secrets"),
      publish: join(ROOT, "subgraphs/supergraph.yaml"),
      seconds: 3600,
      ...changed,
    });

  async function start(name: keyof typeof ports): Promise<void> {
    const { args, env } = commandOf(name);
    const own = { HOST: "127.0.0.1", DPG_HOST: "127.0.0.1" };
    const port = String(ports[name]);
    const child: ChildProcess = spawn(process.execPath, [...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env, ...own, [name === "gateway" ? "DPG_PORT" : "PORT"]: port },
      stdio: ["ignore", "ignore", "inherit"],
    });
    stops.push(async () => {
      child.kill("SIGKILL");
    });
    await vi.waitFor(async () => expect((await fetch(`${at(name)}/health/ready`)).status).toBe(200), {
      timeout: 90_000,
      interval: 100,
    });
  }

  const secret = (path: string) => readFileSync(join(folder, "secrets", path), "utf8");
  const history = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${at("registry")}/registry/v1/history`, { headers });
    return z.object({ data: z.array(generation) }).parse(await answer.json()).data;
  };

  test("the first start makes key and tokens for those who need them alone, and publishes domains and catalog; later ones change nothing", async () => {
    const first = await prepare();
    expect(first).toMatchObject({ code: 0, stdout: "" });
    const files = ["registry/private-key.pem", "gateway/registry.pem", "gateway/token", "governance/token"];
    const made = files.map(secret);
    for (const path of files) expect(statSync(join(folder, "secrets", path)).mode & 0o077).toBe(0);
    // Prometheus reads its own, of which it has nothing but the folder, as another user.
    const metrics = secret("metrics/token");
    expect(statSync(join(folder, "secrets/metrics/token")).mode & 0o777).toBe(0o444);
    await again();
    expect(files.map(secret)).toEqual(made);
    expect(secret("metrics/token")).toBe(metrics);

    // A token that holds no longer is replaced.
    writeFileSync(join(folder, "secrets/gateway/token"), "dpgd_revoked");
    await again();
    expect(secret("gateway/token")).not.toBe("dpgd_revoked");

    // A damaged key is not: gateways trust nothing that another one signs.
    const [key = ""] = made;
    writeFileSync(join(folder, "secrets/registry/private-key.pem"), key.slice(0, 60));
    await expect(again()).rejects.toMatchObject({ code: "DATA_DIRECTORY_UNUSABLE" });
    expect(secret("registry/private-key.pem")).toBe(key.slice(0, 60));
    writeFileSync(join(folder, "secrets/registry/private-key.pem"), key);
  });

  test("a token that ends within 30 days is renewed, before it ends; the old one holds until then", async () => {
    const registryUrl = commandOf("registry").env.DATABASE_URL ?? "";
    const endIn = (days: number) =>
      query(registryUrl, "UPDATE deploy_token SET expires_at = now() + $1 * interval '1 day'", [days]);
    const year = 365 * 24 * 3600;
    const [before, governance] = [secret("gateway/token"), secret("governance/token")];
    await endIn(31);
    await again({ seconds: year });
    expect(secret("gateway/token")).toBe(before);
    await endIn(29);
    await again({ seconds: year });
    const renewed = secret("gateway/token");
    expect(renewed).not.toBe(before);
    expect(secret("governance/token")).not.toBe(governance);
    await again({ seconds: year });
    expect(secret("gateway/token")).toBe(renewed);
    expect(statSync(join(folder, "secrets/metrics/token")).mode & 0o777).toBe(0o444);
    const { privateKey } = generateKeyPairSync("ed25519");
    const registry = new Registry({ databaseUrl: registryUrl, privateKey, production: false });
    try {
      for (const token of [before, renewed])
        expect(await registry.tokens.verify(token)).toMatchObject({ domain: "gateway" });
    } finally {
      await registry.stop();
    }
  });

  test("registry and gateway start with them, and the gateway serves what was published", async () => {
    await start("registry");
    const [served, ...others] = await history(secret("governance/token"));
    expect(others).toEqual([]);
    expect(served).toMatchObject({ number: 1, act: "publish", reason: "first start" });
    expect(served?.subgraphs.map(({ name }) => name).sort()).toEqual([
      "catalog",
      "customer",
      "order",
      "product",
    ]);
    await start("gateway");
    const session = await fetch(`${at("gateway")}/console/session.json`);
    expect(await session.json()).toMatchObject({ registry: "followed", generation: 1 });
    const schema = await fetch(`${at("gateway")}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `{ __type(name: "DataProduct") { name } }` }),
    });
    expect(await schema.json()).toEqual({ data: { __type: { name: "DataProduct" } } });
    // The catalog's connection is to the registry's database, as a role that can give itself no token.
    const { env } = commandOf("catalog");
    await expect(query(env.DATABASE_URL ?? "", "SELECT FROM deploy_token")).rejects.toMatchObject({
      code: "42501",
    });
    const projector = new CatalogProjector(env.DATABASE_URL ?? "");
    await projector.catchUp().finally(() => projector.stop());
    expect(await query(env.DATABASE_URL ?? "", "SELECT id FROM catalog_product ORDER BY id")).toEqual(
      ["catalog.products", "customer.customers", "order.orders", "product.catalog"].map((id) => ({ id })),
    );
    expect(await query(env.DATABASE_URL ?? "", "SELECT count(*)::int AS count FROM generation")).toEqual([
      { count: 1 },
    ]);
    expect(readSubgraphSettings(env)).toMatchObject({
      host: "0.0.0.0",
      gatewayJwksUrl: `${at("gateway")}/.well-known/jwks.json`,
    });
  });

  test("a new version of the program publishes its catalog, once, and nothing of the domains", async () => {
    const versions = async () => {
      const [latest] = await history(secret("governance/token"));
      const found = Object.fromEntries(latest?.subgraphs.map(({ name, version }) => [name, version]) ?? []);
      return [latest?.number, found];
    };
    const domains = { customer: 1, order: 1, product: 1 };
    const upgraded = await upgrade({ schema: "extend type Query { catalogTwo: String @authenticated }" });
    for (let starts = 0; starts < 2; starts += 1) {
      await again({ publish: upgraded });
      expect(await versions()).toEqual([2, { ...domains, catalog: 2 }]);
    }
    await again({ publish: await upgrade({ product: "# The descriptor alone is another.\n" }) });
    expect(await versions()).toEqual([3, { ...domains, catalog: 3 }]);
    // One that does not fit what domains have published leaves the registry as it is, and lets it start.
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const clash = await upgrade({ schema: "type Order { clash: Int }" });
    try {
      await again({ publish: clash });
      expect(write).toHaveBeenCalledWith(expect.stringContaining("was not published"));
    } finally {
      write.mockRestore();
    }
    expect(await versions()).toEqual([3, { ...domains, catalog: 3 }]);
  });

  test("the gateway tells the page the generation that it serves itself, also where the registry has one that it refused", async () => {
    const generation = async () => {
      const session = await fetch(`${at("gateway")}/console/session.json`);
      return z.object({ generation: z.number() }).parse(await session.json()).generation;
    };
    const patience = { timeout: 30_000, interval: 100 };
    await vi.waitFor(async () => expect(await generation()).toBe(3), patience);
    await query(
      commandOf("registry").env.DATABASE_URL ?? "",
      `INSERT INTO generation (number, artifact_hash, signature, act, author, reason)
       SELECT number + 1, artifact_hash, 'forged', act, author, reason FROM generation ORDER BY number DESC LIMIT 1`,
    );
    const refused = async () => {
      const metrics = await (await fetch(`${at("gateway")}/metrics`)).text();
      return Number(/^dpg_supergraph_refused_total (\d+)/m.exec(metrics)?.[1]);
    };
    await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(0), patience);
    expect((await history(secret("governance/token")))[0]).toMatchObject({ number: 4 });
    expect(await generation()).toBe(3);
  });

  /** The repository's domains and catalog with something added to each. */
  async function upgrade(added: { readonly schema?: string; readonly product?: string }): Promise<string> {
    const other = await scratchDirectory((remove) => stops.push(remove));
    for (const name of ["customer", "product", "order", "catalog"]) {
      mkdirSync(join(other, name));
      const from = join(ROOT, name === "catalog" ? "gateway/catalog" : `subgraphs/${name}`);
      const read = (file: string) => readFileSync(join(from, file), "utf8");
      const own = name === "catalog" ? added : { schema: "# Another version." };
      writeFileSync(join(other, name, "schema.graphql"), `${read("schema.graphql")}\n${own.schema ?? ""}`);
      writeFileSync(join(other, name, "product.yaml"), `${read("product.yaml")}\n${own.product ?? ""}`);
    }
    const config = readFileSync(join(ROOT, "subgraphs/supergraph.yaml"), "utf8");
    const file = join(other, "supergraph.yaml");
    writeFileSync(file, config.replace("../gateway/catalog/", "./catalog/"));
    return file;
  }
});
