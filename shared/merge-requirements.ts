import type { Contribution, Merged } from "./define-directive.ts";

/** Requirements as an OR of ANDs of names. */
export type AnyOfAllOf = readonly (readonly string[])[];

/**
 * ANDs requirements of several subgraphs: the cartesian product of their ORs, without supersets
 * (governance.md §2 rule 3). What is said once keeps its order.
 */
export function conjunction(requirements: readonly AnyOfAllOf[]): AnyOfAllOf {
  const [first, ...others] = requirements;
  if (!first) return [[]];
  return others.reduce<AnyOfAllOf>(
    (left, right) =>
      withoutSupersets(left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])].sort()))),
    withoutSupersets(first),
  );
}

/**
 * Whether whoever meets all of `own` also meets `needed`: each way to meet the former contains a way to meet
 * the latter.
 */
export function implies(own: readonly AnyOfAllOf[], needed: AnyOfAllOf): boolean {
  return conjunction(own).every((held) => needed.some((all) => all.every((name) => held.includes(name))));
}

/** Rules that hold beside each other: all of them, the same one once. */
export function mergeIdentical<Args>(contributions: readonly Contribution<Args>[]): Merged<Args> {
  const distinct = new Map<string, Args>();
  for (const { applications } of contributions)
    for (const args of applications) distinct.set(JSON.stringify(args), args);
  return {
    kind: "merged",
    applications: [...distinct.keys()].sort().flatMap((key) => distinct.get(key) ?? []),
  };
}

/** Rules that do not combine: all subgraphs that speak have to say the same (governance.md §3). */
export function mergeAgreed<Args>(
  contributions: readonly Contribution<Args>[],
  describe: (args: Args) => string,
): Merged<Args> {
  const [first, ...others] = contributions;
  const text = (item: Contribution<Args>) =>
    item.applications
      .map((args) => JSON.stringify(args))
      .sort()
      .join();
  const other = first && others.find((item) => text(item) !== text(first));
  if (first === undefined || other === undefined) return mergeIdentical(contributions);
  const say = ({ subgraph, applications }: Contribution<Args>) =>
    `${subgraph} says ${applications.map(describe).join(" and ")}`;
  return { kind: "conflict", reason: `${say(first)}, ${say(other)}` };
}

function withoutSupersets(alternatives: AnyOfAllOf): AnyOfAllOf {
  const contains = (all: readonly string[], part: readonly string[]) =>
    part.every((name) => all.includes(name));
  return alternatives.filter(
    (candidate, index) =>
      !alternatives.some(
        (other, at) =>
          at !== index && contains(candidate, other) && (at < index || !contains(other, candidate)),
      ),
  );
}
