import { setTimeout as pause } from "node:timers/promises";
import { count, type Figure, percentile } from "./figures.ts";
import { HEAVY, kindOf } from "./items-mesh.ts";
import type { LoadKind, LoadRecord } from "./plan.ts";
import { startItemsMesh } from "./start-items-mesh.ts";
import type { LoadProcess } from "./start-load.ts";

export interface OverloadOptions {
  readonly rounds: number;
  /** Of the search for the peak, half of it before and half after the rest, of the overload, and of the time after it. */
  readonly seconds: { readonly peak: number; readonly overload: number; readonly after: number };
}

/** That clients have open before they send anything. */
const CONNECTIONS = 250;
/** With which the most right answers per second are looked for. */
const PEAK_CONNECTIONS = [16, 64];
/** How much of the peak is offered. */
const TIMES = 5;
/** Milliseconds after which nobody waits any more: a later answer is not good. */
const DEADLINE = 2000;
/** Share of the peak that is offered before and after. */
const ORDINARY = 0.5;
/** Milliseconds within which an ordinary request is answered once the gateway has recovered. */
const QUICK = 250;

/**
 * Overload (hardening 107, 109): the most right answers per second that a gateway process can give, then five times as
 * many requests, on a processor that it has for itself where there are two.
 */
export async function measureOverload(options: OverloadOptions): Promise<readonly Figure[]> {
  const mesh = await startItemsMesh();
  try {
    const { url } = await mesh.serve();
    const kind = await kindOf(url, HEAVY);
    await closed(mesh.load, url, kind, 3);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1)
      rounds.push(await oneRound(mesh.load, url, kind, options.seconds));
    return toFigures(rounds);
  } finally {
    await mesh.stop();
  }
}

interface Round {
  readonly peak: number;
  readonly goodput: number;
  readonly shed: readonly LoadRecord[];
  readonly health: readonly LoadRecord[];
  /** Answers that were neither right nor a proper refusal. */
  readonly wrong: number;
  /** Milliseconds from the end of the overload to the last request that was not answered as ever. */
  readonly recovery: number;
}

async function oneRound(
  load: LoadProcess,
  url: string,
  kind: LoadKind,
  seconds: OverloadOptions["seconds"],
): Promise<Round> {
  const before = await findPeak(load, url, kind, seconds.peak / 2);
  const offered = TIMES * Math.max(...before);
  const health = load.run({
    origin: url,
    pace: { kind: "open", perSecond: 20, connections: 2 },
    seconds: seconds.overload,
    kinds: ["/health/live", "/health/ready"].map((path) => ({ method: "GET", path, body: "", right: null })),
  });
  const overload = open(load, url, kind, offered, seconds.overload);
  await pause(seconds.overload * 1000);
  const after = open(load, url, kind, (ORDINARY / TIMES) * offered, seconds.after);
  const over = await overload;
  const end = over.records.reduce((latest, { due }) => Math.max(latest, due), 0);
  const inTime = over.records.filter(({ outcome, took }) => outcome === "good" && took <= DEADLINE);
  const late = (await after).records.filter(({ outcome, took }) => outcome !== "good" || took > QUICK);
  const healthy = await health;
  const again = await findPeak(load, url, kind, seconds.peak / 2);
  const peak = Math.max(...before.map((rate, index) => (rate + (again[index] ?? 0)) / 2));
  const round = {
    peak,
    goodput: inTime.length / seconds.overload,
    shed: over.records.filter(({ outcome }) => outcome === "shed"),
    health: healthy.records,
    wrong: count(over.records, "other") + count(over.records, "failed"),
    recovery: Math.max(0, ...late.map(({ due, took }) => due + took - end)),
  };
  const good = over.records.filter(({ outcome }) => outcome === "good");
  process.stdout.write(
    `peak ${peak.toFixed()}/s (before ${before.map((rate) => rate.toFixed())}, again ${again.map((rate) => rate.toFixed())}), offered ${(over.records.length / seconds.overload).toFixed()}/s: ${round.goodput.toFixed()}/s good (${((100 * round.goodput) / peak).toFixed()} %), ` +
      `p50 ${percentile(good, 0.5).toFixed()} ms, p99 ${percentile(good, 0.99).toFixed()} ms; ${round.shed.length} shed, p50 ${percentile(round.shed, 0.5).toFixed()} p99 ${percentile(round.shed, 0.99).toFixed()} ms; ` +
      `health p99 ${percentile(round.health, 0.99).toFixed()} ms; ${round.wrong} wrong; back after ${round.recovery.toFixed()} ms; generator late by ${over.lateness.toFixed()} ms (p99)\n`,
  );
  for (const text of [...over.strange, ...healthy.strange]) process.stdout.write(`  ${text}\n`);
  return round;
}

/**
 * Right answers per second with each number of connections, in so many seconds altogether. It is taken before and after
 * the overload: the machine's own speed drifts by more than what is to be seen.
 */
async function findPeak(
  load: LoadProcess,
  url: string,
  kind: LoadKind,
  seconds: number,
): Promise<readonly number[]> {
  const rates: number[] = [];
  for (const connections of PEAK_CONNECTIONS) {
    const share = seconds / PEAK_CONNECTIONS.length;
    const { records } = await closed(load, url, kind, share, connections);
    rates.push(count(records, "good") / share);
  }
  return rates;
}

function closed(load: LoadProcess, origin: string, kind: LoadKind, seconds: number, connections = 32) {
  return load.run({ origin, pace: { kind: "closed", connections }, seconds, kinds: [kind] });
}

function open(load: LoadProcess, origin: string, kind: LoadKind, perSecond: number, seconds: number) {
  return load.run({
    origin,
    pace: { kind: "open", perSecond, connections: CONNECTIONS },
    seconds,
    kinds: [kind],
  });
}

function toFigures(rounds: readonly Round[]): readonly Figure[] {
  const shed = rounds.flatMap((round) => round.shed);
  const health = rounds.flatMap((round) => round.health);
  const sum = (read: (round: Round) => number) => rounds.reduce((total, round) => total + read(round), 0);
  return [
    {
      what: `overload ${TIMES}× the peak before it: right answers within ${DEADLINE} ms, of the peak before and after it of ${(sum(({ peak }) => peak) / rounds.length).toFixed()}/s`,
      value: (100 * sum(({ goodput }) => goodput)) / sum(({ peak }) => peak),
      unit: "%",
      goal: { atLeast: 85 },
    },
    {
      what: `overload ${TIMES}×: 503 with Retry-After, p99 of ${shed.length}`,
      value: percentile(shed, 0.99),
      unit: "ms",
      goal: { atMost: 100 },
    },
    {
      what: `overload ${TIMES}×: health, p99 of ${health.length}`,
      value: percentile(health, 0.99),
      unit: "ms",
      goal: { atMost: 100 },
    },
    {
      what: `overload ${TIMES}×: answers that are neither right nor such a 503, and health that is not 200`,
      value: sum(({ wrong }) => wrong) + health.length - count(health, "good"),
      unit: "answers",
      goal: { atMost: 0 },
    },
    {
      what: `after the overload: all of ${ORDINARY * 100} % of the peak right within ${QUICK} ms again, longest of ${rounds.length}`,
      value: Math.max(...rounds.map(({ recovery }) => recovery)),
      unit: "ms",
      goal: { atMost: 5000 },
    },
  ];
}
