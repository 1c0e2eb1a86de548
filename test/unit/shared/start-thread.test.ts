import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MB = 1_048_576;
const address = (path: string) => new URL(path, import.meta.url).href;
const PROGRAM = `
import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { startThread } from ${JSON.stringify(address("../../../shared/start-thread.ts"))};
const [ofThread] = await once(startThread(new URL(${JSON.stringify(address("../../testkit/heap-limit-worker"))}), 100), "message");
process.stdout.write(JSON.stringify({ ofThread, ofProcess: getHeapStatistics().heap_size_limit }));`;

/** Runs a process that starts a thread with 100 MB, and tells the limits of both in megabytes. */
async function limitsWith(flags: readonly string[]) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", ...flags, "--input-type=module", "--eval", PROGRAM],
    { cwd: fileURLToPath(new URL("../../..", import.meta.url)) },
  );
  const { ofThread, ofProcess } = JSON.parse(stdout);
  return { ofThread: ofThread / MB, ofProcess: ofProcess / MB };
}

test("a thread has the memory that it is given, and the process what its command line says", async () => {
  const { ofThread, ofProcess } = await limitsWith(["--max-old-space-size=2000", "--max-semi-space-size=64"]);
  // The young generation comes on top.
  expect(ofThread).toBeGreaterThanOrEqual(100);
  expect(ofThread).toBeLessThan(200);
  expect(ofProcess).toBeGreaterThan(2000);
});

test("a thread has the memory that it is given where the command line says nothing", async () => {
  const { ofThread } = await limitsWith([]);
  expect(ofThread).toBeGreaterThanOrEqual(100);
  expect(ofThread).toBeLessThan(200);
});

test("a small process has no large threads", async () => {
  const { ofThread, ofProcess } = await limitsWith(["--max-old-space-size=60", "--max-semi-space-size=1"]);
  expect(ofProcess).toBeLessThan(100);
  // The young generation comes on top.
  expect(ofThread).toBeLessThan(ofProcess + 50);
});

test("nor does a limit of the whole heap stand in place of a thread's", async () => {
  const { ofThread } = await limitsWith(["--max-heap-size=3000"]);
  expect(ofThread).toBeLessThan(200);
});
