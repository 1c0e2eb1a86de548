import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { readConfig } from "../../gateway/config.ts";
import { ROOT } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const COMMANDS = [...README.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map((match) =>
  (match[1] ?? "").replace(/^ {3}/gm, ""),
);

describe("the README", () => {
  let mesh: Mesh;
  let folder: string;
  beforeAll(async () => {
    mesh = await Mesh.start();
    folder = copyOfTheRepository();
  });
  afterAll(async () => {
    await mesh.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("has commands for each of the three people", () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(8);
    const all = COMMANDS.join("\n");
    for (const part of ["token --persona", "curl", "subgraph new", "supergraph compose", "--artifact"])
      expect(all).toContain(part);
  });

  test.each(COMMANDS)("runs as written: %s", (command) => {
    const { status, stdout, stderr } = shell(command);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("error[")]);
    if (command.includes("curl")) expect(JSON.parse(stdout)).toMatchObject({ data: expect.anything() });
  });

  test("shows the answers that the callers really get", async () => {
    const query = /"query":"(\{ customer.*?)"\}'/.exec(README)?.[1]?.replaceAll('\\"', '"') ?? "";
    const shown = section("answers");
    for (const persona of ["storefront", "analyst", "support-emea", "steward", null]) {
      const { data } = await mesh.query(query, persona ? { persona } : {});
      const row = shown.split("\n").find((line) => line.startsWith(`| ${persona ?? "no token"} `)) ?? "";
      const { customer } = data as { customer: Customer };
      for (const value of [customer.email, customer.phone, customer.creditLimit, customer.orders.totalCount])
        expect(row).toContain(` ${value === null ? "null" : value} `);
    }
  });

  test("lists every configuration key with its default", () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(section("configuration"))?.[1] ?? "";
    const { production, ...defaults } = readConfig(null, {});
    expect(production).toBe(false);
    expect(parseYaml(yaml)).toEqual(defaults);
  });

  function shell(command: string) {
    return spawnSync("bash", ["-c", command.replaceAll(":4000/", `:${mesh.port}/`)], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, DPG_DATA_DIR: mesh.dataDirectory },
    });
  }
});

interface Customer {
  readonly email: string | null;
  readonly phone: string | null;
  readonly creditLimit: number | null;
  readonly orders: { readonly totalCount: number };
}

function section(name: string): string {
  return new RegExp(`<!-- ${name}:begin -->([\\s\\S]*?)<!-- ${name}:end -->`).exec(README)?.[1] ?? "";
}

/** Commands write files beside the sources; here they do it in a copy. */
function copyOfTheRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), "dpg-readme-"));
  for (const name of ["gateway", "shared", "subgraphs", "test", "dist", "package.json", "package-lock.json"])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  for (const name of ["tsconfig.json", "tsconfig.build.json", "vitest.config.ts"])
    cpSync(join(ROOT, name), join(folder, name), { preserveTimestamps: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
