import { Pool } from "undici";
import { readMetrics } from "../../testkit/read-metrics.ts";
import { TokenIssuer } from "../../testkit/token-issuer.ts";
import { randomFrom } from "../chaos-scale.ts";
import { CanaryGateway, type CanarySettings } from "./canary-gateway.ts";
import { createIdentities, type Generation, type Identity } from "./identities.ts";
import { judge } from "./judge.ts";
import { type Asked, askBy, newQuestion, QUESTIONS, type Question, type Way } from "./questions.ts";
import { send } from "./send.ts";
import { type CanarySubgraphs, serveCanaries } from "./subgraphs.ts";

export interface CanaryRun {
  readonly answers: number;
  readonly identities: number;
  readonly seed: number;
}

/** What came of it. */
export interface CanaryTally {
  answers: number;
  /** Canaries that the one who asked may not see, in bodies, headers or the log. */
  foreign: number;
  /** Canaries that it may see. */
  own: number;
  /** Answers that lacked what was due, or were none. */
  incomplete: number;
  swaps: number;
  /** Answers by lane of the gateway. */
  hot: number;
  apollo: number;
  /** Programs (plan and compiled code) that were found again. */
  programHits: number;
  /** Calls that arrived at subgraphs, and how many would have without sharing. */
  calls: number;
  unsharedCalls: number;
  /** The first few things that were wrong. */
  readonly examples: string[];
}

/** Every way that leads to an answer, with its share of them. */
const LEGS: readonly (CanarySettings & { readonly share: number })[] = [
  { executor: "compiled", sharing: "request", share: 0.55 },
  { executor: "compiled", sharing: "subgraph", share: 0.4 },
  { executor: "apollo", sharing: "request", share: 0.05 },
];
/** Requests under way at once. */
const IN_FLIGHT = 200;
/** How often the same is asked at the same time. */
const SAME = 5;
/** Operations of a batch. */
const BATCH = 8;
const SWAPS_PER_LEG = 2;
/** What may have answered while a swap was under way. */
const EITHER: readonly Generation[] = ["first", "second"];

/**
 * Asks as many identities as said, all at once and over and over, through gateways with everything on that is
 * remembered or shared, and looks through every answer for what only somebody else may see (hardening 48 to 52).
 */
export async function runCanaries({ answers, identities: count, seed }: CanaryRun): Promise<CanaryTally> {
  const issuer = await TokenIssuer.start();
  const subgraphs = await serveCanaries(count);
  const identities = createIdentities(issuer, count);
  const tally: CanaryTally = {
    ...{ answers: 0, foreign: 0, own: 0, incomplete: 0, swaps: 0, hot: 0, apollo: 0, programHits: 0 },
    ...{ calls: 0, unsharedCalls: 0, examples: [] },
  };
  const random = randomFrom(seed);
  try {
    for (const leg of LEGS)
      await runLeg({
        settings: leg,
        answers: answers * leg.share,
        identities,
        subgraphs,
        issuer,
        random,
        tally,
      });
  } finally {
    await subgraphs.stop();
    await issuer.stop();
  }
  tally.calls = subgraphs.calls();
  return tally;
}

interface Leg {
  readonly settings: CanarySettings;
  readonly answers: number;
  readonly identities: readonly Identity[];
  readonly subgraphs: CanarySubgraphs;
  readonly issuer: TokenIssuer;
  readonly random: () => number;
  readonly tally: CanaryTally;
}

/** What is served now, but while that is being swapped. */
interface Stage {
  generation: Generation;
  /** Swaps that were begun, and that are over. */
  begun: number;
  swaps: number;
}

