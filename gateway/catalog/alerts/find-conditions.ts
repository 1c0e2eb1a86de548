import type { MonitoredProduct } from "../quality/monitored-products.ts";
import type { LatestResult } from "../quality/quality-store.ts";
import type { Measured } from "../quality/status-store.ts";

/** Something that is wrong with a product now. */
export interface Condition {
  readonly product: string;
  readonly domain: string;
  /** A kind of service level, or QUALITY. */
  readonly kind: string;
  /** Name of the rule of quality; empty for service levels. */
  readonly rule: string;
  readonly severity: "critical" | "warning";
  /** One line for people. */
  readonly summary: string;
}

/** A check that is late by this many of its intervals has stopped. */
const LATE = 3;

/**
 * What is wrong now: promises that are broken or will soon be, checks that fail, and checks that no longer run.
 *
 * @param results the newest of each rule
 * @param now milliseconds since the epoch
 */
export function findConditions(
  measured: readonly Measured[],
  results: readonly LatestResult[],
  now: number,
): readonly Condition[] {
  const known = new Map(results.map((result) => [`${result.product} ${result.rule}`, result]));
  return measured.flatMap(({ product, levels }) => [
    ...levels.flatMap(({ kind, severity, state, message }) =>
      severity === null
        ? []
        : [
            {
              ...placeOf(product),
              kind,
              rule: "",
              severity,
              summary: `${product.id}: ${LABELS[kind]} ${state === "BREACHED" ? "is not kept" : "is at risk"}. ${message ?? ""}`,
            },
          ],
    ),
    ...product.rules.flatMap((rule) => {
      const result = known.get(`${product.id} ${rule.name}`);
      const problem = result && problemOf(result, rule.everyMs, now);
      if (!problem) return [];
      const severity = rule.severity === "error" ? "critical" : "warning";
      const summary = `${product.id}: the check ${rule.name} ${problem}`;
      return [{ ...placeOf(product), kind: "QUALITY", rule: rule.name, severity, summary } as const];
    }),
  ]);
}

const LABELS = {
  AVAILABILITY: "the promised availability",
  LATENCY: "the promised latency",
  ERROR_RATE: "the promised error rate",
  FRESHNESS: "the promised freshness",
} as const;

function placeOf({ id, domain }: MonitoredProduct): Pick<Condition, "product" | "domain"> {
  return { product: id, domain };
}

function problemOf({ outcome, message, at }: LatestResult, everyMs: number, now: number): string | null {
  const said = message === null ? "" : ` ${message}`;
  if (outcome === "FAILED") return `fails.${said}`;
  if (outcome === "ERRORED") return `could not be run.${said}`;
  return now - at.getTime() > LATE * everyMs ? `has not run since ${at.toISOString()}.` : null;
}
