import { expect, test } from "vitest";
import { ROOT, run } from "../testkit/run-command.ts";

const RELOADS = 100;
/** Share by which what is in use may grow. */
const SLACK = 0.05;

test("105: a hundred reloads leave the heap as it was", async () => {
  const program = `${ROOT}test/testkit/reloading-process.ts`;
  const args = ["--import", "tsx", "--expose-gc", program, String(RELOADS)];
  const { code, stdout, stderr } = await run(process.execPath, args);
  expect([code, stderr]).toEqual([0, ""]);
  const used: readonly number[] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  expect(used).toHaveLength(RELOADS / 10);
  const shown = used.map((bytes) => (bytes / 1e6).toFixed(1)).join(", ");
  process.stdout.write(`heap after every tenth reload: ${shown} MB\n`);
  // The first ones load code.
  const before = used[1] ?? 0;
  expect(used.at(-1)).toBeLessThan(before * (1 + SLACK));
}, 600_000);
