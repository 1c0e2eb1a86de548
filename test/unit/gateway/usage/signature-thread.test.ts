import { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { SignatureThread } from "../../../../gateway/usage/signature-thread.ts";

const REQUEST = { source: "{ me { name } }", operationName: null };
const posted = vi.spyOn(Worker.prototype, "postMessage");
let thread = new SignatureThread();
afterEach(async () => {
  await thread.stop();
  thread = new SignatureThread();
  posted.mockClear();
});

test("an operation whose signature cannot be read has none, at once, and the next one gets a thread of its own", async () => {
  const unread = thread.sign(REQUEST);
  const next = thread.sign(REQUEST);
  await vi.waitFor(() => expect(posted).toHaveBeenCalledTimes(1));
  worker().emit("messageerror", new RangeError("too deep"));
  expect(await unread).toBeNull();
  expect(await next).not.toBeNull();
  const [first, second] = posted.mock.contexts;
  expect(second).not.toBe(first);
}, 30_000);

test("a thread that ended while nobody asked is replaced", async () => {
  expect(await thread.sign(REQUEST)).not.toBeNull();
  await worker().terminate();
  expect(await thread.sign(REQUEST)).not.toBeNull();
}, 30_000);

/** The thread that was asked last. */
function worker(): Worker {
  const last = posted.mock.contexts.at(-1);
  if (!(last instanceof Worker)) throw new Error("no thread was asked");
  return last;
}
