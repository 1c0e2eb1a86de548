import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { TurnQueue } from "../../../../gateway/execution/turn-queue.ts";

function busy(milliseconds: number): void {
  const since = performance.now();
  while (performance.now() - since < milliseconds);
}

test("work is done at once while there is time in the turn", () => {
  const queue = new TurnQueue();
  const done: number[] = [];
  queue.run(() => done.push(1));
  expect([done, queue.delayMs]).toEqual([[1], 0]);
});

test("once a turn has taken long, the rest is done a slice per turn, in order, and says how long it waits", async () => {
  const queue = new TurnQueue();
  const done: number[] = [];
  for (let number = 0; number < 5; number += 1)
    queue.run(() => {
      busy(10);
      done.push(number);
    });
  expect(done).toEqual([0]);
  busy(10);
  expect(queue.delayMs).toBeGreaterThanOrEqual(10);
  const seen: number[] = [];
  while (done.length < 5) {
    await turn();
    seen.push(done.length);
  }
  expect(done).toEqual([0, 1, 2, 3, 4]);
  expect(seen).toEqual(expect.arrayContaining([2, 3, 4, 5]));
  expect(queue.delayMs).toBe(0);
});

test("work that comes while the last of what waited is done is not lost, nor done before what came first", async () => {
  const queue = new TurnQueue();
  const done: string[] = [];
  queue.run(() => busy(10));
  queue.run(() => {
    done.push("a");
    busy(10);
    queue.run(() => done.push("b"));
    queue.run(() => done.push("c"));
  });
  for (let number = 0; number < 10; number += 1) await turn();
  expect(done).toEqual(["a", "b", "c"]);
  expect(queue.delayMs).toBe(0);
});

test("what is done is let go, also while more always waits", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const queue = new TurnQueue();
  const answers: WeakRef<object>[] = [];
  let done = 0;
  const add = () => {
    const answer = { text: String(answers.length) };
    answers.push(new WeakRef(answer));
    queue.run(() => {
      done += answer.text.length > 0 ? 1 : 0;
    });
  };
  queue.run(() => busy(10));
  for (let number = 0; number < 400; number += 1) {
    add();
    if (number % 100 === 99) await turn();
  }
  busy(10);
  add();
  expect(done).toBeGreaterThan(100);
  expect(queue.delayMs).toBeGreaterThan(0);
  collect();
  const held = answers.filter((answer) => answer.deref() !== undefined);
  expect(held.length).toBeLessThanOrEqual(answers.length - done + 1);
});

test("connections that wait to be accepted, one per turn, do not each wait for a slice of work, and the work goes on", async () => {
  const queue = new TurnQueue();
  const server = createServer(queue.connectionCame).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const COUNT = 60;
  let done = 0;
  let isEnough = false;
  const work = () => {
    busy(10);
    done += 1;
    if (!isEnough) queue.run(work);
  };
  queue.run(() => busy(10));
  queue.run(work);
  let accepted = 0;
  const clients: Socket[] = [];
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  const allAccepted = new Promise<void>((resolve) => {
    server.on("connection", () => {
      accepted += 1;
      if (accepted === COUNT) resolve();
    });
  });
  for (let number = 0; number < COUNT; number += 1) clients.push(connect(port, "127.0.0.1"));
  await allAccepted;
  const doneMeanwhile = done;
  for (let number = 0; number < 5; number += 1) await turn();
  isEnough = true;
  expect(doneMeanwhile).toBeLessThan(COUNT / 2);
  expect(done).toBeGreaterThan(doneMeanwhile);
});

test("a flood of connections leaves most of the time to what waits", async () => {
  const queue = new TurnQueue();
  const TURNS = 400;
  let done = 0;
  let isEnough = false;
  const work = () => {
    busy(1);
    done += 1;
    if (!isEnough) queue.run(work);
  };
  queue.run(() => busy(10));
  for (let number = 0; number < 20; number += 1) queue.run(work);
  const since = performance.now();
  for (let number = 0; number < TURNS; number += 1) {
    // Each turn brings one, and takes a moment for it.
    queue.connectionCame();
    busy(0.2);
    await turn();
  }
  const took = performance.now() - since;
  isEnough = true;
  expect(done).toBeGreaterThan(took / 2);
});
