import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { freePort } from "../../testkit/free-port.ts";
import { ROOT, run } from "../../testkit/run-command.ts";
import { scratchDirectory } from "../../testkit/scratch-directory.ts";
import { domainSdl } from "../../testkit/start-registry.ts";

const KEY = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const MAIN = ["--import", "tsx", "gateway/commands/main.ts"];

describe("a registry as a process of its own", () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const prepared = { databaseUrl: "", catalogUrl: "", governanceToken: "" };
  let folder: string;
  let port: number;
  let service: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = await scratchDirectory((remove) => cleanUp.push(remove));
    const { stdout } = await dpg(["registry", "prepare"], { DATABASE_ADMIN_URL: inject("postgresAdminUrl") });
    Object.assign(prepared, JSON.parse(stdout));
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    service = await serve(port);
  });
  afterAll(async () => {
    service.kill("SIGKILL");
    for (const act of cleanUp.splice(0).reverse()) await act();
  });

  function dpg(args: readonly string[], env: Readonly<Record<string, string>>) {
    return run(process.execPath, [...MAIN, ...args], { DPG_DATA_DIR: folder, ...env });
  }

  /** As the bearer of a token, with JSON read. */
  async function as(token: string, ...args: readonly string[]) {
    const { code, stdout } = await dpg([...args, "--format", "json"], {
      DPG_REGISTRY_URL: url,
      DPG_TOKEN: token,
    });
    return { code, ...JSON.parse(stdout) };
  }

  async function serve(own: number): Promise<ChildProcess> {
    const child = spawn(process.execPath, [...MAIN, "registry", "serve"], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: prepared.databaseUrl,
        REGISTRY_PRIVATE_KEY: KEY,
        REGISTRY_KEEP_GENERATIONS: "2",
        PORT: String(own),
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const ready = async () => expect((await fetch(`http://127.0.0.1:${own}/health/ready`)).status).toBe(200);
    await vi.waitFor(ready, { timeout: 30_000, interval: 100 });
    return child;
  }

  function schema(body: string): string {
    const file = join(folder, "pet.graphql");
    writeFileSync(file, domainSdl("Pet", body));
    return file;
  }

  const publish = (token: string, body: string) =>
    as(
      token,
      ...["subgraph", "publish", "--name", "pet", "--schema", schema(body)],
      ...["--routing-url", "http://127.0.0.1:1/graphql", "--reason", body],
    );

  test("a token is made by the governance team, publishes, and is ended; each act is told, and no token's text", async () => {
    const made = await as(
      prepared.governanceToken,
      "registry",
      "token",
      "create",
      "--domain",
      "pet",
      "--expires",
      "1h",
    );
    const { token, id } = made.data;
    expect(await publish(token, "name: String")).toMatchObject({ code: 0, data: { generation: 1 } });
    expect(await as(token, "registry", "token", "create", "--domain", "governance")).toMatchObject({
      code: 1,
      error: { code: "GOVERNANCE_TEAM_ONLY" },
    });
    expect(await as(token, "supergraph", "rollback", "--generation", "1")).toMatchObject({ code: 1 });
    expect(await as(token, "registry", "acts")).toMatchObject({ error: { code: "GOVERNANCE_TEAM_ONLY" } });
    expect(await as(prepared.governanceToken, "registry", "token", "revoke", "--id", id)).toMatchObject({
      code: 0,
    });
    expect(await as(token, "subgraph", "list")).toMatchObject({ error: { code: "DEPLOY_TOKEN_INVALID" } });
    const { data } = await as(prepared.governanceToken, "registry", "acts");
    const told = data.acts.map((act: Record<string, string>) => `${act.verb} ${act.subject} ${act.outcome}`);
    expect(told.slice(0, 5)).toEqual([
      `revoke token ${id} done`,
      "rollback generation 1 GOVERNANCE_TEAM_ONLY",
      "create token governance GOVERNANCE_TEAM_ONLY",
      "publish generation 1 done",
      `create token ${id} done`,
    ]);
    const { data: list } = await as(prepared.governanceToken, "registry", "token", "list");
    for (const text of [JSON.stringify(data), JSON.stringify(list)]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(prepared.governanceToken);
    }
  });

  test("a second process shares the database, one that was killed is replaced, and only the last generations are kept", async () => {
    const made = await as(prepared.governanceToken, "registry", "token", "create", "--domain", "pet");
    for (const body of ["name: String age: Int", "name: String age: Int size: Int"])
      expect(await publish(made.data.token, body)).toMatchObject({ code: 0 });
    service.kill("SIGKILL");
    service = await serve(port);
    const other = await freePort();
    const second = await serve(other);
    url = `http://127.0.0.1:${other}`;
    const { data } = await as(made.data.token, "supergraph", "history");
    expect(data.history.map(({ number }: { number: number }) => number)).toEqual([3, 2]);
    url = `http://127.0.0.1:${port}`;
    const ended = new Promise((resolve) => second.once("exit", resolve));
    second.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  test.each([
    ["no database", { REGISTRY_PRIVATE_KEY: KEY }, "DATABASE_URL"],
    ["no key", { DATABASE_URL: "postgres://u:hush@127.0.0.1:1/x" }, "REGISTRY_PRIVATE_KEY"],
    [
      "a key that is none",
      { DATABASE_URL: "postgres://u:hush@127.0.0.1:1/x", REGISTRY_PRIVATE_KEY: "hush" },
      "Ed25519",
    ],
  ])("%s is said by name, without quoting a secret", async (_, env, name) => {
    const { code, stderr } = await dpg(["registry", "serve"], env);
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[CONFIG_INVALID]")]);
    expect(stderr).toContain(name);
    expect(stderr).not.toContain("hush");
  });
});
