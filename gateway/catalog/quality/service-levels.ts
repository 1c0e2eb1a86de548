import { LATENCY_BOUNDS } from "../../../shared/usage-batch.ts";
import type { ServiceLevelKind, ServiceLevelStatus } from "../read-models.ts";

/** Requests that read a product within some time. */
export interface Traffic {
  readonly requests: number;
  readonly errors: number;
  readonly failures: number;
  /** Requests per bucket of {@link LATENCY_BOUNDS}. */
  readonly latency: readonly number[];
}

/** The lengths of time, in seconds, over which promises are measured. */
export interface Windows {
  /** The time that an error budget is for. */
  readonly budget: number;
  /** A budget is used up too fast where it is so over a long and over a short time, so that what is over ends. */
  readonly burns: readonly {
    readonly long: number;
    readonly short: number;
    /** Times as fast as allowed. */
    readonly rate: number;
    readonly severity: "critical" | "warning";
  }[];
}

/** Thirty days; alerts as in the Site Reliability Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts". */
export const USUAL_WINDOWS: Windows = {
  budget: 30 * 86_400,
  burns: [
    { long: 3600, short: 300, rate: 14.4, severity: "critical" },
    { long: 6 * 3600, short: 1800, rate: 6, severity: "warning" },
  ],
};

/** A promise as measured, and how urgent what is wrong with it is. */
export interface Judged extends ServiceLevelStatus {
  readonly kind: ServiceLevelKind;
  readonly severity: "critical" | "warning" | null;
}

/** How the age of data keeps to its bound, in seconds. */
export function judgeFreshness(target: number, dataAt: Date | null, now: number): Judged {
  const base = { kind: "FRESHNESS", errorBudgetRemaining: null, burnRate: null } as const;
  if (dataAt === null)
    return {
      ...base,
      state: "UNKNOWN",
      value: null,
      measuredAt: new Date(now),
      severity: null,
      message: "Nobody has reported of when the data is.",
    };
  const age = Math.max(0, (now - dataAt.getTime()) / 1000);
  const state = age > target ? "BREACHED" : age > NEARLY * target ? "AT_RISK" : "MET";
  const message = `The data is of ${dataAt.toISOString()}, ${Math.round(age)} seconds old; ${target} are promised.`;
  const severity = state === "BREACHED" ? "critical" : null;
  return { ...base, state, value: age, measuredAt: new Date(now), severity, message };
}

const NEARLY = 0.8;

export interface Promised {
  readonly kind: Exclude<ServiceLevelKind, "FRESHNESS">;
  readonly target: number;
  /** The traffic of the last seconds, as many as given. */
  readonly over: (seconds: number) => Traffic;
  readonly windows: Windows;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How traffic keeps to a promise: over the time of its error budget, and how fast that is used up. */
export function judgeTraffic({ kind, target, over, windows, now }: Promised): Judged {
  const allowed = allowedShare(kind, target);
  const burn = (seconds: number) =>
    share(badOf(kind, target, over(seconds)), over(seconds).requests) / allowed;
  const whole = over(windows.budget);
  const base = { kind, measuredAt: new Date(now) };
  if (whole.requests === 0)
    return {
      ...base,
      state: "UNKNOWN",
      value: null,
      errorBudgetRemaining: 1,
      burnRate: 0,
      severity: null,
      message: "No request has read it yet.",
    };
  const remaining = 1 - share(badOf(kind, target, whole), whole.requests) / allowed;
  const isMany = (seconds: number) => over(seconds).requests >= MIN_REQUESTS;
  const fast = windows.burns.find(
    ({ long, short, rate }) => isMany(long) && burn(long) >= rate && burn(short) >= rate,
  );
  const [first] = windows.burns;
  const burnRate = burn(first?.long ?? windows.budget);
  const state = remaining < 0 ? "BREACHED" : fast ? "AT_RISK" : "MET";
  return {
    ...base,
    state,
    value: measuredValue(kind, whole),
    errorBudgetRemaining: remaining,
    burnRate,
    severity: state === "BREACHED" ? "critical" : (fast?.severity ?? null),
    message: `${sayRemaining(remaining)}; it is used ${burnRate.toFixed(1)} times as fast as allowed.`,
  };
}

/** @param remaining 1 for all of it; below 0 more than all of it was used */
function sayRemaining(remaining: number): string {
  return remaining < 0
    ? `The error budget was used ${(1 - remaining).toFixed(1)} times over`
    : `${Math.round(remaining * 100)} % of the error budget is left`;
}

/** One failure among fewer says nothing about the speed. */
const MIN_REQUESTS = 10;

/** The share of requests that may be bad. A promise of 100 percent allows as good as none. */
function allowedShare(kind: Promised["kind"], target: number): number {
  if (kind === "LATENCY") return 0.05;
  return Math.max(1e-6, (kind === "AVAILABILITY" ? 100 - target : target) / 100);
}

function badOf(kind: Promised["kind"], target: number, traffic: Traffic): number {
  if (kind === "AVAILABILITY") return traffic.failures;
  return kind === "ERROR_RATE" ? traffic.errors : slowerThan(target, traffic.latency);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function measuredValue(kind: Promised["kind"], traffic: Traffic): number {
  if (kind === "LATENCY") return percentile(0.95, traffic.latency);
  if (kind === "AVAILABILITY") return 100 * (1 - share(traffic.failures, traffic.requests));
  return 100 * share(traffic.errors, traffic.requests);
}

/** Requests slower than a bound; within a bucket they are taken as spread evenly. */
function slowerThan(milliseconds: number, latency: readonly number[]): number {
  return latency.reduce((sum, count, index) => {
    const lower = LATENCY_BOUNDS[index - 1] ?? 0;
    const upper = LATENCY_BOUNDS[index] ?? Number.POSITIVE_INFINITY;
    if (upper <= milliseconds) return sum;
    if (lower >= milliseconds || upper === Number.POSITIVE_INFINITY) return sum + count;
    return sum + (count * (upper - milliseconds)) / (upper - lower);
  }, 0);
}

/** The milliseconds that a share of the requests stays below; of the open last bucket its lower bound. */
function percentile(wanted: number, latency: readonly number[]): number {
  const total = latency.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (const [index, count] of latency.entries()) {
    const lower = LATENCY_BOUNDS[index - 1] ?? 0;
    const upper = LATENCY_BOUNDS[index] ?? lower;
    if (before + count >= wanted * total)
      return count === 0 ? lower : lower + ((upper - lower) * (wanted * total - before)) / count;
    before += count;
  }
  return LATENCY_BOUNDS.at(-1) ?? 0;
}
