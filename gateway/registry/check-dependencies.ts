import { type GraphQLSchema, isInterfaceType, isObjectType } from "graphql";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import type { EffectiveRules } from "../supergraph/effective-rules.ts";
import type { Finding } from "../supergraph/finding.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import type { Dependency } from "./read-dependencies.ts";

/**
 * Refuses fields that are computed from what their readers may not see: whoever may read the result must meet
 * the guards of everything it is computed from, and what is computed from masked or restricted data
 * needs protection of its own, because a mask acts on output only (governance.md §2 rule 6, §6).
 */
export function checkDependencies(
  schema: GraphQLSchema,
  rules: EffectiveRules,
  dependencies: readonly Dependency[],
): readonly Finding[] {
  return dependencies.flatMap((dependency) => {
    const own = rulesOn(schema, rules, dependency);
    return dependency.reads.flatMap((read) => {
      const needed = rulesOn(schema, rules, read);
      const place = read.field === null ? read.type : `${read.type}.${read.field}`;
      return [
        ...unmetGuards(own, needed).map((name) => missingRequirement(dependency, place, name)),
        ...(read.field === null
          ? []
          : taints(own, needed).map((reason) => unprotected(dependency, place, reason))),
      ];
    });
  });
}

/** All rules on a field, or on a type where there is no field. */
export function rulesOn(
  schema: GraphQLSchema,
  rules: EffectiveRules,
  place: { readonly type: string; readonly field: string | null },
): readonly Rule[] {
  const type = schema.getType(place.type);
  if (!type) return [];
  if (place.field === null) return rules.ofType(type);
  return isObjectType(type) || isInterfaceType(type) ? rules.ofField(type, place.field) : [];
}

function unmetGuards(own: readonly Rule[], needed: readonly Rule[]): readonly string[] {
  return DIRECTIVES.filter((directive) => {
    const of = (rules: readonly Rule[]) =>
      rules.filter((rule) => rule.directive === directive).flatMap((rule) => rule.applications);
    return directive.covers?.(of(own), of(needed)) === false;
  }).map(({ name }) => name);
}

function taints(own: readonly Rule[], needed: readonly Rule[]): readonly string[] {
  if (own.some(({ directive }) => directive.protects)) return [];
  return needed.flatMap(({ directive, applications }) => directive.taint?.(applications) ?? []);
}

function missingRequirement(
  { type, field, subgraph, directive }: Dependency,
  place: string,
  guard: string,
): Finding {
  return {
    severity: "error",
    code: "MISSING_TRANSITIVE_AUTH_REQUIREMENTS",
    coordinate: `${type}.${field}`,
    subgraphs: [subgraph],
    message: `${type}.${field} reads ${place} through ${directive}, but does not demand what @${guard} demands there.`,
    remedy: `Repeat the @${guard} of ${place} on ${type}.${field}.`,
  };
}

function unprotected(
  { type, field, subgraph, directive }: Dependency,
  place: string,
  reason: string,
): Finding {
  return {
    severity: "error",
    code: "DERIVED_FIELD_UNPROTECTED",
    coordinate: `${type}.${field}`,
    subgraphs: [subgraph],
    message: `${type}.${field} is computed from ${place} (${directive}), which ${reason}, but nothing protects it.`,
    remedy: `Add ${PROTECTING.join(" or ")} to it; what protects its input does not reach it.`,
  };
}

/** The directives that are enough to protect what is sensitive. */
const PROTECTING = DIRECTIVES.filter((item) => item.protects).map(({ name }) => `@${name}`);
