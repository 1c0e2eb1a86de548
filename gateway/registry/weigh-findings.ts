import type { Caller, Verdict } from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { recordedPrincipal } from "../../shared/recorded-caller.ts";
import { OTHER_CLIENT } from "../../shared/usage-batch.ts";
import type { AffectedUse, Finding } from "../supergraph/finding.ts";
import type { CheckedFinding, Weight } from "./checked-finding.ts";
import type { RecordedUse, UsageStore, UsageTotals } from "./usage-store.ts";

export interface UsageWindow {
  /** Usage older than these days does not count. */
  readonly days: number;
  /** Share of all requests, in percent, up to which use of something does not keep it. */
  readonly threshold: number;
}

/** Most used kinds of callers that are looked at. */
const USES = 5000;
/** Named in a finding; the others are counted. */
const NAMED = 20;
const MILLISECONDS_PER_HOUR = 3_600_000;

/**
 * Says of each change who would notice it (which application, which operation, how often, when last), and lets a
 * break through as a warning where nobody would. Without any usage recorded, or where requests were lost to the
 * recording, a break stays one: silence proves nothing then.
 */
export async function weighFindings(
  findings: readonly CheckedFinding[],
  usage: UsageStore,
  window: UsageWindow,
): Promise<readonly Finding[]> {
  const touched = [...new Set(findings.flatMap(({ weight }) => weight?.touches ?? []))];
  if (touched.length === 0) return findings.map(unweighed);
  const [totals, uses] = await Promise.all([
    usage.totals(window.days),
    usage.usesOf({ coordinates: touched, days: window.days, limit: USES }),
  ]);
  return findings.flatMap((finding) => {
    const { weight } = finding;
    if (!weight) return [finding];
    const concerned = uses.filter((use) => weight.touches.some((item) => use.coordinates.includes(item)));
    return weigh(unweighed(finding), weight, concerned, { totals, window });
  });
}

interface Evidence {
  readonly totals: UsageTotals;
  readonly window: UsageWindow;
}

function unweighed({ weight: _, ...finding }: CheckedFinding): Finding {
  return finding;
}

function weigh(
  finding: Finding,
  weight: Weight,
  uses: readonly RecordedUse[],
  evidence: Evidence,
): readonly Finding[] {
  switch (weight.kind) {
    case "api":
      return weighBreak(finding, weight, uses, evidence);
    case "loosened":
      return [uses.length === 0 ? finding : naming(finding, uses, "Delivered to", evidence)];
    case "tightened": {
      const losers = uses.filter((use) => loses(use, weight));
      return losers.length === 0 ? [] : [naming(finding, losers, "Lost, or masked, for", evidence)];
    }
  }
}

function weighBreak(
  finding: Finding,
  { isRemoval, wasDeprecated }: Extract<Weight, { kind: "api" }>,
  uses: readonly RecordedUse[],
  evidence: Evidence,
): readonly Finding[] {
  const { totals, window } = evidence;
  if (totals.since === null)
    return [
      { ...finding, message: `${finding.message} No usage is recorded, so nobody knows who needs it.` },
    ];
  if (uses.length > 0) {
    const isUsed = percentOf(uses, totals) > window.threshold;
    const severity = isUsed ? "error" : "warning";
    return [naming({ ...finding, severity }, uses, "Used by", evidence)];
  }
  if (totals.dropped > 0) {
    const text = `No use is recorded, but ${totals.dropped} requests were lost to the recording.`;
    return [{ ...finding, message: `${finding.message} ${text}` }];
  }
  const text = `No application used it in the last ${sayRecorded(totals.since, window)}.`;
  const unused: Finding = { ...finding, severity: "warning", message: `${finding.message} ${text}` };
  return isRemoval && !wasDeprecated ? [unused, notDeprecated(finding)] : [unused];
}

function notDeprecated({ coordinate, subgraphs }: Finding): Finding {
  return {
    severity: "warning",
    code: "REMOVED_WITHOUT_DEPRECATION",
    coordinate,
    subgraphs,
    message: `${coordinate} was never deprecated: clients in the making were not told.`,
    remedy: "Publish it with @deprecated first, and remove it a while later.",
  };
}

/** A finding that names the applications concerned, the most frequent first. */
function naming(finding: Finding, uses: readonly RecordedUse[], how: string, evidence: Evidence): Finding {
  const apps = [...new Set(uses.map(sayApplication))];
  const shown = apps.slice(0, 3).join(", ");
  const more = apps.length > 3 ? ` and ${apps.length - 3} more` : "";
  const share = percentOf(uses, evidence.totals);
  const text = `${how} ${shown}${more}: ${Number(share.toPrecision(2))} % of the requests of ${evidence.window.days} days.`;
  return {
    ...finding,
    message: `${finding.message} ${text}`,
    affected: uses.slice(0, NAMED).map(affectedUse),
  };
}

function affectedUse(use: RecordedUse): AffectedUse {
  const { clientName, clientVersion, operationName, hash, requests, lastSeen, coordinates } = use;
  return { clientName, clientVersion, operationName, hash, requests, lastSeen, coordinates };
}

function sayApplication({ clientName, clientVersion }: RecordedUse): string {
  return `${clientName || "an application without a name"}${clientVersion ? ` ${clientVersion}` : ""}`;
}

function percentOf(uses: readonly RecordedUse[], { requests }: UsageTotals): number {
  return requests === 0 ? 0 : (100 * uses.reduce((sum, use) => sum + use.requests, 0)) / requests;
}

/** How far the records reach back, where that is less than the window. */
function sayRecorded(since: string, { days }: UsageWindow): string {
  const hours = Math.ceil((Date.now() - Date.parse(since)) / MILLISECONDS_PER_HOUR);
  if (hours >= (days - 1) * 24) return `${days} days`;
  return `${hours} hour${hours === 1 ? "" : "s"}, which is all that is recorded`;
}

/**
 * Whether the rule now refuses or masks what it did not before. What policies say is not known: they count as no. Of
 * callers with tokens that were counted together, some may lose by it.
 */
function loses(
  use: RecordedUse,
  { directive, before, after }: Extract<Weight, { kind: "tightened" }>,
): boolean {
  if (use.clientName === OTHER_CLIENT && use.authenticated) return true;
  const caller = callerOf(use);
  const judge = DIRECTIVES.find(({ name }) => name === directive)?.judge;
  const severity = (applications: readonly unknown[]) =>
    applications.length === 0 || !judge ? 0 : SEVERITY[judge(applications, caller).kind];
  return severity(after) > severity(before);
}

const SEVERITY: Readonly<Record<Verdict["kind"], number>> = { allow: 0, mask: 1, deny: 2 };

function callerOf(use: RecordedUse): Caller {
  const today = new Date().toISOString().slice(0, 10);
  const principal = recordedPrincipal(use);
  return { principal, purpose: use.purpose, policies: new Map(), hmacKey: null, today };
}
