import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Fault } from "./faulty-subgraph.ts";

/** What must never reach a client: faults put it into everything that a subgraph should not have said. */
export const CANARY = "CANARY-at-/srv/app/secret.js:17-postgres://u:p@db.internal:5432";
/** Bytes of an answer that the gateway has to be told to accept at most. */
export const MAX_BYTES = 100_000;

const JSON_TYPE = { "content-type": "application/json" };

function send(body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_TYPE): Fault {
  return ({ response }) => void response.writeHead(200, headers).end(body);
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return ({ response }) =>
    void response
      .writeHead(code, { "content-type": "text/html", ...headers })
      .end(`<h1>${CANARY}</h1><pre>Error: ${CANARY}\n    at run (/srv/app/secret.js:17:3)</pre>`);
}

/** Bytes on the wire, past node's HTTP. */
function raw(bytes: (answer: string) => string): Fault {
  return ({ request, answer }) => void request.socket.end(bytes(answer));
}

function edit(change: (answer: { data: Record<string, unknown> }) => unknown): Fault {
  return ({ response, answer }) =>
    void response.writeHead(200, JSON_TYPE).end(JSON.stringify(change(JSON.parse(answer))));
}

/** Changes every object below `data` that is a member of a root field. */
function editFields(change: (value: unknown) => unknown): Fault {
  return edit(({ data }) => ({
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, change(value)])),
  }));
}

/**
 * What a subgraph can do wrong, by name (hardening 89 to 95); each changes every answer. A refused connection is not
 * among them, because then there is no answer.
 */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "89 resets before the answer": ({ request }) => void request.socket.resetAndDestroy(),
  "89 resets in the middle of the body": ({ request, response, answer }) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": String(answer.length) });
    response.write(answer.slice(0, 9), () => request.socket.resetAndDestroy());
  },
  "90 hangs before the head": () => {},
  "90 hangs in the middle of the body": ({ response, answer }) =>
    void response.writeHead(200, JSON_TYPE).write(answer.slice(0, 9)),
  "91 answers 500": status(500),
  "91 answers 502": status(502),
  "91 answers 503": status(503),
  "91 answers 429": status(429),
  "92 answers 404": status(404),
  "92 answers HTML": send(`<html>${CANARY}</html>`, { "content-type": "text/html" }),
  "92 answers JSON as text/plain": ({ response, answer }) =>
    void response.writeHead(200, { "content-type": "text/plain" }).end(answer),
  "92 answers something malformed": send(`{"data":{${CANARY}`),
  "92 closes before the announced length": raw(
    (answer) =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer.slice(0, -5)}`,
  ),
  "92 closes in the middle of a chunk": raw(
    (answer) =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nfff\r\n${answer}`,
  ),
  "92 answers an empty body": send(""),
  "92 answers 204": ({ response }) => void response.writeHead(204).end(),
  "92 breaks HTTP": raw(() => `${CANARY}\r\n\r\n`),
  "93 answers {}": send("{}"),
  "93 answers data: null": send('{"data":null}'),
  "93 answers []": send("[]"),
  "93 answers a list as data": send(`{"data":["${CANARY}"]}`),
  "93 answers errors as a string": edit(({ data }) => ({ data, errors: CANARY })),
  "93 answers errors that are strings": edit(({ data }) => ({ data, errors: [CANARY] })),
  "93 answers _entities: null": edit(({ data }) => ({
    data: "_entities" in data ? { _entities: null } : null,
  })),
  "93 answers lists that are too long": editFields((value) => [value, value, value, value, value]),
  "93 answers lists that are too short": editFields(() => []),
  "93 answers text in place of objects": editFields((value) =>
    Array.isArray(value) ? value.map(() => CANARY) : CANARY,
  ),
  "93 leaves out what was asked": edit(() => ({ data: {} })),
  "93 leaves out a field of each object": edit(({ data }) =>
    JSON.parse(JSON.stringify({ data }).replace(/,"level":7/g, "")),
  ),
  "94 answers more than the cap": send(`{"data":{"x":"${"x".repeat(2 * MAX_BYTES)}"}}`),
  "94 sends a decompression bomb": send(gzipSync(Buffer.alloc(50 * MAX_BYTES, " ")), {
    ...JSON_TYPE,
    "content-encoding": "gzip",
  }),
  "94 sends damaged gzip": send(randomBytes(100), { ...JSON_TYPE, "content-encoding": "gzip" }),
  "94 sends an unknown encoding": send("x", { ...JSON_TYPE, "content-encoding": "snappy" }),
  "95 redirects": status(302, { location: `http://127.0.0.1:1/${CANARY}` }),
  "46 reports errors with its insides": edit(() => ({
    data: null,
    errors: [
      {
        message: `duplicate key (email)=(${CANARY})`,
        extensions: { code: "23505", stacktrace: [CANARY], url: CANARY, exception: { sql: CANARY } },
      },
    ],
  })),
};
