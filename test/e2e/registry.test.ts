import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../testkit/free-port.ts";
import { dpg, ROOT, run } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const JOIN = `{ orders(first: 2) { nodes { id region shipment { carrier } } } }`;

describe("a domain team ships a subgraph", () => {
  let mesh: Mesh;
  let port: number;
  let service: ChildProcess | null = null;
  const tokens = { shipping: "", customer: "", governance: "" };
  const workspace = mkdtempSync(join(tmpdir(), "dpg-team-"));
  const schema = join(workspace, "subgraphs/shipping/schema.graphql");

  beforeAll(async () => {
    mesh = await Mesh.start({ env: { DEMO: "off" } });
    port = await freePort();
    for (const domain of ["shipping", "customer", "governance"] as const)
      tokens[domain] = await mesh.token("--deploy", domain);
    for (const name of ["shared", "node_modules", "package.json", "tsconfig.json"])
      symlinkSync(join(ROOT, name), join(workspace, name));
  });
  afterAll(async () => {
    service?.kill("SIGTERM");
    await mesh.remove();
    rmSync(workspace, { recursive: true, force: true });
  });

  /** A command against the registry of this mesh. */
  function team(domain: keyof typeof tokens | null, ...args: readonly string[]) {
    const token = domain === null ? {} : { DPG_TOKEN: tokens[domain] };
    return dpg(args, { DPG_DATA_DIR: mesh.dataDirectory, ...token });
  }

  function shipping(verb: string) {
    return [
      "subgraph",
      verb,
      "--name",
      "shipping",
      "--schema",
      schema,
      "--routing-url",
      `http://127.0.0.1:${port}/graphql`,
    ];
  }

  test("scaffolds it, and extends Order with a shipment", async () => {
    const { code } = await run(
      process.execPath,
      [join(ROOT, "gateway/commands/dpg.mjs"), "subgraph", "new", "shipping"],
      {},
      workspace,
    );
    expect(code).toBe(0);
    writeFileSync(
      schema,
      `${readFileSync(schema, "utf8")}
"An order, as far as shipping knows it."
type Order @key(fields: "id") {
  "Stable id."
  id: ID!
  "How the order travels."
  shipment: Shipment
}

"One parcel."
type Shipment @owner(team: "shipping-domain", contact: "shipping-domain@example.com") {
  "Who carries it."
  carrier: String!
}
`,
    );
    const file = join(workspace, "subgraphs/shipping/resolvers.ts");
    const resolvers = readFileSync(file, "utf8").replace(
      "  Query: {",
      `  Order: { __resolveReference: ({ id }) => ({ id }), shipment: () => ({ carrier: "Hermes" }) },\n  Query: {`,
    );
    writeFileSync(file, resolvers);
    expect(resolvers).toContain("Hermes");
    service = spawn(process.execPath, ["--import", "tsx", "subgraphs/shipping/main.ts"], {
      cwd: workspace,
      env: { ...process.env, PORT: String(port), DPG_GATEWAY_JWKS_URL: `${mesh.url}/.well-known/jwks.json` },
      stdio: "inherit",
    });
    await until(() =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  });

  test("checks and publishes it, and the gateway answers the join without a restart", async () => {
    expect((await mesh.query(JOIN, { persona: "support-emea" })).status).toBe(400);
    expect(await team("shipping", ...shipping("check"))).toMatchObject({
      code: 0,
      stdout: "shipping can be published.\n",
    });
    const { code, stdout, stderr } = await team(
      "shipping",
      ...shipping("publish"),
      "--reason",
      "first",
      "--format",
      "json",
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      json_version: "1",
      data: { generation: 2, changed: true },
      error: null,
    });
    const since = performance.now();
    await until(async () => (await mesh.query(JOIN, { persona: "support-emea" })).status === 200);
    expect(performance.now() - since).toBeLessThan(2000);
    const { data, errors } = await mesh.query(JOIN, { persona: "support-emea" });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      orders: {
        nodes: [{ region: "EMEA", shipment: { carrier: "Hermes" } }, { shipment: { carrier: "Hermes" } }],
      },
    });
  });

  test("gives back what is published", async () => {
    expect((await team("shipping", "subgraph", "fetch", "--name", "shipping")).stdout).toBe(
      readFileSync(schema, "utf8"),
    );
    expect((await team("shipping", "subgraph", "list")).stdout).toMatch(
      /^catalog\tv1\thttp[^\n]+\ncustomer\tv1\thttp[^\n]+\norder\t[^\n]+\nproduct\t[^\n]+\nshipping\tv1\t/,
    );
    expect((await team("shipping", "supergraph", "fetch")).stdout).toContain("join__Graph");
    const { data } = JSON.parse((await team("shipping", "supergraph", "history", "--format", "json")).stdout);
    expect(data.history).toMatchObject([
      { number: 2, author: expect.stringMatching(/^shipping\//), reason: "first" },
      { number: 1, author: "npm start" },
    ]);
  });

  test("62: refuses a loosened mask with code, place, cause and remedy, until the governance team approves it", async () => {
    const loose = join(workspace, "customer.graphql");
    const { stdout: sdl } = await team("customer", "subgraph", "fetch", "--name", "customer");
    const changed = sdl.replace(
      /@mask\(strategy: EMAIL[^)]*\)/,
      `@mask(strategy: EMAIL, unlessScopes: ["customer:pii", "catalog:read"])`,
    );
    expect(changed).not.toBe(sdl);
    writeFileSync(loose, changed);
    const args = ["--name", "customer", "--schema", loose];
    const refused = await team("customer", "subgraph", "publish", ...args);
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(
      /error\[GOVERNANCE_LOOSENED\].*Customer\.email.*\n {2}remedy:[\s\S]*cause:[\s\S]*remedy:/,
    );
    const json = await team("customer", "subgraph", "check", ...args, "--format", "json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: "GOVERNANCE_LOOSENED" },
      data: { accepted: false },
    });
    const github = await team("customer", "subgraph", "check", ...args, "--format", "github");
    expect(github.stdout).toMatch(
      new RegExp(`::error file=${loose},line=\\d+,col=\\d+,title=GOVERNANCE_LOOSENED::`),
    );
    expect((await team("customer", "subgraph", "check", ...args, "--approve")).stderr).toContain(
      "GOVERNANCE_TEAM_ONLY",
    );
    expect(await team("governance", "subgraph", "check", ...args, "--approve")).toMatchObject({ code: 0 });
    expect(await team("customer", "subgraph", "publish", ...args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("generation 3"),
    });
  });

  test("62: refuses another domain's token and no token, with exit code 1", async () => {
    const args = [
      "subgraph",
      "publish",
      "--name",
      "customer",
      "--schema",
      schema,
      "--routing-url",
      "http://127.0.0.1:1/",
    ];
    const other = await team("shipping", ...args, "--format", "json");
    expect([other.code, JSON.parse(other.stdout).error.code]).toEqual([1, "SUBGRAPH_NOT_YOURS"]);
    expect(await team(null, ...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("DEPLOY_TOKEN_INVALID"),
    });
  });

  test("120: rolls back, as the governance team, to what was served before", async () => {
    const before = await team("shipping", "supergraph", "fetch", "--generation", "2");
    expect((await team("shipping", "supergraph", "rollback", "--generation", "2")).code).toBe(1);
    expect(
      await team("governance", "supergraph", "rollback", "--generation", "2", "--reason", "leak"),
    ).toMatchObject({ code: 0 });
    expect((await team("shipping", "supergraph", "fetch")).stdout).toBe(before.stdout);
  });

  test("serves a second gateway that follows the registry over HTTP, its key pinned", async () => {
    const key = join(workspace, "registry.pem");
    writeFileSync(key, (await team("shipping", "registry", "key")).stdout);
    const own = await freePort();
    const args = ["--registry", mesh.url, "--registry-key", key, "--port", String(own)];
    const second = spawn(process.execPath, ["gateway/commands/dpg.mjs", "serve", ...args], {
      cwd: ROOT,
      env: { ...process.env, DPG_TOKEN: tokens.shipping, DPG_DATA_DIR: workspace, LOG_LEVEL: "error" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const ended = new Promise((resolve) => second.once("exit", resolve));
    const ask = () =>
      fetch(`http://127.0.0.1:${own}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: `{ __type(name: "Shipment") { name } }` }),
      }).then(
        (response) => response.text(),
        () => "",
      );
    await until(async () => (await ask()).includes(`"name":"Shipment"`));
    // The console's registry page asks through this gateway then; this one trusts no issuer, so nobody is a steward.
    const page = await fetch(`http://127.0.0.1:${own}/console/session.json`);
    expect(await page.json()).toMatchObject({ registry: "followed" });
    expect((await fetch(`http://127.0.0.1:${own}/governance/registry/history`)).status).toBe(401);
    second.kill("SIGTERM");
    await ended;
  });

  test("ends a deploy token at once", async () => {
    const { stdout } = await team(
      "governance",
      "registry",
      "token",
      "create",
      "--domain",
      "shipping",
      "--format",
      "json",
    );
    const { data } = JSON.parse(stdout);
    const list = (token: string) =>
      dpg(["subgraph", "list"], { DPG_DATA_DIR: mesh.dataDirectory, DPG_TOKEN: token });
    expect((await list(data.token)).code).toBe(0);
    expect((await team("governance", "registry", "token", "revoke", "--id", data.id)).code).toBe(0);
    expect(await list(data.token)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("DEPLOY_TOKEN_INVALID"),
    });
  });

  test("keeps what was published over a restart", async () => {
    const { port: own, dataDirectory } = mesh;
    await mesh.terminate();
    mesh = await Mesh.start({ port: own, dataDirectory });
    expect(await mesh.query(JOIN, { persona: "support-emea" })).toMatchObject({
      errors: [],
      data: { orders: { nodes: [{ shipment: { carrier: "Hermes" } }, {}] } },
    });
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("it did not happen within 20 seconds");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
