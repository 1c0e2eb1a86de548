import type { IsRehearsed } from "../supergraph/field-policy.ts";

/**
 * What is only on trial (governance.md §2 rule 16): all refusals (`true`), or everything that the listed
 * directives (`@mask`) or coordinates (`Customer.email`) say, masks and row rules included.
 */
export type DryRun = boolean | readonly string[];

/** Tells of a rule whether it is enforced. */
export function rehearsal(dryRun: DryRun): IsRehearsed {
  if (typeof dryRun === "boolean") return (_rule, _coordinate, kind) => dryRun && kind === "deny";
  const names = new Set(dryRun.map((name) => name.replace(/^@/, "")));
  return (rule, coordinate) =>
    names.has(rule.directive.name) || names.has(rule.coordinate) || names.has(coordinate);
}
