import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { readConfig } from "../../gateway/config.ts";
import { copyRepository } from "../testkit/copy-repository.ts";
import { ROOT } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const COMMANDS = [...README.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map((match) =>
  (match[1] ?? "").replace(/^ {3}/gm, ""),
);

describe("the README", () => {
  let mesh: Mesh;
  let folder: string;
  const background: ChildProcess[] = [];
  beforeAll(async () => {
    mesh = await Mesh.start();
    folder = copyRepository();
  });
  afterAll(async () => {
    for (const { pid } of background) if (pid !== undefined) process.kill(-pid, "SIGTERM");
    await mesh.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("has commands for each of the three people", () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(8);
    const all = COMMANDS.join("\n");
    for (const part of ["token --persona", "curl", "subgraph new", "supergraph compose", "--artifact"])
      expect(all).toContain(part);
  });

  test.each(COMMANDS)("runs as written: %s", async (command) => {
    if (command.trimEnd().endsWith("&")) return expect(await serves(command)).toBe(true);
    const { status, stdout, stderr } = shell(command);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("error[")]);
    if (!command.includes("curl")) return;
    // What was published a moment ago is served within two seconds.
    const answer = () => JSON.parse(shell(command).stdout);
    const isNew = command.includes("shipment");
    await expect.poll(isNew ? answer : () => JSON.parse(stdout)).toMatchObject({ data: expect.anything() });
    if (isNew)
      expect(answer()).toMatchObject({ data: { orders: { nodes: [{ shipment: { id: "T1" } }, {}] } } });
  });

  test("needs five commands from nothing to a new domain in the supergraph", () => {
    const own = COMMANDS.slice(
      COMMANDS.findIndex((command) => command.includes("subgraph new")),
      COMMANDS.findIndex((command) => command.includes("shipment {")),
    );
    expect(own.map((command) => /dpg (\w+ \S+)/.exec(command)?.[1])).toEqual([
      "subgraph new",
      "subgraph serve",
      "token --deploy",
      "subgraph check",
      "subgraph publish",
    ]);
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
    return spawnSync("bash", ["-c", here(command)], { cwd: folder, encoding: "utf8", env: environment() });
  }

  /** Starts what runs in the background, as the leader of a group of its own; true once it listens. */
  async function serves(command: string): Promise<boolean> {
    const line = here(command).trimEnd().replace(/&$/, "");
    const child = spawn("bash", ["-c", line], {
      cwd: folder,
      detached: true,
      stdio: "ignore",
      env: environment(),
    });
    background.push(child);
    const isUp = () =>
      fetch(`http://127.0.0.1:${servicePort()}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(isUp, { timeout: 60_000 }).toBe(true);
    return true;
  }

  function here(command: string): string {
    return command.replaceAll(":4000/", `:${mesh.port}/`).replaceAll("4104", String(servicePort()));
  }

  function servicePort(): number {
    return mesh.port + 104;
  }

  function environment() {
    return { ...process.env, DPG_DATA_DIR: mesh.dataDirectory };
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
