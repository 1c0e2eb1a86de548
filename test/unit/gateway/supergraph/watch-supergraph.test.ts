import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { SupergraphWatch, type WatchEvent } from "../../../../gateway/supergraph/watch-supergraph.ts";
import { createLog } from "../../../../shared/log.ts";
import { largeArtifact } from "../../../testkit/large-supergraph.ts";
import { scratchDirectory } from "../../../testkit/scratch-directory.ts";
import { signedFeed } from "../../../testkit/signed-feed.ts";

const POLL_MS = 100;

async function startWatch() {
  const { supergraph: sdl, hash: _, ...others } = largeArtifact(2, 10);
  const { feed, publicKey, publish } = signedFeed();
  publish(sdl, others);
  const directory = await scratchDirectory((remove) => onTestFinished(remove));
  const events: WatchEvent[] = [];
  const watch = await SupergraphWatch.start({
    feed,
    publicKey,
    lastGoodFile: join(directory, "last-good.json"),
    pollMs: POLL_MS,
    log: createLog({ name: "watch", level: "silent" }),
    contracts: [],
    quiet: async () => {},
    foresee: () => {},
    discard: () => {},
    prepare: async () => {},
    adopt: () => {},
    report: (event) => events.push(event),
  });
  onTestFinished(() => watch.stop());
  const next = (text: string) => publish(text === "" ? "" : sdl.replace("Revision 0.", text), others);
  return { watch, events, next };
}

/** The thread that is started next. */
async function nextThread(): Promise<Worker> {
  const [worker] = await once(process, "worker");
  return worker;
}

/** Ends the next so many threads as they start, as a machine without memory does. */
function endThreads(count: number): { readonly ended: () => number } {
  let ended = 0;
  const end = (worker: Worker) => {
    if (ended >= count) return;
    ended += 1;
    void worker.terminate();
  };
  process.on("worker", end);
  onTestFinished(() => void process.off("worker", end));
  return { ended: () => ended };
}

test("a generation whose reading thread ends is tried again, and then served", async () => {
  const running = nextThread();
  const { watch, events, next } = await startWatch();
  await (await running).terminate();
  const { ended } = endThreads(2);
  next("Revision 1.");
  await expect.poll(() => watch.number, { timeout: 20_000 }).toBe(2);
  expect(ended()).toBe(2);
  expect(events.map(({ kind }) => kind)).toEqual(["adopted", "refused", "refused", "adopted"]);
});

test("a start goes on where the thread that reads its generation ends", async () => {
  const { ended } = endThreads(2);
  const { watch, events } = await startWatch();
  expect(ended()).toBe(2);
  expect(watch.number).toBe(1);
  expect(events.map(({ kind }) => kind)).toEqual(["adopted"]);
});

test("a start does not go on for ever", async () => {
  endThreads(100);
  await expect(startWatch()).rejects.toThrow("the thread that reads generations ended");
});

test("a generation that is refused is not tried again", async () => {
  const { watch, events, next } = await startWatch();
  next("");
  await expect.poll(() => events.length, { timeout: 20_000 }).toBe(2);
  await pause(10 * POLL_MS);
  expect(events.map(({ kind }) => kind)).toEqual(["adopted", "refused"]);
  expect(watch.number).toBe(1);
});
