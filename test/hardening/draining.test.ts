import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { productSubgraph } from "../../subgraphs/product/subgraph.ts";
import { startGatewayIdentity } from "../testkit/gateway-identity.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { createDomainDatabase, startSubgraph } from "../testkit/start-domain.ts";

const SDL = "type Query { fast: Int slow: Int }";
/** Milliseconds; without the sweep of connections it takes as long as clients keep theirs. */
const SOON = 3000;

let release: () => void;
let reached: Promise<void>;
let mesh: SmallMesh;
const sockets: Socket[] = [];

async function start(shutdown: { readonly delayMs: number; readonly graceMs: number }): Promise<void> {
  let arrive: () => void;
  reached = new Promise((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = () => {
    arrive();
    return released.then(() => 2);
  };
  mesh = await startSmallMesh({
    subgraphs: { numbers: { sdl: SDL, resolvers: { Query: { fast: () => 1, slow } } } },
    config: (usual) => ({ ...usual, shutdown }),
  });
}

beforeEach(() => start({ delayMs: 0, graceMs: 8000 }));
afterEach(async () => {
  release();
  for (const socket of sockets.splice(0)) socket.destroy();
  await mesh.stop();
});

async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

async function takes(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

test("106: connections that never asked anything, and those between two requests, do not hold up the stop", async () => {
  await connectTo(mesh.url);
  const asked = await connectTo(mesh.url);
  asked.write("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(asked, "data");
  expect(await takes(() => mesh.gateway.stop())).toBeLessThan(SOON);
});

test("106: a client that gave up its request, and connected anew, does not hold up the stop", async () => {
  const abort = new AbortController();
  const given = fetch(`${mesh.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"query":"{ slow }"}',
    signal: abort.signal,
  }).catch(() => "given up");
  await reached;
  abort.abort();
  expect(await given).toBe("given up");
  await connectTo(mesh.url);
  expect(await takes(() => mesh.gateway.stop())).toBeLessThan(SOON);
});

test("106: neither do they in a subgraph of the kit", async () => {
  const identity = await startGatewayIdentity();
  const database = await createDomainDatabase(productSubgraph.directory);
  const subgraph = await startSubgraph("product", productSubgraph, identity, database.applicationUrl);
  await connectTo(subgraph.url);
  expect(await takes(subgraph.stop)).toBeLessThan(SOON);
  await identity.stop();
});

test("106: not ready comes first, while requests are still taken; in-flight ones are answered", async () => {
  await mesh.stop();
  await start({ delayMs: 1500, graceMs: 8000 });
  const inFlight = mesh.ask("{ slow }");
  await reached;
  let isStopped = false;
  const stopped = mesh.gateway.stop().then(() => {
    isStopped = true;
  });
  const ready = await fetch(`${mesh.url}/health/ready`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    {
      status: "not ready",
      code: "GATEWAY_STOPPING",
      reason: "The gateway is stopping.",
      requestId: expect.any(String),
    },
  ]);
  for (let round = 0; round < 2; round += 1) {
    const answer = await mesh.ask("{ fast }");
    expect([answer.status, answer.data]).toEqual([200, { fast: 1 }]);
    expect(answer.headers.get("connection")).toBe("close");
  }
  await expect
    .poll(
      () =>
        fetch(`${mesh.url}/health/live`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(0);
  expect(isStopped).toBe(false);
  release();
  expect((await inFlight).data).toEqual({ slow: 2 });
  await stopped;
});

test("106: what does not end within the grace is cut off", async () => {
  await mesh.stop();
  await start({ delayMs: 0, graceMs: 300 });
  const cut = mesh.ask("{ slow }").catch(() => "cut off");
  await reached;
  expect(await takes(() => mesh.gateway.stop())).toBeLessThan(SOON);
  expect(await Promise.race([cut, pause(1000)])).toBe("cut off");
});
