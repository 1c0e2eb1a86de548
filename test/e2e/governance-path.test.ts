import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyRepository } from "../testkit/copy-repository.ts";
import { ROOT, run } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

/** The steps that the README shows, in order. */
const STEPS = [...section("governance-path").matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map((match) =>
  (match[1] ?? "").replace(/^ {3}/gm, ""),
);

const QUERY = `query Address { customer(id: "C0021") { name address { city } } }`;

/** The README's worked example, done in a copy of the sources: one file, one test, one line. */
describe("a rule that the governance team adds", () => {
  let folder = "";
  let mesh: Mesh;
  beforeAll(async () => {
    folder = copyRepository();
    mesh = await Mesh.start({ env: { DPG_USAGE_INTERVAL_MS: "200" } });
  });
  afterAll(async () => {
    await mesh.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a shown command in the copy. */
  function shell(command: string, root = folder) {
    return run("bash", ["-c", command], { DPG_DATA_DIR: mesh.dataDirectory }, root);
  }

  async function early(): Promise<string> {
    const token = await mesh.token("--sub", "press", "--scopes", "customer:read embargo:early");
    return `Bearer ${token}`;
  }

  test("is known to nobody before", async () => {
    const { data } = await mesh.query(QUERY, {
      persona: "analyst",
      headers: { "apollographql-client-name": "address-book" },
    });
    expect(data).toMatchObject({ customer: { address: { city: expect.any(String) } } });
    const compose = await shell("npx dpg supergraph compose --config subgraphs/supergraph.yaml --artifact");
    expect(compose.stdout).not.toContain("embargo");
  });

  test("is one file, one test and one line", async () => {
    const [rule = "", check = "", line = ""] = STEPS;
    for (const step of [rule, check]) expect((await shell(step)).code).toBe(0);
    const { code, stdout, stderr } = await shell(line);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("rror")]);
    expect(stdout).toContain("embargo.test.ts");
    const { stdout: changed } = await run("diff", [
      "-rq",
      ROOT,
      folder,
      "-x",
      "node_modules",
      "-x",
      ".*",
      "-x",
      "dist",
    ]);
    const sources = changed.split("\n").filter((text) => /(gateway|shared|subgraphs)/.test(text));
    expect(sources).toEqual([
      expect.stringMatching(/^Only in .*shared\/directives: embargo\.ts$/),
      expect.stringMatching(/^Files .*shared\/directives\/index\.ts .* differ$/),
      expect.stringMatching(/^Only in .*test\/unit\/shared\/directives: embargo\.test\.ts$/),
    ]);
  });

  test("is simulated over what applications really sent, before it is published", async () => {
    const [, , , use = "", simulate = ""] = STEPS;
    expect((await shell(use)).code).toBe(0);
    const told = async () => (await shell(simulate)).stdout;
    await expect
      .poll(told, { timeout: 30_000, interval: 1000 })
      .toMatch(
        /address-book +lost +Customer\.address +1 +Address +denied: refused by @embargo on Customer\.address of customer: not before 2999-01-01/,
      );
  });

  test("is in the composition, in the data of catalogs, and explained", async () => {
    const { code, stdout } = await shell(STEPS[5] ?? "");
    expect(code).toBe(0);
    expect(stdout).toContain("Customer.address @embargo");
    expect(stdout).toMatch(
      /Customer\.address +denied +CONFIDENTIAL .*@embargo on Customer\.address of customer: not before 2999-01-01; missing embargo:early/,
    );
  });

  test("decides at query time once the gateway and the domain have it", async () => {
    await mesh.terminate();
    mesh = await Mesh.start({ root: folder, port: mesh.port, dataDirectory: mesh.dataDirectory });
    const { data, errors } = await mesh.query(QUERY, { persona: "analyst" });
    expect(data).toMatchObject({ customer: { name: expect.any(String), address: null } });
    expect(errors).toMatchObject([
      {
        path: ["customer", "address"],
        extensions: { coordinate: "Customer.address", directive: "embargo", missing: [["embargo:early"]] },
      },
    ]);
    const { data: given } = await mesh.query(QUERY, { headers: { authorization: await early() } });
    expect(given).toMatchObject({ customer: { address: { city: expect.any(String) } } });
  });

  test("is in the published artifact, in explanations of the running gateway, in the catalog and in the audit", async () => {
    const [explain = "", who = ""] = (STEPS[6] ?? "").trim().split("\n");
    const fetched = await shell(
      "DPG_TOKEN=$(npx dpg token --deploy governance) npx dpg supergraph fetch --artifact",
    );
    expect(JSON.parse(fetched.stdout).governance.rules).toContainEqual({
      coordinate: "Customer.address",
      directive: "embargo",
      applications: [{ until: "2999-01-01" }],
      subgraphs: ["customer"],
      reason: null,
    });
    expect((await shell(explain)).stdout).toMatch(
      /Customer\.address +denied .*@embargo on Customer\.address of customer/,
    );
    const { data } = await mesh.query(
      `{ catalogField(coordinate: "Customer.address") { rules { directive summary coordinate subgraphs } } }`,
    );
    expect(data).toMatchObject({
      catalogField: {
        rules: expect.arrayContaining([
          {
            directive: "embargo",
            summary: "not before 2999-01-01",
            coordinate: "Customer.address",
            subgraphs: ["customer"],
          },
        ]),
      },
    });
    const recorded = async () => (await shell(who)).stdout;
    await expect
      .poll(recorded, { timeout: 20_000, interval: 1000 })
      .toMatch(/analyst.*deny.*@embargo on Customer\.address: not before 2999-01-01/);
    expect(await recorded()).toMatch(/press.*allow.*@embargo on Customer\.address: not before 2999-01-01/);
  });
});

function section(name: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  return new RegExp(`<!-- ${name}:begin -->([\\s\\S]*?)<!-- ${name}:end -->`).exec(readme)?.[1] ?? "";
}
