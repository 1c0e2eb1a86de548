import type { Remark } from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { Placement } from "../../shared/placement.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { Policy, Rule } from "../supergraph/merge-policy.ts";
import { mayStand } from "../supergraph/read-applications.ts";

/** Runs each directive's lint rules on every place of a composed schema. */
export function lintGovernance(places: readonly Placement[], policy: Policy): readonly Finding[] {
  return places.flatMap((place) => {
    const rules = policy.get(place.coordinate) ?? [];
    const inherited = place.location === "FIELD_DEFINITION" ? (policy.get(leafTypeOf(place)) ?? []) : [];
    const parent = policy.get(place.coordinate.split(".")[0] ?? "") ?? [];
    const said = [...rules, ...inherited, ...parent].map(({ directive }) => directive);
    const absent = DIRECTIVES.filter((item) => mayStand(item, place.location) && !said.includes(item));
    return [
      ...rules.flatMap((rule) => lintRule(rule, place)),
      ...inherited
        .filter(({ directive }) => mayStand(directive, place.location))
        .flatMap((rule) => lintRule(rule, place)),
      ...absent.flatMap((item) => findings(item.lintAbsent?.(place) ?? [], place, [])),
    ];
  });
}

/** The scalar or enum that a field returns: what stands on it holds for the field. */
function leafTypeOf({ type, leafKind }: Placement): string {
  return leafKind === null || type === null ? "" : type.replace(/[[\]!]/g, "");
}

function lintRule({ directive, applications, subgraphs }: Rule, place: Placement): readonly Finding[] {
  const remarks = applications.flatMap((args) => directive.lint?.(args, place) ?? []);
  return findings(remarks, place, subgraphs);
}

function findings(
  remarks: readonly Remark[],
  { coordinate }: Placement,
  subgraphs: readonly string[],
): readonly Finding[] {
  return remarks.map((remark) => ({ ...remark, coordinate, subgraphs }));
}
