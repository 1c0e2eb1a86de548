import type { Contribution, Merged } from "./define-directive.ts";

/** Requirements as an OR of ANDs of names. */
export type AnyOfAllOf = readonly (readonly string[])[];

/**
 * ANDs requirements of several subgraphs: the cartesian product of their ORs, without supersets
 * (governance.md §2 rule 3), in a stable order.
 */
export function conjunction(requirements: readonly AnyOfAllOf[]): AnyOfAllOf {
  const product = requirements.reduce<AnyOfAllOf>(
    (left, right) => left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])].sort())),
    [[]],
  );
  return withoutSupersets(product);
}

/** Every application the same: one is enough. */
export function mergeIdentical<Args>(contributions: readonly Contribution<Args>[]): Merged<Args> {
  const distinct = new Map<string, Args>();
  for (const { applications } of contributions)
    for (const args of applications) distinct.set(JSON.stringify(args), args);
  return {
    kind: "merged",
    applications: [...distinct.keys()].sort().flatMap((key) => distinct.get(key) ?? []),
  };
}

function withoutSupersets(alternatives: AnyOfAllOf): AnyOfAllOf {
  const sorted = [...alternatives].sort((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
  const kept: (readonly string[])[] = [];
  for (const candidate of sorted) {
    if (!kept.some((smaller) => smaller.every((name) => candidate.includes(name)))) kept.push(candidate);
  }
  return kept;
}
