import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Config, readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { composeOurs } from "../testkit/small-mesh.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** What a server does with a connection once the request is there. */
type Stall = (socket: Socket) => void;

const silent: Stall = () => {};
const halfHead: Stall = (socket) => void socket.write(HEAD.slice(0, 40));
const halfBody: Stall = (socket) => void socket.write(HEAD + chunk('{"data":'));
/** A byte of white space every 40 ms, until `end` of them are sent; then the answer. */
const trickle =
  (end: number): Stall =>
  (socket) => {
    socket.write(HEAD);
    let sent = 0;
    const timer = setInterval(() => {
      sent += 1;
      if (sent < end) socket.write(chunk(" "));
      else socket.end(`${chunk('{"data":{"hello":"hi"}}')}0\r\n\r\n`);
      if (sent >= end) clearInterval(timer);
    }, 40);
    socket.once("close", () => clearInterval(timer));
  };

const servers: Server[] = [];
let gateway: Gateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  for (const server of servers.splice(0)) server.close();
});

/** A real TCP server; returns its address without the scheme, and its connections that wait for an answer. */
async function listen(stall: Stall): Promise<{ readonly address: string; readonly asked: Set<Socket> }> {
  const asked = new Set<Socket>();
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", () => {
        asked.add(socket);
        socket.once("close", () => asked.delete(socket)).resume();
        stall(socket);
      });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${portOf(server.address())}/graphql`, asked };
}

const SDL = "type Query { hello: String } type Mutation { greet: String }";

async function start(url: string, change: Partial<Config>): Promise<void> {
  gateway = await startGateway({
    config: {
      ...readConfig(null, {}),
      port: 0,
      limits: { ...limits, requestMs: LONG },
      shutdown: { delayMs: 0, graceMs: 1000 },
      ...change,
    },
    supergraphSdl: composeOurs([{ name: "greeter", sdl: SDL, url }]),
    log: createLog({ name: "gateway", level: "silent" }),
  });
}

async function ask(query = "{ hello }") {
  const response = await fetch(`${gateway?.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data, errors = [] } = JSON.parse(await response.text());
  const { message = "", extensions } = errors[0] ?? {};
  return { data, message, phase: extensions?.phase, code: extensions?.code };
}

/** Enough at once for the circuit to judge by. */
const askMany = () => Promise.all(Array.from({ length: 30 }, () => ask()));

const { subgraphDefaults: usual, limits } = readConfig(null, {});
const LONG = 50_000;
const slow = { timeoutMs: LONG, retries: 1 };

describe.each(["compiled", "apollo"] as const)("90: the %s executor", (executor) => {
  test.each([
    ["connect", "https", silent, { connectTimeoutMs: 200 }, /connected to in time/],
    ["headers", "http", silent, { headersTimeoutMs: 200 }, /did not begin to answer within 200 ms/],
    ["headers", "http", halfHead, { headersTimeoutMs: 200 }, /did not begin to answer within 200 ms/],
    ["body", "http", halfBody, { bodyTimeoutMs: 200 }, /sent nothing more of its answer for 200 ms/],
    ["call", "http", trickle(1000), { bodyTimeoutMs: 300, timeoutMs: 700 }, /did not answer within 700 ms/],
  ] as const)("says that %s took too long (%s)", async (phase, scheme, stall, limits, text) => {
    const { address, asked } = await listen(stall);
    await start(`${scheme}://${address}`, { executor, subgraphs: { greeter: { ...slow, ...limits } } });
    const { data, message, ...said } = await ask();
    expect([data, said]).toEqual([{ hello: null }, { code: "SUBGRAPH_TIMEOUT", phase }]);
    expect(message).toMatch(text);
    expect(message).not.toMatch(/127\.0\.0\.1|http|UND_/);
    await expect.poll(() => asked.size).toBe(0);
  });
});

describe("90: the times of a call's parts", () => {
  test("do not stop an answer that keeps coming, however long it takes in all", async () => {
    const { address } = await listen(trickle(50));
    const parts = { ...slow, headersTimeoutMs: 1500, bodyTimeoutMs: 1500 };
    await start(`http://${address}`, { subgraphs: { greeter: parts } });
    const since = performance.now();
    expect(await ask()).toMatchObject({ data: { hello: "hi" }, code: undefined });
    expect(performance.now() - since).toBeGreaterThan(1500);
  });

  test("hold for all subgraphs by default, and one subgraph's null takes its limit away", async () => {
    const { address } = await listen(trickle(20));
    const subgraphDefaults = { ...usual, ...slow, bodyTimeoutMs: 10 };
    await start(`http://${address}`, { subgraphDefaults });
    expect(await ask()).toMatchObject({ data: { hello: null }, phase: "body" });
    await gateway?.stop();
    await start(`http://${address}`, { subgraphDefaults, subgraphs: { greeter: { bodyTimeoutMs: null } } });
    expect(await ask()).toMatchObject({ data: { hello: "hi" } });
  });

  test("are for mutations, too, which are not sent again", async () => {
    let requests = 0;
    const { address } = await listen(() => {
      requests += 1;
    });
    await start(`http://${address}`, { subgraphs: { greeter: { ...slow, headersTimeoutMs: 200 } } });
    expect(await ask("mutation { greet }")).toMatchObject({ code: "SUBGRAPH_TIMEOUT", phase: "headers" });
    expect(requests).toBe(1);
  });

  test("end with the request's own, which says so and does not count against the subgraph", async () => {
    const { address } = await listen(silent);
    await start(`http://${address}`, {
      limits: { ...limits, requestMs: 100 },
      subgraphs: { greeter: { ...slow, headersTimeoutMs: 5000, failurePercent: 1 } },
    });
    const phases = new Set((await askMany()).map(({ phase }) => phase));
    expect([...phases]).toEqual(["request"]);
    expect(await ask()).toMatchObject({ code: "SUBGRAPH_TIMEOUT", phase: "request" });
  });

  test("count against the subgraph when they are over, so that its circuit opens", async () => {
    const { address } = await listen(silent);
    await start(`http://${address}`, {
      subgraphs: { greeter: { ...slow, headersTimeoutMs: 100, failurePercent: 1, openMs: 60_000 } },
    });
    expect((await askMany()).map(({ phase }) => phase)).toContain("headers");
    expect(await ask()).toMatchObject({ code: "SUBGRAPH_UNAVAILABLE", phase: undefined });
  });

  test("are told in production, too, in words that name no address", async () => {
    const { address } = await listen(halfBody);
    await start(`http://${address}`, {
      production: true,
      subgraphs: { greeter: { ...slow, bodyTimeoutMs: 100 } },
    });
    const { message, ...said } = await ask();
    expect(said).toEqual({ data: { hello: null }, code: "SUBGRAPH_TIMEOUT", phase: "body" });
    expect(message).toBe('Subgraph "greeter" sent nothing more of its answer for 100 ms.');
  });
});

test.each(["headersTimeoutMs: 0", "bodyTimeoutMs: -1", "connectTimeoutMs: null"])(
  "%s is refused by name",
  (text) => {
    const [key = "", value = ""] = text.split(": ");
    const env = { DPG_SUBGRAPH_DEFAULTS: JSON.stringify({ [key]: JSON.parse(value) }) };
    expect(() => readConfig(null, env)).toThrow(new RegExp(`subgraphDefaults\\.${key}: `));
  },
);
