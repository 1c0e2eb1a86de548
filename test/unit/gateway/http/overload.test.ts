import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Registry } from "prom-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OverloadGuard } from "../../../../gateway/http/overload.ts";
import { portOf } from "../../../testkit/gateway-identity.ts";

let server: Server;
let guard: OverloadGuard;
let metrics: Registry;
let pressure = { loopDelayMs: 0, heapShare: 0.1 };
let waitingMs = 0;
/** Answers the requests that were let in. */
let finish: (() => void)[];

async function start(limits: { inFlight?: number; loopDelayMs?: number; heapPercent?: number } = {}) {
  pressure = { loopDelayMs: 0, heapShare: 0.1 };
  waitingMs = 0;
  finish = [];
  metrics = new Registry();
  guard = new OverloadGuard(
    { inFlight: 100, loopDelayMs: 100, backlogMs: 100, heapPercent: 92, ...limits },
    metrics,
    {
      read: () => pressure,
      waitingMs: () => waitingMs,
      stop: () => {},
    },
  );
  server = createServer((request, response) => {
    if (guard.admit(request, response)) finish.push(() => response.end("fine"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

afterEach(() => {
  guard.stop();
  server.closeAllConnections();
  server.close();
});

const url = (path = "/graphql") => `http://127.0.0.1:${portOf(server.address())}${path}`;

async function allowed(): Promise<number> {
  return Number(/^dpg_requests_allowed (\S+)$/m.exec(await metrics.metrics())?.[1]);
}

/** Sends requests that stay in flight, and says how many were refused. */
async function burst(count: number): Promise<number> {
  const before = finish.length;
  let refused = 0;
  for (let sent = 0; sent < count; sent += 1)
    void fetch(url(), { method: "POST", body: "{}" }).then(
      ({ status }) => {
        if (status === 503) refused += 1;
      },
      () => {},
    );
  await vi.waitFor(() => expect(finish.length - before + refused).toBe(count), 10_000);
  return refused;
}

describe("a server with too much to do", () => {
  test("109: refuses what is one too many at once, with a code, when to come back, and a request id", async () => {
    await start({ inFlight: 3 });
    expect(await burst(3)).toBe(0);
    const response = await fetch(url(), {
      method: "POST",
      body: "{}",
      headers: { "x-request-id": "my-request" },
    });
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "retry-after": "1",
      "x-request-id": "my-request",
      "cache-control": "private, no-store",
      connection: "keep-alive",
    });
    expect(await response.json()).toEqual({
      errors: [
        {
          message: "The gateway is overloaded. Try again.",
          extensions: { code: "OVERLOADED", requestId: "my-request" },
        },
      ],
    });
    expect(await metrics.metrics()).toMatch(/^dpg_requests_shed_total 1$/m);
    for (const answer of finish.splice(0)) answer();
    await vi.waitFor(async () => expect(await metrics.metrics()).toMatch(/^dpg_requests_in_flight 0$/m));
    expect(await burst(3)).toBe(0);
  });

  test("109: answers without reading the body, and keeps no connection for a long one", async () => {
    await start({ inFlight: 1 });
    await burst(1);
    const socket = connect(portOf(server.address()), "127.0.0.1");
    socket.write("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{");
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer).toMatch(/^connection: close/im);
  });

  test("answers health, metrics and keys always", async () => {
    await start({ inFlight: 1 });
    await burst(1);
    for (const path of ["/health/live", "/health/ready", "/metrics", "/.well-known/jwks.json"]) {
      const response = fetch(url(path));
      await vi.waitFor(() => expect(finish).toHaveLength(2));
      finish.pop()?.();
      expect((await response).status).toBe(200);
    }
  });

  test("counts requests whose clients left as ended", async () => {
    await start({ inFlight: 2 });
    const abort = new AbortController();
    for (let sent = 0; sent < 2; sent += 1) fetch(url(), { signal: abort.signal }).catch(() => {});
    await vi.waitFor(() => expect(finish).toHaveLength(2));
    abort.abort();
    await vi.waitFor(async () => expect(await metrics.metrics()).toMatch(/^dpg_requests_in_flight 0$/m));
  });

  test("107: lets in fewer in proportion to how late the loop is, some always, and all again within seconds", async () => {
    await start({ inFlight: 400 });
    pressure = { loopDelayMs: 200, heapShare: 0.1 };
    await vi.waitFor(async () => expect(await allowed()).toBeLessThanOrEqual(200), 5000);
    pressure = { loopDelayMs: 3000, heapShare: 0.1 };
    await vi.waitFor(async () => expect(await allowed()).toBe(64), 5000);
    expect(await burst(70)).toBe(6);
    pressure = { loopDelayMs: 0, heapShare: 0.1 };
    await vi.waitFor(async () => expect(await allowed()).toBe(400), 8000);
  });

  test("109: lets in nobody else while answers of subgraphs wait too long, but always some", async () => {
    await start({ inFlight: 400 });
    waitingMs = 101;
    expect(await burst(70)).toBe(6);
    waitingMs = 100;
    expect(await burst(40)).toBe(0);
  });

  test("who sends a body byte by byte keeps nobody out, however little is let in", async () => {
    await start();
    pressure = { loopDelayMs: 0, heapShare: 0.93 };
    await vi.waitFor(async () => expect(await allowed()).toBe(4), 5000);
    for (let slow = 0; slow < 10; slow += 1)
      connect(portOf(server.address()), "127.0.0.1").write(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{",
      );
    await vi.waitFor(() => expect(finish).toHaveLength(10));
    expect(await burst(10)).toBe(6);
  });

  test("requests that trickle in are no more than may be under way: all of them may become whole at once", async () => {
    await start({ inFlight: 10 });
    for (let slow = 0; slow < 10; slow += 1)
      connect(portOf(server.address()), "127.0.0.1").write(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{",
      );
    await vi.waitFor(() => expect(finish).toHaveLength(10));
    expect(await burst(3)).toBe(3);
  });

  test("108: lets in hardly anything while the heap is nearly full", async () => {
    await start();
    pressure = { loopDelayMs: 0, heapShare: 0.93 };
    await vi.waitFor(async () => expect(await allowed()).toBe(4), 5000);
    expect(await burst(10)).toBe(6);
    pressure = { loopDelayMs: 0, heapShare: 0.5 };
    await vi.waitFor(async () => expect(await allowed()).toBe(100), 8000);
  });
});
