import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuditArchive } from "../../gateway/audit/audit-store.ts";
import { openFileArchive } from "../../gateway/audit/file-audit-store.ts";
import { openPostgresArchive } from "../../gateway/audit/postgres-audit-store.ts";
import { verifyAudit } from "../../gateway/audit/verify-audit.ts";
import { createAuditDatabase } from "../testkit/audit-database.ts";
import { PEOPLE_AND_NOTES } from "../testkit/audited-people.ts";
import { run } from "../testkit/run-command.ts";
import { scratchDirectory } from "../testkit/scratch-directory.ts";
import { composeOurs, type ServedSubgraphs, serveSubgraphs, trust } from "../testkit/small-mesh.ts";
import type { TestDatabase } from "../testkit/test-database.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

const SEED = Number(process.env.AUDIT_CRASH_SEED ?? Date.now() % 2 ** 31);
const ROUNDS = Number(process.env.AUDIT_CRASH_ROUNDS ?? 4);
const CLIENTS = 12;

const MAIN = fileURLToPath(new URL("../../gateway/commands/main.ts", import.meta.url));
const TSX = fileURLToPath(import.meta.resolve("tsx"));

let issuer: TokenIssuer;
let served: ServedSubgraphs;
let database: TestDatabase;
let folder: string;
const atEnd: (() => Promise<void>)[] = [];
beforeAll(async () => {
  issuer = await TokenIssuer.start();
  served = await serveSubgraphs(PEOPLE_AND_NOTES);
  database = await createAuditDatabase();
  folder = await scratchDirectory((cleanUp) => atEnd.push(cleanUp));
  writeFileSync(join(folder, "supergraph.graphql"), composeOurs(served.sources));
});
afterAll(async () => {
  await served.stop();
  await issuer.stop();
  await database.drop();
  for (const cleanUp of atEnd) await cleanUp();
});

interface RunningGateway {
  readonly child: ChildProcess;
  readonly url: string;
}

async function startGateway(audit: Readonly<Record<string, string>>): Promise<RunningGateway> {
  const args = [
    "--import",
    TSX,
    MAIN,
    "serve",
    "--supergraph",
    join(folder, "supergraph.graphql"),
    "--port",
    "0",
  ];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, DPG_AUTH_ISSUERS: JSON.stringify([trust(issuer)]), ...audit },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      const found = /"url":"([^"]+)"/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`the gateway ended: ${output}`)));
  });
  return { child, url };
}

/** Asks as fast as it gets answers, until the gateway is gone; notes what came back, by request. */
async function load({ url, child }: RunningGateway, round: number, delivered: string[]): Promise<void> {
  const token = issuer.token({ sub: "eve", scope: "pii finance", region: ["EU"] });
  const client = async (number: number) => {
    for (let count = 0; child.exitCode === null && child.signalCode === null; count += 1) {
      const requestId = `round${round}-client${number}-${count}`;
      const headers = {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "x-request-id": requestId,
      };
      const body = JSON.stringify({ query: `query Q${count % 3} { people { id email salary } }` });
      try {
        const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
        // From its first byte on: the record comes before that.
        delivered.push(requestId);
        expect(await response.text()).toContain("ann@example.com");
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
}

async function recordedDeliveries(archive: AuditArchive): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { requestId, coordinate, decision, count } of archive.deliveries({ since: 0 }))
    if (decision === "allow" && count > 0) found.add(`${requestId} ${coordinate}`);
  return found;
}

describe(`115: kill -9 under load, at random points (seed ${SEED}, ${ROUNDS} rounds)`, () => {
  test.each(["database", "folder"] as const)(
    "every RESTRICTED value that was delivered has its record, and the chains verify (%s)",
    async (kind) => {
      const directory = join(folder, kind);
      const settings =
        kind === "database"
          ? { DPG_AUDIT_DATABASE_URL: database.applicationUrl }
          : { DPG_AUDIT_DIRECTORY: directory };
      const archive =
        kind === "database" ? openPostgresArchive(database.applicationUrl) : openFileArchive(directory);
      const delivered: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const gateway = await startGateway(settings);
        const before = delivered.length;
        const loading = load(gateway, round, delivered);
        await expect.poll(() => delivered.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before);
        await pause(random(SEED + round) * 800);
        gateway.child.kill("SIGKILL");
        await loading;
      }
      const recorded = await recordedDeliveries(archive);
      expect(delivered.length).toBeGreaterThan(ROUNDS * CLIENTS);
      const missing = delivered
        .flatMap((requestId) => [`${requestId} Person.email`, `${requestId} Person.salary`])
        .filter((item) => !recorded.has(item));
      expect(missing, `seed ${SEED}`).toEqual([]);
      const { chains, problems } = await verifyAudit(archive);
      await archive.close();
      expect(problems, `seed ${SEED}`).toEqual([]);
      expect(chains.map(({ ending }) => ending)).not.toContain("closed");
      expect(chains).toHaveLength(ROUNDS);
      const options = kind === "folder" ? ["--directory", directory] : [];
      const env = kind === "database" ? settings : {};
      const command = ["--import", TSX, MAIN, "audit", "verify", "--format", "json", ...options];
      const { code, stdout } = await run(process.execPath, command, env);
      expect([code, JSON.parse(stdout).data.chains.length]).toEqual([0, ROUNDS]);
    },
    120_000,
  );
});

/** From 0 to 1, the same for the same number. */
function random(number: number): number {
  return ((Math.imul(number ^ 0x9e3779b9, 0x85ebca6b) >>> 0) % 10_000) / 10_000;
}
