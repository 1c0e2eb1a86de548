import { parse } from "graphql";
import type { DirectiveDefinition } from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { CheckedFinding } from "./checked-finding.ts";
import type { Artifact, GovernanceManifest } from "./compose.ts";
import { listCoordinates } from "./list-coordinates.ts";

type ManifestRule = GovernanceManifest["rules"][number];

/**
 * The rules of the published supergraph that the proposed one drops or loosens on places that still exist
 * (hardening.md 62). A rule counts as loosened unless merging the two, where the most restrictive wins, gives
 * the proposed one again, or the directive itself says which of two is weaker.
 */
export function findLoosened(before: Artifact, after: Artifact): readonly CheckedFinding[] {
  const coordinates = listCoordinates(parse(after.supergraph, { noLocation: true }));
  const proposed = new Map(after.governance.rules.map((rule) => [keyOf(rule), rule]));
  return before.governance.rules.flatMap((rule) => {
    const directive = DIRECTIVES.find(({ name }) => name === rule.directive);
    if (!directive || !coordinates.has(rule.coordinate)) return [];
    const now = proposed.get(keyOf(rule));
    return isWeaker(directive, rule.applications, now?.applications ?? [])
      ? [finding(directive, rule, now)]
      : [];
  });
}

function keyOf({ coordinate, directive }: ManifestRule): string {
  return `${coordinate}@${directive}`;
}

function isWeaker(
  directive: DirectiveDefinition,
  before: readonly unknown[],
  after: readonly unknown[],
): boolean {
  if (directive.weakens) return directive.weakens(before, after);
  if (directive.covers) return !directive.covers(after, before);
  if (after.length === 0) return true;
  const merged = directive.merge([
    { subgraph: "published", applications: before },
    { subgraph: "proposed", applications: after },
  ]);
  return merged.kind === "conflict" || canonical(merged.applications) !== canonical(after);
}

/** JSON that does not depend on the order of keys or of applications. */
function canonical(applications: readonly unknown[]): string {
  return applications
    .map((args) => JSON.stringify(args, args !== null && typeof args === "object" ? keysOf(args) : undefined))
    .sort()
    .join();
}

function keysOf(args: object): string[] {
  return Object.keys(args).sort();
}

function finding(
  directive: DirectiveDefinition,
  rule: ManifestRule,
  now: ManifestRule | undefined,
): CheckedFinding {
  const say = (item: ManifestRule) => item.applications.map((args) => directive.describe(args)).join("; ");
  const change = now ? `from ${say(rule)} to ${say(now)}` : `(${say(rule)}) is removed`;
  return {
    severity: "error",
    code: "GOVERNANCE_LOOSENED",
    coordinate: rule.coordinate,
    subgraphs: rule.subgraphs,
    message: `@${directive.name} on ${rule.coordinate} ${now ? `is loosened ${change}` : change}.`,
    remedy: "Keep the published rule, or have the governance team check the same schema with --approve.",
    weight: { kind: "loosened", touches: [rule.coordinate] },
  };
}
