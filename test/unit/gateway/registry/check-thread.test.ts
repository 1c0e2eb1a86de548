import { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import type { CheckRequest } from "../../../../gateway/registry/check.ts";
import { CheckThread } from "../../../../gateway/registry/check-thread.ts";
import { petSchema } from "../../../testkit/describe-product.ts";

const url = "http://127.0.0.1:1/pet";
const REQUEST: CheckRequest = {
  published: [],
  artifact: null,
  changes: [{ name: "pet", source: { sdl: petSchema(), url } }],
};
const COMPOSED = { artifact: { subgraphs: [{ name: "pet" }] } };

const posted = vi.spyOn(Worker.prototype, "postMessage");
let thread = new CheckThread();
afterEach(async () => {
  await thread.stop();
  thread = new CheckThread();
  posted.mockClear();
});

test("an answer that cannot be read is told at once to whoever asked, and the next domain's check gets a thread of its own", async () => {
  const asked = thread.run(REQUEST, "pet");
  const others = thread.run(REQUEST, "people");
  const refused = expect(asked).rejects.toThrow("what the thread that checks schemas answers cannot be read");
  worker().emit("messageerror", new RangeError("too deep"));
  await refused;
  expect(await others).toMatchObject(COMPOSED);
  const [first, second] = posted.mock.contexts;
  expect(second).not.toBe(first);
}, 30_000);

test("a thread that ended while nobody asked is replaced", async () => {
  expect(await thread.run(REQUEST, "pet")).toMatchObject(COMPOSED);
  await worker().terminate();
  expect(await thread.run(REQUEST, "pet")).toMatchObject(COMPOSED);
}, 30_000);

test("a thread that fails while nobody asks ends nothing else, and is replaced", async () => {
  expect(await thread.run(REQUEST, "pet")).toMatchObject(COMPOSED);
  expect(worker().emit("error", new Error("late"))).toBe(true);
  await worker().terminate();
  expect(await thread.run(REQUEST, "pet")).toMatchObject(COMPOSED);
}, 30_000);

test("what no thread can be asked is refused at once, and the thread goes on", async () => {
  const odcs = JSON.parse(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`);
  const deep = { ...REQUEST, changes: [...REQUEST.changes, odcs] };
  await expect(thread.run(deep, "pet")).rejects.toThrow(/call stack|clone/i);
  expect(await thread.run(REQUEST, "pet")).toMatchObject(COMPOSED);
  expect(worker().listenerCount("message")).toBe(0);
}, 30_000);

/** The thread that was asked last. */
function worker(): Worker {
  const last = posted.mock.contexts.at(-1);
  if (!(last instanceof Worker)) throw new Error("no thread was asked");
  return last;
}
