import type { DirectiveDefinition } from "../../shared/define-directive.ts";
import type { Finding } from "./finding.ts";
import type { Application } from "./read-applications.ts";

/** What all subgraphs together say about one coordinate with one directive. */
export interface Rule {
  readonly coordinate: string;
  readonly directive: DirectiveDefinition;
  /** The merged applications' arguments. */
  readonly applications: readonly unknown[];
  /** Where the rule comes from. */
  readonly subgraphs: readonly string[];
  /** Why it holds though nobody wrote it there; null where somebody did. */
  readonly reason: string | null;
}

/** All rules of a supergraph, by coordinate. */
export type Policy = ReadonlyMap<string, readonly Rule[]>;

/**
 * Merges applications of several subgraphs with each directive's own merge rule: the most restrictive wins,
 * never the first; what does not combine is an error finding (governance.md §3).
 */
export function mergePolicy(applications: readonly Application[]): {
  readonly policy: Policy;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const rules: Rule[] = [];
  for (const group of groups(applications)) {
    const merged = mergeGroup(group);
    if ("severity" in merged) findings.push(merged);
    else rules.push(merged);
  }
  return { policy: policyOf(rules), findings };
}

/** Rules by coordinate. */
export function policyOf(rules: Iterable<Rule>): Policy {
  const policy = new Map<string, Rule[]>();
  for (const rule of rules) {
    const known = policy.get(rule.coordinate);
    if (known) known.push(rule);
    else policy.set(rule.coordinate, [rule]);
  }
  return policy;
}

interface Group {
  readonly coordinate: string;
  readonly directive: DirectiveDefinition;
  readonly bySubgraph: ReadonlyMap<string, readonly unknown[]>;
}

function groups(applications: readonly Application[]): readonly Group[] {
  const found = new Map<
    string,
    { coordinate: string; directive: DirectiveDefinition; bySubgraph: Map<string, unknown[]> }
  >();
  for (const { subgraph, coordinate, directive, args } of applications) {
    const key = `${coordinate}@${directive.name}`;
    const group = found.get(key) ?? { coordinate, directive, bySubgraph: new Map<string, unknown[]>() };
    group.bySubgraph.set(subgraph, [...(group.bySubgraph.get(subgraph) ?? []), args]);
    found.set(key, group);
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

function mergeGroup({ coordinate, directive, bySubgraph }: Group): Rule | Finding {
  const subgraphs = [...bySubgraph.keys()].sort();
  const merged = directive.merge(
    subgraphs.map((subgraph) => ({ subgraph, applications: bySubgraph.get(subgraph) ?? [] })),
  );
  if (merged.kind === "merged")
    return { coordinate, directive, applications: merged.applications, subgraphs, reason: null };
  return {
    severity: "error",
    code: "GOVERNANCE_CONFLICT",
    coordinate,
    subgraphs,
    message: `@${directive.name} on ${coordinate}: ${subgraphs.join(" and ")} disagree: ${merged.reason}.`,
    remedy: "Agree on one rule and use it in each of these subgraphs, or state it in one of them only.",
  };
}
