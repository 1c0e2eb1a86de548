import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ATTACKS } from "../hardening/attack-corpus.ts";
import { sendAttack } from "../hardening/send-attack.ts";
import { FAULTS } from "../testkit/faults.ts";
import { FaultySubgraph } from "../testkit/faulty-subgraph.ts";
import { composeOurs, trust } from "../testkit/small-mesh.ts";
import { SwappedProcess } from "../testkit/start-swapped.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";
import { randomFrom } from "./chaos-scale.ts";

/**
 * `npm run test:soak -- --minutes N`: a gateway process under steady load of many callers, with masks and row filters, new
 * operations, mutations, faults, attacks, hot swaps and clients that leave, and how its memory grows meanwhile. Exit code 1
 * where it grows.
 */
const { minutes = "10" } = parseArgs({ options: { minutes: { type: "string" } } }).values;
const DURATION = Number(minutes) * 60_000;
/** What is not counted: code is loaded and caches fill. */
const WARM_UP = Math.min(120_000, DURATION / 3);
const PER_SECOND = 50;
/** Megabytes an hour that are noise. */
const FLAT = 60;
const SWAP_EVERY = 30_000;
const ATTACK_EVERY = 5000;

const random = randomFrom(1);
const faults = Object.values(FAULTS);
const GOVERNED = `extend schema
  @link(url: "https://specs.data-product-gateway.dev/governance/v1.0", import: ["@mask", "@rowFilter"])
type Query { level(of: String): Int rows: [Row!]! }
type Mutation { restock(id: Int!): Int }
type Row @rowFilter(field: "owner", claim: "owner") { owner: String! email: String @mask(strategy: EMAIL, unlessScopes: ["pii"]) }`;
const rows = ["ada", "bo", "cy"].map((owner) => ({ owner, email: `${owner}@example.com` }));
const stock = await FaultySubgraph.start("stock", {
  sdl: GOVERNED,
  resolvers: { Query: { level: () => 7, rows: () => rows }, Mutation: { restock: () => 1 } },
});
stock.fault = (exchange) => {
  stock.calls.length = 0;
  const fault = random() < 0.02 ? faults[Math.floor(random() * faults.length)] : undefined;
  if (fault) return fault(exchange);
  exchange.response.writeHead(200, { "content-type": "application/json" }).end(exchange.answer);
};
const issuer = await TokenIssuer.start();
const LASTING = { exp: Math.ceil((Date.now() + 2 * DURATION) / 1000) };
const tokens = Array.from({ length: 50 }, (_, index) =>
  issuer.token({ ...LASTING, sub: `caller-${index}`, owner: ["ada", "bo"], scope: index % 2 ? "pii" : "" }),
);
/** A supergraph that differs from all before it, so that each is taken as a new one. */
const generation = (number: number) =>
  composeOurs([{ ...stock.source, sdl: GOVERNED.replace("rows:", `"Revision ${number}." rows:`) }]);
const gateway = await SwappedProcess.start(generation(0), {
  DPG_AUTH_ISSUERS: JSON.stringify([trust(issuer)]),
});

let asked = 0;
let failed = 0;
let attacks = 0;
let swaps = 0;
async function ask(): Promise<void> {
  asked += 1;
  const token = random() < 0.5 ? tokens[Math.floor(random() * tokens.length)] : undefined;
  await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      query: chooseQuery(),
      variables: { of: "x".repeat(Math.floor(random() * 1000)) },
    }),
    ...(random() < 0.01 ? { signal: AbortSignal.timeout(5) } : {}),
  })
    .then((response) => response.text())
    .catch(() => {
      failed += 1;
    });
}

function chooseQuery(): string {
  const kind = random();
  if (kind < 0.02) return `{ a${Math.floor(random() * 1e9)}: level }`;
  if (kind < 0.1) return "mutation { restock(id: 1) }";
  return kind < 0.5 ? "{ rows { owner email } }" : "query ($of: String) { level(of: $of) }";
}

async function attack(): Promise<void> {
  const document = ATTACKS[attacks % ATTACKS.length];
  attacks += 1;
  if (document) await sendAttack(gateway.url, document.send());
}

async function swap(): Promise<void> {
  await gateway.serve(generation(swaps + 1));
  swaps += 1;
}

/** Kilobytes of the process that serves. */
function residentSize(): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${gateway.pid}/status`, "utf8"))?.[1]);
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
  if (attacks < elapsed / ATTACK_EVERY) void attack();
  if (swaps < Math.floor(elapsed / SWAP_EVERY)) await swap();
  if (elapsed >= nextSample) {
    samples.push([elapsed, residentSize()]);
    nextSample += 1000;
  }
  await pause(5);
}
const slope = slopeOf(samples);
const [first, last] = [samples[0]?.[1] ?? 0, samples.at(-1)?.[1] ?? 0];
process.stdout.write(
  `soak of ${minutes} min: ${asked} requests, ${failed} given up by their clients, ${attacks} attacks, ${swaps} hot swaps; RSS ${(first / 1000).toFixed()} → ${(last / 1000).toFixed()} MB, slope ${slope.toFixed()} MB an hour (goal: at most ${FLAT})\n`,
);
await gateway.stop();
await Promise.all([stock.stop(), issuer.stop()]);
process.exitCode = slope > FLAT && samples.length > 300 ? 1 : 0;
