import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, run } from "../testkit/run-command.ts";

/** A program that rejects a promise nobody waits for, with the gateway's handler or without, and goes on. */
const program = (withHandler: boolean) => `
import { logRejections } from ${JSON.stringify(`${ROOT}shared/log-rejections.ts`)};
import { createLog } from ${JSON.stringify(`${ROOT}shared/log.ts`)};
if (${withHandler}) logRejections(createLog({ name: "gateway", level: "info" }));
void Promise.reject(new Error("a plugin forgot this"));
setTimeout(() => console.log("still alive"), 200);
`;

test("111: a rejected promise that a plugin or policy left behind is logged, and the process lives", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dpg-rejection-"));
  const outcome = async (withHandler: boolean) => {
    const file = join(directory, `${withHandler}.mts`);
    writeFileSync(file, program(withHandler));
    return await run(process.execPath, ["--import", "tsx", file]);
  };
  const kept = await outcome(true);
  expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining("still alive")]);
  expect(kept.stdout).toContain("a promise was rejected and nobody waits for it");
  expect(kept.stdout).toContain("a plugin forgot this");
  expect((await outcome(false)).stdout).not.toContain("still alive");
  rmSync(directory, { recursive: true });
});
