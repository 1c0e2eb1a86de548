import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RoverRegistry, startRoverRegistry } from "../testkit/rover-registry.ts";
import { run } from "../testkit/run-command.ts";
import { domainSdl } from "../testkit/start-registry.ts";
import { usageBatchOf, usageCountOf } from "../testkit/usage-batches.ts";

/** Kept out of the lock file: only this test needs it. */
const ROVER = "@apollo/rover@0.41.0";
const PET = domainSdl("Pet", "name: String age: Int");
const PET_WITHOUT_AGE = domainSdl("Pet", "name: String");
const MASKED = domainSdl("Person", `email: String @mask(strategy: EMAIL, unlessScopes: ["pii"])`);

describe("the Rover command line, as it comes from npm", () => {
  let mesh: RoverRegistry;
  const folder = mkdtempSync(join(tmpdir(), "dpg-rover-"));
  const command = join(folder, `node_modules/@apollo/rover-${process.platform}-${process.arch}/rover`);

  beforeAll(async () => {
    mesh = await startRoverRegistry();
    const { code, stderr } = await run("npm", [
      "i",
      "--prefix",
      folder,
      "--no-audit",
      "--no-fund",
      "--force",
      ROVER,
    ]);
    expect([code, stderr]).toEqual([0, expect.anything()]);
  });
  afterAll(async () => {
    await mesh.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As the bearer of a deploy token of the domain. */
  async function rover(domain: string | null, ...args: readonly string[]) {
    return run(command, ["--skip-update-check", ...args], {
      APOLLO_REGISTRY_URL: mesh.url,
      APOLLO_KEY: domain === null ? "service:mesh:nonsense" : `service:mesh:${await mesh.tokenOf(domain)}`,
      APOLLO_TELEMETRY_DISABLED: "1",
      APOLLO_CONFIG_HOME: folder,
      NO_COLOR: "1",
    });
  }

  function file(name: string, sdl: string): string {
    writeFileSync(join(folder, name), sdl);
    return join(folder, name);
  }

  const publish = (domain: string, name: string, sdl: string) => [
    ...["subgraph", "publish", "mesh@current", "--name", name, "--schema", file(`${name}.graphql`, sdl)],
    ...["--routing-url", `http://127.0.0.1:1/${domain}`],
  ];

  test("whoami knows the token", async () => {
    const { code, stdout, stderr } = await rover("pet", "config", "whoami");
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("pet")]);
  });

  test("publishes, checks, fetches and lists a subgraph, and fetches the supergraph", async () => {
    expect(await rover("pet", ...publish("pet", "pet", PET))).toMatchObject({ code: 0 });
    expect((await mesh.registry.store.head())?.members).toMatchObject([
      { name: "pet", sdl: PET, version: 1 },
    ]);

    const check = await rover(
      "pet",
      ...["subgraph", "check", "mesh@current", "--name", "pet"],
      ...["--schema", file("more.graphql", domainSdl("Pet", "name: String age: Int more: Int"))],
    );
    expect([check.code, check.stdout + check.stderr]).toEqual([0, expect.any(String)]);

    const fetched = await rover("pet", "subgraph", "fetch", "mesh@current", "--name", "pet");
    expect([fetched.code, fetched.stdout.trim()]).toEqual([0, PET.trim()]);
    expect((await rover("pet", "subgraph", "list", "mesh@current")).stdout).toContain(
      "http://127.0.0.1:1/pet",
    );
    const supergraph = await rover("pet", "supergraph", "fetch", "mesh@current");
    const head = await mesh.registry.store.head();
    expect(supergraph.stdout.trim()).toBe(JSON.parse(head?.content ?? "{}").supergraph.trim());
  });

  test("--format json says the same to scripts", async () => {
    const { stdout } = await rover("pet", "subgraph", "list", "mesh@current", "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ data: { subgraphs: [{ name: "pet" }] }, error: null });
  });

  test("a schema that does not compose is refused by check and by publish, with the reason", async () => {
    const broken = domainSdl("Pet", "name: Nowhere");
    const checked = await rover(
      "pet",
      ...["subgraph", "check", "mesh@current", "--name", "pet", "--schema", file("broken.graphql", broken)],
    );
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([1, expect.stringContaining("Nowhere")]);
    const { code, stdout, stderr } = await rover("pet", ...publish("pet", "pet", broken));
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining("Nowhere")]);
    expect((await mesh.registry.store.head())?.number).toBe(1);
  });

  test("a loosened mask is refused by check and by publish, with the rule's name", async () => {
    expect(await rover("person", ...publish("person", "person", MASKED))).toMatchObject({ code: 0 });
    const loose = MASKED.replace(`["pii"]`, `["pii", "everybody"]`);
    const checked = await rover(
      "person",
      ...["subgraph", "check", "mesh@current", "--name", "person", "--schema", file("loose.graphql", loose)],
    );
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([
      1,
      expect.stringContaining("GOVERNANCE_LOOSENED"),
    ]);
    const published = await rover("person", ...publish("person", "person", loose));
    expect([published.code, published.stderr]).toEqual([1, expect.stringContaining("GOVERNANCE_LOOSENED")]);
    const fetched = await rover("person", "subgraph", "fetch", "mesh@current", "--name", "person");
    expect(fetched.stdout.trim()).toBe(MASKED.trim());
  });

  test("a removed field is refused by check where no usage says that nobody asks for it", async () => {
    const { code, stdout, stderr } = await rover(
      "pet",
      ...["subgraph", "check", "mesh@current", "--name", "pet"],
      ...["--schema", file("less.graphql", PET_WITHOUT_AGE)],
    );
    expect([code, stdout + stderr]).toEqual([1, expect.stringMatching(/BREAKING_CHANGE[\s\S]*age/)]);
  });

  test("another domain's token and no token are refused", async () => {
    const stolen = await rover("pet", ...publish("person", "person", MASKED));
    expect([stolen.code, stolen.stderr]).toEqual([
      1,
      expect.stringContaining("no subgraph of the domain pet"),
    ]);
    for (const args of [["subgraph", "list", "mesh@current"], publish("pet", "pet", PET)])
      expect((await rover(null, ...args)).code).toBe(1);
  });

  test("deletes a subgraph only where nobody is known to need it", async () => {
    const args = ["subgraph", "delete", "mesh@current", "--name", "person", "--confirm"];
    const refused = await rover("person", ...args);
    expect([refused.code, refused.stdout + refused.stderr]).toEqual([
      1,
      expect.stringContaining("BREAKING_CHANGE"),
    ]);
    const members = async () => (await mesh.registry.store.head())?.members.map(({ name }) => name);
    expect(await members()).toEqual(["person", "pet"]);
    const seen = { name: "Pets", coordinates: ["Query.pet", "Pet", "Pet.name"], counts: [usageCountOf({})] };
    await mesh.registry.usage.record(usageBatchOf([seen]));
    const done = await rover("person", ...args);
    expect([done.code, done.stdout + done.stderr]).toEqual([0, expect.stringContaining("person")]);
    expect(await members()).toEqual(["pet"]);
  });
});
