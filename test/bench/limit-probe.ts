// Process: what no gateway can do without. The calls of an operation, one wave after the other, JSON.parse of every
// answer and JSON.stringify of the response; no plan, no merge, no GraphQL.
import { once } from "node:events";
import { createServer } from "node:http";
import { Pool } from "undici";
import { portOf } from "../testkit/gateway-identity.ts";

/** What the probe does at the path `/<name>`. */
export interface ProbeProgram {
  readonly name: string;
  /** Calls of one wave are made at the same time. */
  readonly waves: readonly (readonly { readonly url: string; readonly body: string }[])[];
  readonly answer: unknown;
}

const HEADERS = ["content-type", "application/json", "accept", "application/json"];
const programs = new Map<string, ProbeProgram>();
const pools = new Map<string, Pool>();

process.on("message", (message: readonly ProbeProgram[]) => {
  for (const program of message) programs.set(`/${program.name}`, program);
  process.send?.({ ready: true });
});
process.on("disconnect", () => process.exit());

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", async () => {
    JSON.parse(Buffer.concat(chunks).toString());
    const text = await run(programs.get(request.url ?? ""));
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.({ url: `http://127.0.0.1:${portOf(server.address())}` });

async function run(program: ProbeProgram | undefined): Promise<string> {
  if (!program) throw new Error("the probe has no such program");
  for (const wave of program.waves) await Promise.all(wave.map(({ url, body }) => call(url, body)));
  return JSON.stringify(program.answer);
}

function call(url: string, body: string): Promise<unknown> {
  const pool = poolOf(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pool.dispatch(
      { path: "/graphql", method: "POST", headers: HEADERS, body },
      {
        onConnect: () => {},
        onHeaders: () => true,
        onData: (chunk) => {
          chunks.push(chunk);
          return true;
        },
        onComplete: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
        onError: reject,
      },
    );
  });
}

function poolOf(url: string): Pool {
  const { origin } = new URL(url);
  const known = pools.get(origin) ?? new Pool(origin, { connections: 64 });
  pools.set(origin, known);
  return known;
}
