import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { FAULTS } from "../testkit/faults.ts";
import { FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { ServeProcess } from "../testkit/serve-process.ts";
import { composeOurs } from "../testkit/small-mesh.ts";
import { randomFrom } from "./chaos-scale.ts";

/**
 * `npm run test:soak -- --minutes N`: a gateway process under steady load, with new operations, mutations, faults and
 * clients that leave, and how its memory grows meanwhile. Exit code 1 where it grows.
 */
const { minutes = "10" } = parseArgs({ options: { minutes: { type: "string" } } }).values;
const DURATION = Number(minutes) * 60_000;
/** What is not counted: code is loaded and caches fill. */
const WARM_UP = Math.min(120_000, DURATION / 3);
const PER_SECOND = 50;
/** Megabytes an hour that are noise. */
const FLAT = 60;

const random = randomFrom(1);
const faults = Object.values(FAULTS);
const stock = await FaultySubgraph.start("stock", {
  sdl: "type Query { level(of: String): Int } type Mutation { restock(id: Int!): Int }",
  resolvers: { Query: { level: () => 7 }, Mutation: { restock: () => 1 } },
});
stock.fault = (exchange) => {
  stock.calls.length = 0;
  const fault = random() < 0.02 ? faults[Math.floor(random() * faults.length)] : undefined;
  if (fault) return fault(exchange);
  exchange.response.writeHead(200, { "content-type": "application/json" }).end(exchange.answer);
};
const gateway = await ServeProcess.start({ supergraphSdl: composeOurs([stock.source]) });

let asked = 0;
let failed = 0;
async function ask(): Promise<void> {
  asked += 1;
  const kind = random();
  const query =
    kind < 0.02
      ? `{ a${Math.floor(random() * 1e9)}: level }`
      : kind < 0.1
        ? "mutation { restock(id: 1) }"
        : "query ($of: String) { level(of: $of) }";
  await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables: { of: "x".repeat(Math.floor(random() * 1000)) } }),
    ...(random() < 0.01 ? { signal: AbortSignal.timeout(5) } : {}),
  })
    .then((response) => response.text())
    .catch(() => {
      failed += 1;
    });
}

const [serving] = gateway.logged("serving");
/** Kilobytes of the process that serves. */
function residentSize(): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${serving?.pid}/status`, "utf8"))?.[1]);
}

/** The slope of a line through the samples (least squares), in megabytes an hour. */
function slopeOf(samples: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(samples.map(([x]) => x)), mean(samples.map(([, y]) => y))];
  const over = samples.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return (over / samples.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)) * 3600;
}

const samples: (readonly [number, number])[] = [];
const start = performance.now();
let nextSample = WARM_UP;
while (performance.now() - start < DURATION) {
  const elapsed = performance.now() - start;
  while (asked < (elapsed / 1000) * PER_SECOND) void ask();
  if (elapsed >= nextSample) {
    samples.push([elapsed, residentSize()]);
    nextSample += 1000;
  }
  await pause(5);
}
const slope = slopeOf(samples);
const [first, last] = [samples[0]?.[1] ?? 0, samples.at(-1)?.[1] ?? 0];
process.stdout.write(
  `soak of ${minutes} min: ${asked} requests, ${failed} given up by their clients; RSS ${(first / 1000).toFixed()} → ${(last / 1000).toFixed()} MB, slope ${slope.toFixed()} MB an hour (goal: at most ${FLAT})\n`,
);
await gateway.stop();
await stock.stop();
process.exitCode = slope > FLAT && samples.length > 300 ? 1 : 0;
