import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";

const CLIENTS = 1000;
/** Bytes of a large answer. */
const LARGE = 4_000_000;
const NON_READERS = 50;
const HEADERS_MS = 1500;
const REQUEST_MS = 2500;

let mesh: SmallMesh;
const sockets: Socket[] = [];

async function start(http: { readonly writeTimeoutMs?: number; readonly maxUnsentBytes?: number }) {
  const resolvers = { Query: { small: () => 1, large: () => "x".repeat(LARGE) } };
  mesh = await startSmallMesh({
    subgraphs: { texts: { sdl: "type Query { small: Int large: String }", resolvers } },
    config: (usual) => ({
      ...usual,
      http: { ...usual.http, headersTimeoutMs: HEADERS_MS, requestTimeoutMs: REQUEST_MS, ...http },
    }),
  });
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await mesh.stop();
});

/** A client that sends one byte a second. */
async function trickle(head: string, rest: string): Promise<Socket> {
  const { hostname, port } = new URL(mesh.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(head);
  let sent = 0;
  const timer = setInterval(() => socket.write(rest[sent++ % rest.length] ?? ""), 1000);
  socket.resume().once("close", () => clearInterval(timer));
  return socket;
}

async function healthTimes(until: Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  let isOver = false;
  void until.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const since = performance.now();
    const response = await fetch(`${mesh.url}/health/live`);
    await response.text();
    expect(response.status).toBe(200);
    times.push(performance.now() - since);
    await pause(50);
  }
  return times.toSorted((a, b) => a - b);
}

describe("slow clients", () => {
  test("81: a thousand that send headers or bodies byte by byte are cut off in time, and health is answered", async () => {
    await start({});
    const since = performance.now();
    const closed = Promise.all(
      Array.from({ length: CLIENTS }, async (_, index) => {
        const socket =
          index % 2 === 0
            ? await trickle("POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ", "a")
            : await trickle(
                "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n",
                "{",
              );
        if (!socket.destroyed) await once(socket, "close");
      }),
    );
    const times = await healthTimes(closed);
    const took = performance.now() - since;
    const [median = 0, worst = 0] = [times[Math.floor(times.length / 2)], times.at(-1)];
    process.stdout.write(
      `${CLIENTS} slow senders cut off after ${took.toFixed()} ms; health median ${median.toFixed()} ms, worst ${worst.toFixed()} ms\n`,
    );
    expect(took).toBeLessThan(10_000);
    expect(median).toBeLessThan(100);
    expect((await mesh.ask("{ small }")).data).toEqual({ small: 1 });
  });

  /** Asks for a large answer and takes nothing of them. */
  async function askWithoutReading(): Promise<Socket> {
    const { hostname, port } = new URL(mesh.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on("error", () => {}).pause();
    await once(socket, "connect");
    const body = '{"query":"{ large }"}';
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return socket;
  }

  async function openConnections(): Promise<number> {
    const text = await (await fetch(`${mesh.url}/metrics`)).text();
    return Number(/^dpg_requests_in_flight (\d+)$/m.exec(text)?.[1]);
  }

  test("82: a client that does not take its answer loses the connection", async () => {
    await start({ writeTimeoutMs: 1000 });
    await askWithoutReading();
    await expect.poll(() => mesh.calls.length, { timeout: 10_000 }).toBe(1);
    // The one that is left is the question itself.
    await expect.poll(openConnections, { timeout: 10_000 }).toBe(1);
  });

  test("82: what many clients do not take stays below a limit", async () => {
    await start({ writeTimeoutMs: 60_000, maxUnsentBytes: 5 * LARGE });
    let highest = 0;
    const watching = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().rss);
    }, 50);
    const before = process.memoryUsage().rss;
    for (let client = 0; client < NON_READERS; client += 1) {
      await askWithoutReading();
      await expect.poll(() => mesh.calls.length, { timeout: 10_000, interval: 5 }).toBe(client + 1);
    }
    await expect.poll(openConnections, { timeout: 10_000 }).toBeLessThanOrEqual(6);
    clearInterval(watching);
    process.stdout.write(
      `${NON_READERS} clients that do not read ${LARGE / 1e6} MB: RSS +${((highest - before) / 1e6).toFixed()} MB\n`,
    );
  });
});
