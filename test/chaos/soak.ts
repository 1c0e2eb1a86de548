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
import { dueRows, type Entitlement, judgeAnswer } from "./judge-answer.ts";

/**
 * `npm run test:soak -- --minutes N`: a gateway process under steady load of many callers, with masks and row filters, new
 * operations, mutations, faults, attacks, hot swaps and clients that leave, and how its memory grows meanwhile. Exit code 1
 * where it grows, or where any answer is not what its caller may see.
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
/** All but the one that answers what a subgraph may say: of a list that is shorter nobody knows it. */
const faults = Object.entries(FAULTS).flatMap(([name, fault]) => (name.includes("too short") ? [] : [fault]));
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
const OWNERS = [["ada", "bo"], ["bo"], ["cy"]];
interface SoakCaller extends Entitlement {
  readonly token?: string;
}
const anonymous: SoakCaller = { owners: [], clear: false };
const callers = Array.from({ length: 50 }, (_, index): SoakCaller => {
  const [owners = [], clear] = [OWNERS[index % 3], index % 2 === 1];
  const claims = { ...LASTING, sub: `caller-${index}`, owner: owners, scope: clear ? "pii" : "" };
  return { owners, clear, token: issuer.token(claims) };
});
/** A supergraph that differs from all before it, so that each is taken as a new one. */
const generation = (number: number) =>
  composeOurs([{ ...stock.source, sdl: GOVERNED.replace("rows:", `"Revision ${number}." rows:`) }]);
const gateway = await SwappedProcess.start(generation(0), {
  // Nothing of a fault may be told; elsewhere messages are.
  NODE_ENV: "production",
  DPG_SUBGRAPHS: JSON.stringify({ stock: { url: stock.source.url } }),
  DPG_AUTH_ISSUERS: JSON.stringify([trust(issuer)]),
});

let asked = 0;
let given = 0;
let whole = 0;
let attacks = 0;
let swaps = 0;
const wrong: string[] = [];
async function ask(): Promise<void> {
  asked += 1;
  const caller = (random() < 0.5 && callers[Math.floor(random() * callers.length)]) || anonymous;
  const { query, due } = chooseQuery(caller);
  const leaves = random() < 0.01 ? { signal: AbortSignal.timeout(5) } : {};
  try {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(caller.token === undefined ? {} : { authorization: `Bearer ${caller.token}` }),
      },
      body: JSON.stringify({ query, variables: { of: "x".repeat(Math.floor(random() * 1000)) } }),
      ...leaves,
    });
    const text = await response.text();
    const fault = judgeAnswer({ status: response.status, text, due });
    if (fault !== null)
      wrong.push(`${query} of ${caller.token ? JSON.stringify(caller.owners) : "nobody"}: ${fault}`);
    else if (!text.includes('"errors"')) whole += 1;
  } catch (error) {
    if ("signal" in leaves) given += 1;
    else wrong.push(`${query}: no answer: ${error}`);
  }
}

function chooseQuery(caller: Entitlement): { readonly query: string; readonly due: unknown } {
  const kind = random();
  if (kind < 0.02) return { query: `{ a${Math.floor(random() * 1e9)}: level }`, due: 7 };
  if (kind < 0.1) return { query: "mutation { restock(id: 1) }", due: 1 };
  if (kind < 0.5) return { query: "{ rows { owner email } }", due: dueRows(caller) };
  return { query: "query ($of: String) { level(of: $of) }", due: 7 };
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

function tellProgress(elapsed: number): void {
  process.stdout.write(
    `after ${(elapsed / 60_000).toFixed()} min: ${asked} requests, ${wrong.length} wrong answers, RSS ${(residentSize() / 1000).toFixed()} MB\n`,
  );
}

/** The slope of a line through the samples (least squares), in megabytes an hour. */
function slopeOf(samples: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(samples.map(([x]) => x)), mean(samples.map(([, y]) => y))];
  const over = samples.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return (over / samples.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)) * 3600;
}

const samples: (readonly [number, number])[] = [];
const pending = new Set<Promise<void>>();
const start = performance.now();
let nextSample = WARM_UP;
while (performance.now() - start < DURATION) {
  const elapsed = performance.now() - start;
  while (asked < (elapsed / 1000) * PER_SECOND) {
    const asking = ask().finally(() => pending.delete(asking));
    pending.add(asking);
  }
  if (attacks < elapsed / ATTACK_EVERY) void attack();
  if (swaps < Math.floor(elapsed / SWAP_EVERY)) await swap();
  if (elapsed >= nextSample) {
    samples.push([elapsed, residentSize()]);
    if (samples.length % 60 === 1) tellProgress(elapsed);
    nextSample += 1000;
  }
  await pause(5);
}
await Promise.all(pending);
const slope = slopeOf(samples);
const [first, last] = [samples[0]?.[1] ?? 0, samples.at(-1)?.[1] ?? 0];
for (const example of wrong.slice(0, 20)) process.stdout.write(`wrong: ${example}\n`);
process.stdout.write(
  `soak of ${minutes} min: ${asked} requests, ${whole} answered in full, ${given} given up by their clients, ${wrong.length} wrong answers (goal: 0), ${attacks} attacks, ${swaps} hot swaps; RSS ${(first / 1000).toFixed()} → ${(last / 1000).toFixed()} MB, slope ${slope.toFixed()} MB an hour (goal: at most ${FLAT})\n`,
);
await gateway.stop();
await Promise.all([stock.stop(), issuer.stop()]);
process.exitCode = wrong.length > 0 || whole === 0 || (slope > FLAT && samples.length > 300) ? 1 : 0;
