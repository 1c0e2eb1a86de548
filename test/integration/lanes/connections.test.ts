import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { lanesTaken } from "./lanes-taken.ts";

const SDL = "type Query { hello(name: String): String slow: String }";

let mesh: SmallMesh | undefined;
let socket: Socket | undefined;

afterEach(async () => {
  socket?.destroy();
  await mesh?.stop();
  mesh = undefined;
});

/** A gateway over one subgraph whose field `slow` answers when it is released. */
async function start(hotLane = true) {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const resolvers = {
    Query: {
      hello: (_: unknown, { name }: { name?: string }) => `Hello ${name}`,
      slow: () => released.then(() => "at last"),
    },
  };
  mesh = await startSmallMesh({
    subgraphs: { greeter: { sdl: SDL, resolvers } },
    config: (config) => ({ ...config, hotLane }),
  });
  const { hostname, port } = new URL(mesh.url);
  socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, "connect");
  return { mesh, socket, release };
}

function message(body: object): string {
  const text = JSON.stringify(body);
  return `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** Reads answers from the socket, one per call; each has a Content-Length. */
function reader(from: Socket) {
  let pending = "";
  from.setEncoding("latin1").on("data", (chunk) => {
    pending += chunk;
  });
  return async (): Promise<{ head: string; body: string }> => {
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, headEnd))?.[1]);
      if (headEnd >= 0 && pending.length >= headEnd + 4 + length) {
        const answer = {
          head: pending.slice(0, headEnd),
          body: Buffer.from(pending.slice(headEnd + 4, headEnd + 4 + length), "latin1").toString(),
        };
        pending = pending.slice(headEnd + 4 + length);
        return answer;
      }
      await sleep(5);
    }
  };
}

describe("one connection", () => {
  test("serves known, unknown and broken requests one after the other, each by its lane", async () => {
    const { mesh, socket } = await start();
    const next = reader(socket);
    const seen = [];
    for (const name of ["known", "known", "unknown", "known"]) {
      const query = name === "known" ? '{ hello(name: "a") }' : `{ ${name}: hello(name: "b") }`;
      socket.write(message({ query }));
      seen.push((await next()).body);
    }
    socket.write(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{",
    );
    const broken = await next();
    expect(seen).toEqual([
      '{"data":{"hello":"Hello a"}}',
      '{"data":{"hello":"Hello a"}}',
      '{"data":{"unknown":"Hello b"}}',
      '{"data":{"hello":"Hello a"}}',
    ]);
    expect(broken.head).toMatch(/^HTTP\/1.1 400/);
    expect(await lanesTaken(mesh.url)).toEqual({ apollo: 2, hot: 2 });
  });

  test("serves requests that were all sent at once, in their order", async () => {
    const { socket } = await start();
    const next = reader(socket);
    const names = Array.from({ length: 20 }, (_, index) => `n${index % 3}`);
    socket.write(names.map((name) => message({ query: `{ hello(name: "${name}") }` })).join(""));
    for (const name of names) expect((await next()).body).toBe(`{"data":{"hello":"Hello ${name}"}}`);
  });

  test.for([
    {
      which: "a known operation",
      first: "query ($name: String) { hello(name: $name) }",
      lane: { apollo: 1, hot: 1 },
    },
    { which: "an unknown operation", first: "{ hello }", lane: { apollo: 2, hot: 0 } },
  ])("reads the body of $which byte by byte", async ({ first, lane }) => {
    const { mesh, socket } = await start();
    await mesh.ask(first);
    const next = reader(socket);
    const query = "query ($name: String) { hello(name: $name) }";
    for (const byte of Buffer.from(message({ query, variables: { name: "ä„“\u{1f409}" } }))) {
      socket.write(Buffer.of(byte));
      if (byte === 0x7b || byte === 0x22) await sleep(2);
    }
    expect((await next()).body).toBe('{"data":{"hello":"Hello ä„“\u{1f409}"}}');
    expect(await lanesTaken(mesh.url)).toEqual(lane);
  });
});

describe.each([{ lane: "hot" }, { lane: "Apollo" }])("in the $lane lane", ({ lane }) => {
  const startLane = async () => {
    const started = await start(lane === "hot");
    // Known from here on.
    void started.mesh.ask("{ slow }").catch(() => {});
    while (started.mesh.calls.length < 1) await sleep(5);
    return started;
  };

  test("a client that leaves takes its subgraph calls along", async () => {
    const { mesh, socket } = await startLane();
    const before = mesh.abandoned();
    socket.write(message({ query: "{ slow }" }));
    while (mesh.calls.length < 2) await sleep(5);
    socket.destroy();
    await expect.poll(mesh.abandoned, { timeout: 10_000 }).toBe(before + 1);
  });

  test("an answer that is under way at the stop is still sent, and the connection is closed with it", async () => {
    const { mesh, socket, release } = await startLane();
    const next = reader(socket);
    socket.write(message({ query: "{ slow }" }));
    while (mesh.calls.length < 2) await sleep(5);
    const closed = once(socket, "close");
    const stopped = mesh.gateway.stop();
    await sleep(50);
    release();
    const { head, body } = await next();
    expect(body).toBe('{"data":{"slow":"at last"}}');
    expect(head).toMatch(/^connection: close$/im);
    await Promise.all([stopped, closed]);
  });
});
