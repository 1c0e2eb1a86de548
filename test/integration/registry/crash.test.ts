import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { verifyGeneration } from "../../../gateway/supergraph/signed-generation.ts";
import { query } from "../../testkit/query.ts";
import { startRegistry } from "../../testkit/start-registry.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const rounds = Number(process.env.CRASH_ROUNDS ?? 12);
/** Milliseconds for one round, which starts a process; half a second of a machine with nothing else to do. */
const ROUND = 5000;

test(
  "119: kill -9 while publishing leaves the old generation or the new one, never half of one",
  async () => {
    const mesh = await startRegistry();
    const key = Buffer.from(String(mesh.privateKey.export({ format: "pem", type: "pkcs8" }))).toString(
      "base64",
    );
    let before = 0;
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(
        process.execPath,
        [
          "--import",
          "tsx",
          path("../../testkit/publishing-process.ts"),
          path("../../../gateway/registry/store-postgres.ts"),
          path("../../../gateway/supergraph/signed-generation.ts"),
          mesh.database.applicationUrl,
          key,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const wait = 40 + Math.random() * 120;
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill("SIGKILL");
      await ended;
      const latest = await mesh.registry.store.generation(null);
      if (!latest) continue;
      const said = `round ${round}, killed after ${wait} ms`;
      expect(verifyGeneration(latest, mesh.publicKey).number, said).toBe(latest.number);
      expect(await mesh.registry.store.membersOf(latest.number), said).toHaveLength(1);
      expect(latest.number, said).toBeGreaterThanOrEqual(before);
      before = latest.number;
    }
    const [counts] = await query(
      mesh.database.ownerUrl,
      `SELECT count(*)::int AS generations, max(number) AS last, (SELECT count(*)::int FROM generation_member) AS members,
       (SELECT count(*)::int FROM subgraph_version) AS versions, (SELECT count(*)::int FROM artifact) AS artifacts,
       (SELECT count(*)::int FROM act) AS acts FROM generation`,
    );
    expect(before).toBeGreaterThan(rounds);
    const all = {
      generations: before,
      last: before,
      members: before,
      versions: before,
      artifacts: before,
      acts: before,
    };
    expect(counts).toEqual(all);
    await mesh.stop();
  },
  30_000 + rounds * ROUND,
);
