import type { GraphQLSchema } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { Placement } from "../../shared/placement.ts";
import { type EffectiveRules, effectiveRules } from "../supergraph/effective-rules.ts";
import { type Policy, policyOf, type Rule } from "../supergraph/merge-policy.ts";
import { type Application, mayStand } from "../supergraph/read-applications.ts";
import { rulesOn } from "./check-dependencies.ts";
import type { Dependency } from "./read-dependencies.ts";
import type { JoinFacts } from "./read-join.ts";

/** Adds the rules that directives stand for where they are not written, such as the mask of a category. */
export function addImplied(policy: Policy, places: readonly Placement[]): Policy {
  const implied = places.flatMap((place) =>
    (policy.get(place.coordinate) ?? []).flatMap((rule) => impliedBy(rule, place, policy)),
  );
  return policyOf([...[...policy.values()].flat(), ...implied]);
}

function impliedBy(rule: Rule, place: Placement, policy: Policy): readonly Rule[] {
  const { coordinate } = place;
  const found = rule.applications.flatMap((args) => rule.directive.implies?.(args, place) ?? []);
  return DIRECTIVES.flatMap((directive) => {
    const applications = found.flatMap((item) => (item.directive === directive.name ? [item.args] : []));
    const isWritten = (policy.get(coordinate) ?? []).some((item) => item.directive === directive);
    if (applications.length === 0 || isWritten || !mayStand(directive, place.location)) return [];
    const { subgraphs, directive: source } = rule;
    return [{ coordinate, directive, applications, subgraphs, reason: `implied by @${source.name}` }];
  });
}

/** Hands what computed fields take over from their inputs down, through chains of any length. */
export function addInherited(
  schema: GraphQLSchema,
  policy: Policy,
  dependencies: readonly Dependency[],
): Policy {
  let current = policy;
  let last = dependencies.length;
  for (let index = 0; index <= last && dependencies.length > 0; index += 1) {
    const dependency = dependencies[index % dependencies.length];
    const changed = dependency
      ? inheritedBy(schema, effectiveRules(schema, current), current, dependency)
      : [];
    if (changed.length === 0) continue;
    current = replaceRules(current, changed);
    last = index + dependencies.length;
  }
  return current;
}

function inheritedBy(
  schema: GraphQLSchema,
  rules: EffectiveRules,
  policy: Policy,
  dependency: Dependency,
): readonly Rule[] {
  const coordinate = `${dependency.type}.${dependency.field}`;
  const sources = dependency.reads.filter((read) => read.field !== null);
  const needed = sources.flatMap((read) => rulesOn(schema, rules, read));
  return DIRECTIVES.flatMap((directive) => {
    const inputs = needed.filter((rule) => rule.directive === directive).flatMap((rule) => rule.applications);
    const known = policy.get(coordinate)?.find((rule) => rule.directive === directive);
    const applications =
      inputs.length > 0 ? directive.inherit?.(known?.applications ?? [], inputs) : undefined;
    if (!applications || JSON.stringify(applications) === JSON.stringify(known?.applications)) return [];
    const subgraphs = known?.subgraphs ?? [dependency.subgraph];
    const read = sources.map(({ type, field }) => `${type}.${field}`).join(", ");
    return [{ coordinate, directive, applications, subgraphs, reason: `computed from ${read}` }];
  });
}

/**
 * What each subgraph says of a type holds for the fields that it resolves: the type has the word of the subgraph
 * that resolves most of it, fields of others have theirs.
 */
export function addByResolver(
  policy: Policy,
  applications: readonly Application[],
  { fields }: JoinFacts,
): Policy {
  const said = applications.filter(
    ({ directive, coordinate }) => directive.byResolver && !/[.(]/.test(coordinate),
  );
  const places = new Map(said.map((item) => [`${item.coordinate}@${item.directive.name}`, item]));
  const added = [...places.values()].flatMap(({ coordinate, directive }) => {
    const voices = said.filter((item) => item.coordinate === coordinate && item.directive === directive);
    const own = fields.filter(({ type }) => type === coordinate);
    const weight = ({ subgraph }: Application) =>
      own.filter((item) => item.subgraphs.includes(subgraph)).length;
    const [home, ...others] = [...voices].sort((a, b) => weight(b) - weight(a));
    if (!home || others.length === 0) return [];
    const rule = (at: string, voice: Application, reason: string | null): Rule => {
      const { subgraph, args } = voice;
      return { coordinate: at, directive, applications: [args], subgraphs: [subgraph], reason };
    };
    return [
      rule(coordinate, home, null),
      ...own.flatMap(({ name, subgraphs }) => {
        const at = `${coordinate}.${name}`;
        const isWritten = policy.get(at)?.some((item) => item.directive === directive);
        const voice = others.find((item) => subgraphs.includes(item.subgraph));
        if (isWritten || !voice || subgraphs.includes(home.subgraph)) return [];
        return [rule(at, voice, `resolved by ${voice.subgraph}`)];
      }),
    ];
  });
  return replaceRules(policy, added);
}

function replaceRules(policy: Policy, rules: readonly Rule[]): Policy {
  const keyOf = ({ coordinate, directive }: Rule) => `${coordinate}@${directive.name}`;
  const replaced = new Set(rules.map(keyOf));
  return policyOf([...[...policy.values()].flat().filter((rule) => !replaced.has(keyOf(rule))), ...rules]);
}
