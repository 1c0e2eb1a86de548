import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lanesTaken } from "../integration/lanes/lanes-taken.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { attackedSubgraphs } from "./attack-world.ts";
import { sendAttack } from "./send-attack.ts";

const CACHE = 1_000_000;

let mesh: SmallMesh;
beforeAll(async () => {
  mesh = await startSmallMesh({
    subgraphs: attackedSubgraphs(),
    config: (config) => ({ ...config, limits: { ...config.limits, operationCacheBytes: CACHE } }),
  });
});
afterAll(() => mesh.stop());

const JSON_TYPE = { "content-type": "application/json" };

/** What comes back on a connection of its own until the gateway closes it. */
function talk(text: string): Promise<string> {
  const { hostname, port } = new URL(mesh.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.once("close", () => resolve(answer));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
  });
}

const head = (more: string) =>
  `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}\r\n\r\n`;

test.each([
  [
    "too short, with more to come",
    `${head("content-length: 10")}${`{"query":"{ me { id } }"}`.repeat(50)}`,
    /^HTTP\/1.1 400/,
  ],
  ["far too long", head("content-length: 99999999999"), /^HTTP\/1.1 413/],
  ["no number", head("content-length: 1e3"), /^HTTP\/1.1 400/],
  [
    "given beside chunks",
    `${head("content-length: 5\r\ntransfer-encoding: chunked")}0\r\n\r\n`,
    /^HTTP\/1.1 400/,
  ],
])("77: a length that lies: %s", async (_how, text, expected) => {
  expect(await talk(text)).toMatch(expected);
});

test.each([
  ["plainly", ""],
  ["before a comment that is no UTF-8", "%23%zz"],
  ["before a fragment of the address", "#&query=x"],
])("64: what a GET asks for is admitted before it is validated: %s", async (_how, rest) => {
  const many = Array.from({ length: 200 }, (_, index) => `a${index}:nothing`).join("+");
  const path = `/graphql?query={${many}}${rest}`;
  const answer = await talk(
    `GET ${path} HTTP/1.1\r\nhost: x\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n`,
  );
  expect(answer).toContain("OPERATION_TOO_COMPLEX");
  expect(answer).not.toContain("GRAPHQL_VALIDATION_FAILED");
});

test("78: a compressed body of an ordinary size is read, by chunks as well", async () => {
  const body = gzipSync(`{"query":"{ me { id } }"}`);
  const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
  for (const sent of [body, [body.subarray(0, 9), body.subarray(9)]])
    expect(await sendAttack(mesh.url, { headers, body: sent })).toMatchObject({ status: 200 });
});

test("76: what is wrong with variables is told by place and type, not by value", async () => {
  const { errors } = await mesh.ask("query($lines: [Line!], $n: Int!) { take(lines: $lines, number: $n) }", {
    variables: { lines: [{ id: "1" }, { id: "2", secret: 1 }, { count: "secret" }], n: "secret" },
  });
  expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
  expect(errors[0]?.message).toBe(
    "The variables do not fit: $lines[1] has a field that Line does not have; $lines[2] lacks its field id; " +
      "$lines[2].count is not a valid Int; $n is not a valid Int!.",
  );
});

test("19: a wrong token is refused before anything of a large document is read", async () => {
  const query = `{ ${Array.from({ length: 1000 }, (_, n) => `a${n}: me { id }`).join(" ")} }`;
  expect((await mesh.ask(query, { token: "a.b.c" })).status).toBe(401);
  expect((await mesh.ask(query)).status).toBe(400);
});

test("83: thousands of distinct operations stay in the memory that is configured for them", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const ask = (n: number) => mesh.ask(`query Q${n} { me { id } } # ${"x".repeat(2000)}`);
  const heap = async () => {
    await sleep(50);
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  for (let n = 0; n < 300; n += 1) await ask(n);
  const before = await heap();
  for (let n = 300; n < 1800; n += 1) await ask(n);
  const grown = (await heap()) - before;
  expect(grown).toBeLessThan(30);
  const known = await lanesTaken(mesh.url);
  await ask(1799);
  await ask(0);
  const later = await lanesTaken(mesh.url);
  // The latest is still prepared, the first has made room.
  expect([later.hot - known.hot, later.apollo - known.apollo]).toEqual([1, 1]);
});

test("84: a subgraph's keys change nothing of the gateway", async () => {
  const answer = `{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"me":{"__proto__":{"polluted":1},"id":"1"}}}`;
  const evil: Server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(answer);
  });
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${portOf(evil.address())}/graphql`;
  const turned = await startSmallMesh({
    subgraphs: attackedSubgraphs(),
    config: (config) => ({
      ...config,
      subgraphs: { part0: { url, timeoutMs: 2000, retries: 0, maxResponseBytes: 1_000_000 } },
    }),
  });
  const { data } = await turned.ask("{ me { id } }");
  expect(data).toEqual({ me: { id: "1" } });
  expect("polluted" in {}).toBe(false);
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
  await turned.stop();
  await new Promise((resolve) => evil.close(resolve));
});