async function runLeg(leg: Leg): Promise<void> {
  const { settings, answers, subgraphs, issuer, tally } = leg;
  const gateway = await CanaryGateway.start(subgraphs.supergraphs.first, issuer, settings);
  const pool = new Pool(gateway.url, { connections: IN_FLIGHT });
  const stage: Stage = { generation: "first", begun: 0, swaps: 0 };
  const until = tally.answers + answers;
  const done = () => (tally.answers - until + answers) / answers;
  try {
    await Promise.all(QUESTIONS.map((question) => askOnce(leg, pool, stage, primer(leg, question))));
    const swapping = swapAlong(gateway, subgraphs, stage, done);
    const clients = Array.from({ length: Math.ceil(IN_FLIGHT / SAME) }, async () => {
      while (tally.answers < until) {
        const asked = choose(leg);
        await Promise.all(Array.from({ length: SAME }, () => askOnce(leg, pool, stage, asked)));
      }
    });
    await Promise.all(clients);
    await swapping;
    await readLanes(gateway.url, tally);
  } finally {
    await pool.destroy();
    await gateway.stop();
    tally.swaps += stage.swaps;
    tally.foreign += gateway.leaks.length;
    tally.examples.push(...gateway.leaks.slice(0, 3));
  }
}

async function swapAlong(
  gateway: CanaryGateway,
  { supergraphs }: CanarySubgraphs,
  stage: Stage,
  done: () => number,
): Promise<void> {
  while (stage.swaps < SWAPS_PER_LEG) {
    while (done() < (stage.swaps + 1) / (SWAPS_PER_LEG + 1))
      await new Promise((resolve) => setTimeout(resolve, 5));
    stage.begun += 1;
    const next = stage.generation === "first" ? "second" : "first";
    await gateway.serve(supergraphs[next]);
    stage.generation = next;
    stage.swaps += 1;
  }
}

/** A persisted query is known once it was sent with its text. */
function primer({ identities }: Leg, question: Question): Asked {
  const [nobody] = identities;
  if (!nobody) throw new Error("there are no identities");
  return askBy("persist", nobody, null, [question], "primer");
}

let asking = 0;

function choose({ identities, random }: Leg): Asked {
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  };
  asking += 1;
  const identity = pick(identities);
  const purpose = identity.purposes.length === 0 ? null : pick(identity.purposes);
  const nonce = `nonce-${asking}-${identity.id}`;
  const dice = random();
  const way: Way = dice < 0.15 ? "batch" : dice < 0.2 ? "get" : dice < 0.25 ? "persisted" : "post";
  if (way === "batch")
    return askBy(
      way,
      identity,
      purpose,
      [pick(QUESTIONS), ...Array.from({ length: BATCH - 1 }, () => pick(QUESTIONS))],
      nonce,
    );
  const question = dice > 0.98 ? newQuestion(asking) : pick(QUESTIONS);
  return askBy(way, identity, purpose, [question], nonce);
}

async function askOnce({ tally }: Leg, pool: Pool, stage: Stage, asked: Asked): Promise<void> {
  const { generation, swaps } = stage;
  const received = await send(pool, asked.request).catch(() => ({ status: 0, headers: "", text: "" }));
  const isSettled = stage.begun === swaps;
  const { foreign, own, incomplete } = judge(asked, received, isSettled ? [generation] : EITHER);
  tally.answers += asked.questions.length;
  tally.foreign += foreign;
  tally.own += own;
  tally.incomplete += incomplete;
  tally.unsharedCalls += asked.questions.reduce((sum, { calls }) => sum + calls, 0);
  if (foreign + incomplete > 0 && tally.examples.length < 5)
    tally.examples.push(
      `${asked.identity.id}: ${asked.questions.map(({ query }) => query)} → ${received.text}`,
    );
}

async function readLanes(url: string, tally: CanaryTally): Promise<void> {
  const metrics = await readMetrics(url);
  tally.hot += metrics.get('dpg_graphql_requests_total{lane="hot"}') ?? 0;
  tally.apollo += metrics.get('dpg_graphql_requests_total{lane="apollo"}') ?? 0;
  tally.programHits += metrics.get('dpg_cache_lookups_total{cache="programs",outcome="hit"}') ?? 0;
}
