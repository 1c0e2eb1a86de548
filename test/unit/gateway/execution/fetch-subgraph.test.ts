import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { Cancellation } from "../../../../gateway/execution/cancellation.ts";
import { createSubgraphClient, type SubgraphClient } from "../../../../gateway/execution/fetch-subgraph.ts";
import type { SubgraphReply } from "../../../../gateway/execution/subgraph-reply.ts";

const open: { close: () => Promise<unknown> | unknown }[] = [];

afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

const CALL = { authorization: "Bearer t", requestId: "r1", cancellation: null } as const;
const GOOD = '{"data":{"me":{"name":"Ada"}}}';

function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({ close: () => closeServer(server) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?v=1`;
}

function client(
  url: string,
  overrides: { timeoutMs?: number; maxResponseBytes?: number } = {},
): SubgraphClient {
  const made = createSubgraphClient({
    name: "people",
    url,
    timeoutMs: 2000,
    maxResponseBytes: 100_000,
    connections: 4,
    ...overrides,
  });
  open.push(made);
  return made;
}

function answer(response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(body);
}

async function replyTo(body: string | Buffer, headers?: Record<string, string>): Promise<SubgraphReply> {
  const url = await listen((_, response) => answer(response, body, headers));
  return client(url).call("{}", CALL);
}

function failure(code: string, message: RegExp): unknown {
  return expect.objectContaining({ kind: "failed", code, message: expect.stringMatching(message) });
}

describe("calls beyond the connections", () => {
  it("are sent in their order, as connections are free again", async () => {
    const seen: string[] = [];
    const held: ServerResponse[] = [];
    const url = await listen((request, response) => {
      seen.push(String(request.headers["x-request-id"]));
      held.push(response);
    });
    const subject = client(url);
    const calls = Array.from({ length: 10 }, (_, index) =>
      subject.call("{}", { ...CALL, requestId: `r${index}` }),
    );
    const over = Promise.all(calls);
    for (let answered = 0; answered < 10; answered += 1) {
      await expect.poll(() => held.length).toBe(Math.min(10, answered + 4));
      const response = held[answered];
      if (response) answer(response, GOOD);
    }
    expect((await over).map(({ kind }) => kind)).toEqual(Array(10).fill("answer"));
    expect(new Set(seen.slice(0, 4))).toEqual(new Set(["r0", "r1", "r2", "r3"]));
    expect(seen.slice(4)).toEqual(["r4", "r5", "r6", "r7", "r8", "r9"]);
  });

  it("cost no connection where they end before there is one", async () => {
    let connections = 0;
    const server = createServer(() => {});
    server.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => closeServer(server) });
    const subject = client(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { timeoutMs: 400 });
    const replies = await Promise.all(Array.from({ length: 40 }, () => subject.call("{}", CALL)));
    expect(replies).toEqual(Array(40).fill(failure("SUBGRAPH_TIMEOUT", /within 400 ms/)));
    expect(connections).toBe(4);
  });

  it("are answered before the client closes", async () => {
    const url = await listen((_, response) => void setTimeout(() => answer(response, GOOD), 50));
    const subject = client(url);
    const calls = Promise.all(Array.from({ length: 12 }, () => subject.call("{}", CALL)));
    open.splice(open.indexOf(subject), 1);
    await subject.close();
    expect((await calls).map(({ kind }) => kind)).toEqual(Array(12).fill("answer"));
  });
});

describe("a subgraph call", () => {
  it("posts the body with the identity and the request id, and keeps its connections", async () => {
    const seen: { url: unknown; body: string; headers: Record<string, unknown>; port: unknown }[] = [];
    const url = await listen((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        seen.push({ url: request.url, body, headers: request.headers, port: request.socket.remotePort });
        answer(response, GOOD);
      });
    });
    const people = client(url);
    await people.call('{"query":"{me{name}}é"}', { ...CALL, traceparent: "00-a-b-01" });
    const reply = await people.call("{}", { ...CALL, authorization: null });
    expect(reply).toEqual({ kind: "answer", text: GOOD });
    expect(seen[0]).toMatchObject({
      url: "/graphql?v=1",
      body: '{"query":"{me{name}}é"}',
      headers: {
        authorization: "Bearer t",
        "x-request-id": "r1",
        traceparent: "00-a-b-01",
        "accept-encoding": "identity",
      },
    });
    expect(seen[1]?.headers).not.toHaveProperty("authorization");
    for (let i = 0; i < 20; i += 1) await people.call("{}", CALL);
    expect(new Set(seen.map(({ port }) => port)).size).toBeLessThanOrEqual(4);
  });

  it("decodes UTF-8, and refuses what is declared to be no JSON or cannot be decompressed", async () => {
    expect(await replyTo('{"a":"é😀"}')).toEqual({ kind: "answer", text: '{"a":"é😀"}' });
    for (const headers of [
      { "content-type": "text/html" },
      { "content-encoding": "zz" },
      { "content-encoding": "gzip" },
    ]) {
      const reply = await replyTo("<html>secret</html>", headers as Record<string, string>);
      expect(reply).toEqual(failure("SUBGRAPH_INVALID_RESPONSE", /^Subgraph "people" answered/));
      expect(JSON.stringify(reply)).not.toMatch(/secret|127\.0\.0\.1|http/);
    }
  });

  it.each([500, 502, 503, 429, 404])("reports HTTP status %i as unavailable, body unread", async (status) => {
    const url = await listen((_, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end('{"data":{"a":1},"errors":[{"message":"secret"}]}');
    });
    const reply = await client(url).call("{}", CALL);
    expect(reply).toEqual(failure("SUBGRAPH_UNAVAILABLE", new RegExp(`HTTP status ${status}\\.$`)));
  });

  it("hands on a 400 that is declared to be a GraphQL response", async () => {
    const url = await listen((_, response) => {
      response.writeHead(400, { "content-type": "application/graphql-response+json; charset=utf-8" });
      response.end('{"errors":[{"message":"bad"}]}');
    });
    expect(await client(url).call("{}", CALL)).toEqual({
      kind: "answer",
      text: '{"errors":[{"message":"bad"}]}',
    });
  });

  it("does not follow redirects", async () => {
    let calls = 0;
    const url = await listen((_, response) => {
      calls += 1;
      response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    });
    expect(await client(url).call("{}", CALL)).toEqual(failure("SUBGRAPH_INVALID_RESPONSE", /redirect/));
    expect(calls).toBe(1);
  });

  it("gives up at its deadline before the head, and also in the middle of the body", async () => {
    const silent = await listen(() => {});
    const slow = await listen((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"data":');
    });
    for (const url of [silent, slow]) {
      const start = performance.now();
      const reply = await client(url, { timeoutMs: 100 }).call("{}", CALL);
      expect(reply).toEqual(failure("SUBGRAPH_TIMEOUT", /did not answer within 100 ms/));
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });

  it("aborts upstream when its request is given up, also while it waits for a connection", async () => {
    let aborted = 0;
    const url = await listen((request, response) => {
      request.resume();
      response.on("close", () => {
        aborted += 1;
      });
    });
    const people = client(url);
    const cancellation = new Cancellation();
    const calls = Array.from({ length: 6 }, () => people.call("{}", { ...CALL, cancellation }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    cancellation.cancel();
    for (const reply of await Promise.all(calls)) {
      expect(reply).toEqual(failure("SUBGRAPH_TIMEOUT", /given up/));
    }
    await expect.poll(() => aborted).toBe(4);
    expect(await people.call("{}", { ...CALL, cancellation })).toMatchObject({ kind: "failed" });
  });

  it("stops reading an answer above the cap, chunked or compressed", async () => {
    let sent = 0;
    const url = await listen((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => {
        sent += 1;
        response.write("x".repeat(50_000));
      }, 1);
      response.on("close", () => clearInterval(timer));
    });
    const code = "SUBGRAPH_RESPONSE_TOO_LARGE";
    expect(await client(url).call("{}", CALL)).toEqual(failure(code, /more than 100000 bytes/));
    expect(sent).toBeLessThan(50);
    const bomb = gzipSync(Buffer.alloc(10_000_000, " "));
    expect(await replyTo(bomb, { "content-encoding": "gzip" })).toEqual(failure(code, /more than 100000/));
  });

  it("reads gzip and brotli from subgraphs that compress unasked", async () => {
    for (const [encoding, body] of [
      ["gzip", gzipSync(GOOD)],
      ["br", brotliCompressSync(GOOD)],
    ] as const) {
      expect(await replyTo(body, { "content-encoding": encoding })).toEqual({ kind: "answer", text: GOOD });
    }
  });

  it("reports a refused connection, a reset and a cut-off body without an address", async () => {
    const replies = [await client("http://127.0.0.1:1/").call("{}", CALL)];
    for (const head of [
      "",
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"da',
    ]) {
      const server = createTcpServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(head));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      open.push(server);
      const { port } = server.address() as AddressInfo;
      replies.push(await client(`http://127.0.0.1:${port}/`).call("{}", CALL));
    }
    for (const reply of replies) {
      expect(reply).toMatchObject({ kind: "failed", code: expect.stringMatching(/^SUBGRAPH_/) });
      expect(JSON.stringify(reply)).not.toMatch(/127\.0\.0\.1|ECONN|port/);
    }
    expect(replies[0]).toEqual(failure("SUBGRAPH_UNAVAILABLE", /could not be reached/));
  });
});
