import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createSubgraphClient } from "../../../../gateway/execution/fetch-subgraph.ts";
import { GuardedSubgraph, type TrafficEvent } from "../../../../gateway/execution/guard-subgraph.ts";
import type { SubgraphReply } from "../../../../gateway/execution/subgraph-reply.ts";

const TIMEOUT_MS = 300;

/** A subgraph whose answers take 10 ms unless the handler says otherwise, and its guarded client. */
async function serve(connections: number, handler: RequestListener) {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    request.resume().on("end", () => setTimeout(() => handler(request, response), 10));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const limits = { name: "stock", timeoutMs: TIMEOUT_MS };
  const events: TrafficEvent[] = [];
  const guarded = new GuardedSubgraph(
    createSubgraphClient({ ...limits, url, maxResponseBytes: 1_000_000, connections }),
    {
      ...limits,
      failurePercent: 50,
      openMs: 60_000,
      retries: 0,
      maxCalls: 2000,
      report: (event) => events.push(event),
    },
  );
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await guarded.close();
  });
  const call = (requestId: string): Promise<SubgraphReply> =>
    guarded.call("{}", { authorization: null, requestId, cancellation: null });
  const reset = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { call, events, reset };
}

const well: RequestListener = (_, response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end('{"data":{}}');

/** Calls from many sides, one after the other each, until they are stopped. */
function keepCalling(call: (id: string) => Promise<SubgraphReply>, users: number) {
  let isOver = false;
  const kinds: SubgraphReply["kind"][] = [];
  const user = async () => {
    while (!isOver) {
      kinds.push((await call("user")).kind);
      await pause(10);
    }
  };
  const all = Promise.all(Array.from({ length: users }, user));
  return async () => {
    isOver = true;
    await all;
    return kinds;
  };
}

test.each([4, 64])(
  "nobody is told that a call was not made which was sent, with %i connections and a circuit that opens",
  async (connections) => {
    const received = new Set<string>();
    let count = 0;
    const { call, events } = await serve(connections, (request, response) => {
      received.add(String(request.headers["x-request-id"]));
      count += 1;
      if (count % 3 > 0) request.socket.destroy();
      else well(request, response);
    });
    const ids = Array.from({ length: 600 }, (_, index) => `call-${index}`);
    const replies = await Promise.all(ids.map(call));
    const notMade = ids.filter((_, index) => {
      const reply = replies[index];
      return reply?.kind === "failed" && reply.message.includes("is not called for a moment");
    });
    expect(events.filter((event) => event === "opened")).toHaveLength(1);
    expect(notMade.length).toBeGreaterThan(100);
    expect(notMade.filter((id) => received.has(id))).toEqual([]);
    expect(events.filter((event) => event === "refused by the circuit")).toHaveLength(notMade.length);
  },
);

test("calls that one caller makes together and that time out together close the subgraph to nobody", async () => {
  const { call, events } = await serve(64, (request, response) => {
    if (request.headers["x-request-id"] !== "slow") well(request, response);
  });
  const stop = keepCalling(call, 10);
  await pause(300);
  const slow = await Promise.all(Array.from({ length: 30 }, () => call("slow")));
  const kinds = await stop();
  expect(slow.every(({ kind }) => kind === "failed")).toBe(true);
  expect(kinds.filter((kind) => kind === "failed")).toEqual([]);
  expect(events).not.toContain("opened");
});

test("connections that are closed all at once close the subgraph to nobody", async () => {
  const { call, events, reset } = await serve(64, well);
  const stop = keepCalling(call, 40);
  await pause(400);
  reset();
  await pause(200);
  const kinds = await stop();
  expect(events).not.toContain("opened");
  expect(kinds.slice(-40).filter((kind) => kind === "failed")).toEqual([]);
});

test("a subgraph that hangs is not called any more after its first time-outs, however well it was before", async () => {
  let isHung = false;
  let hung = 0;
  const { call, events } = await serve(64, (request, response) => {
    if (isHung) hung += 1;
    else well(request, response);
  });
  for (let round = 0; round < 20; round += 1)
    await Promise.all(Array.from({ length: 20 }, () => call("before")));
  isHung = true;
  const stop = keepCalling(call, 30);
  await expect.poll(() => events.includes("opened"), { timeout: 10_000 }).toBe(true);
  await stop();
  // With a share of half alone it would take as many failures as there were successes: four hundred.
  expect(hung).toBeLessThan(250);
});

test("who waits for a connection when the circuit opens is told that the call was not made, also when its time ends meanwhile", async () => {
  const { call, events } = await serve(40, () => undefined);
  const sent = Array.from({ length: 40 }, () => call("sent"));
  await pause(30);
  const waiting = await Promise.all(Array.from({ length: 60 }, () => call("waiting")));
  const messages = waiting.map((reply) => (reply.kind === "failed" ? reply.message : "answered"));
  const notMade = messages.filter((message) => message.includes("is not called for a moment"));
  // Each of the twenty time-outs that open the circuit gives a connection to one of them.
  expect(notMade.length).toBeGreaterThanOrEqual(40);
  expect(events.filter((event) => event === "refused by the circuit")).toHaveLength(notMade.length);
  await Promise.all(sent);
});
