import type { Finding } from "../supergraph/finding.ts";
import type { Policy, Rule } from "../supergraph/merge-policy.ts";
import type { JoinFacts } from "./read-join.ts";

/**
 * Rules on fields that one subgraph states and another one, which resolves the field too, does not: they hold
 * everywhere, which the other one should know (governance.md §3).
 */
export function findOneSided(
  policy: Policy,
  { fields }: JoinFacts,
  keyFields: ReadonlySet<string>,
): readonly Finding[] {
  return fields.flatMap(({ type, name, subgraphs }) => {
    const coordinate = `${type}.${name}`;
    if (subgraphs.length < 2 || keyFields.has(coordinate)) return [];
    return (policy.get(coordinate) ?? []).flatMap((rule) => {
      const silent = subgraphs.filter((subgraph) => !rule.subgraphs.includes(subgraph));
      return silent.length === 0 || rule.directive.byResolver || rule.reason !== null
        ? []
        : [oneSided(rule, silent)];
    });
  });
}

function oneSided({ coordinate, directive, subgraphs }: Rule, silent: readonly string[]): Finding {
  return {
    severity: "warning",
    code: "GOVERNANCE_ONE_SIDED",
    coordinate,
    subgraphs: [...subgraphs, ...silent],
    message: `@${directive.name} on ${coordinate} is stated by ${subgraphs.join(" and ")} and holds everywhere; ${silent.join(" and ")} resolves the field too and does not mention it.`,
    remedy: `Repeat the rule in ${silent.join(" and ")}, so that its readers know of it.`,
  };
}
