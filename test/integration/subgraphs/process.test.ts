import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orderSubgraph } from "../../../subgraphs/order/subgraph.ts";
import { type GatewayIdentity, startGatewayIdentity } from "../../testkit/gateway-identity.ts";
import { createDomainDatabase } from "../../testkit/start-domain.ts";
import type { TestDatabase } from "../../testkit/test-database.ts";

let gateway: GatewayIdentity;
let database: TestDatabase;
beforeAll(async () => {
  gateway = await startGatewayIdentity();
  database = await createDomainDatabase(orderSubgraph.directory);
});
afterAll(() => gateway.stop());

const tsx = fileURLToPath(import.meta.resolve("tsx"));
const main = fileURLToPath(new URL("main.ts", orderSubgraph.directory));

interface Service {
  readonly child: ChildProcess;
  readonly url: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

function start(env: Record<string, string>, stdio: "ignore" | "ipc" = "ignore"): Service {
  const child = spawn(process.execPath, ["--import", tsx, main], {
    env: { PATH: process.env.PATH, PORT: "0", DPG_GATEWAY_JWKS_URL: gateway.jwksUrl, ...env },
    stdio: ["ignore", "pipe", "pipe", stdio],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const url = new Promise<string>((resolve) => {
    let stdout = "";
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
      const found = /"url":"([^"]+)"/.exec(stdout)?.[1];
      if (found) resolve(found);
    });
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stderr }));
  });
  return { child, url, ended };
}

describe("a subgraph as a process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "hardening 106: answers what it has begun, then ends on %s",
    async (signal) => {
      const { child, url, ended } = start({ DATABASE_URL: database.applicationUrl });
      const headers = {
        "content-type": "application/json",
        authorization: `Bearer ${await gateway.tokenFor("order", { claims: { region: ["EMEA"] } })}`,
      };
      const address = await url;
      const ask = () =>
        fetch(address, { method: "POST", headers, body: '{"query":"{ orders { totalCount } }"}' });
      const owner = new pg.Client({ connectionString: database.ownerUrl });
      await owner.connect();
      await owner.query("BEGIN; LOCK TABLE orders");
      const pending = [ask(), ask(), ask()];
      await expect.poll(() => waitingFor(owner), { timeout: 10_000 }).toBe(3);
      const startedAt = Date.now();
      child.kill(signal);
      const health = () =>
        fetch(new URL("/health/live", address)).then(
          () => "open",
          () => "closed",
        );
      await expect.poll(health, { timeout: 10_000 }).toBe("closed");
      await owner.end();
      expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect((await ended).code).toBe(0);
      expect(Date.now() - startedAt).toBeLessThan(5_000);
    },
  );

  it("ends with the process that started it, where they share a channel", async () => {
    const { child, url } = start({ DATABASE_URL: database.applicationUrl }, "ipc");
    const exited = new Promise((resolve) => child.once("exit", resolve));
    await url;
    child.disconnect();
    expect(await exited).toBe(0);
  });

  it.each([
    [
      "an unreachable database",
      { DATABASE_URL: "postgres://a:hunter2@127.0.0.1:1/x" },
      "POSTGRES_UNAVAILABLE",
    ],
    ["no database", {}, "SUBGRAPH_SETTINGS_INVALID"],
    ["a wrong port", { PORT: "http" }, "SUBGRAPH_SETTINGS_INVALID"],
  ])("says with code, cause and remedy what keeps it from starting: %s", async (_name, env, code) => {
    const { stderr, ...result } = await start(env).ended;
    expect(result.code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: .+\n {2}cause: .+\n {2}remedy: .+\n$`));
    expect(stderr).not.toContain("hunter2");
  });
});

async function waitingFor(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass",
  );
  return rows[0]?.n ?? 0;
}
