import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";
import { ALLOW, type Caller, type RowRule, type Verdict } from "../../shared/define-directive.ts";
import { strictestMask } from "../../shared/mask-strategies.ts";
import type { Policy, Rule } from "./merge-policy.ts";

/** What governs the delivery of one field: its parent's, its own and its return type's rules. */
export interface FieldPolicy {
  readonly coordinate: string;
  readonly rules: readonly Rule[];
  /** False on interfaces, where only refusals count: masks are applied on the object that comes back. */
  readonly masks: boolean;
}

/** The effective policies of a schema, compiled once per generation. */
export interface FieldPolicies {
  /** The policy of a field as selected on `type`, or null where nothing governs it. */
  readonly of: (type: string, field: string) => FieldPolicy | null;
  /** The row rules an object must meet to be visible. */
  readonly rowRules: (type: string) => readonly RowRule[];
}

/** A verdict with the rule that decided; `rule` is null where nothing did. */
export interface Decision {
  readonly verdict: Verdict;
  readonly rule: Rule | null;
}

/**
 * Compiles effective policies: parent type AND field AND named return type; interfaces AND over all
 * implementers; rules on an interface hold on every implementer (governance.md §2 rules 4 and 5).
 */
export function compileFieldPolicies(schema: GraphQLSchema, policy: Policy): FieldPolicies {
  const byField = new Map<string, FieldPolicy>();
  const rows = new Map<string, readonly RowRule[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    if (isObjectType(type)) rows.set(type.name, rowRulesOf(type, policy));
    for (const field of Object.values(type.getFields())) {
      const rules = effectiveRules(schema, policy, type, field);
      const coordinate = `${type.name}.${field.name}`;
      if (rules.length > 0) byField.set(coordinate, { coordinate, rules, masks: isObjectType(type) });
    }
  }
  return {
    of: (type, field) => byField.get(`${type}.${field}`) ?? null,
    rowRules: (type) => rows.get(type) ?? [],
  };
}

/** Judges one field for one caller: any refusal refuses, else the strictest mask applies. */
export function judge(field: FieldPolicy, caller: Caller): Decision {
  const masked = [];
  for (const rule of field.rules) {
    const verdict = rule.directive.judge?.(rule.applications, caller) ?? ALLOW;
    if (verdict.kind === "deny") return { verdict, rule };
    if (verdict.kind === "mask" && field.masks) masked.push({ mask: verdict.mask, rule });
  }
  if (masked.length === 0) return ALLOWED;
  const mask = strictestMask(masked.map((item) => item.mask));
  const rule = masked.find((item) => item.mask.key === mask.key)?.rule ?? masked[0]?.rule ?? null;
  return { verdict: { kind: "mask", mask }, rule };
}

const ALLOWED: Decision = { verdict: ALLOW, rule: null };

type FieldOwner = GraphQLObjectType | GraphQLInterfaceType;

function effectiveRules(
  schema: GraphQLSchema,
  policy: Policy,
  type: FieldOwner,
  field: GraphQLField<unknown, unknown>,
): readonly Rule[] {
  const returned = getNamedType(field.type);
  const rules = [
    ...related(schema, type).flatMap((item) => judged(policy, item.name)),
    ...related(schema, type).flatMap((item) => judged(policy, `${item.name}.${field.name}`)),
    ...(isUnionType(returned)
      ? []
      : isObjectType(returned) || isInterfaceType(returned)
        ? related(schema, returned).flatMap((item) => judged(policy, item.name))
        : judged(policy, returned.name)),
  ];
  return [...new Set(rules)];
}

/** The type itself and those whose rules hold on it: an object's interfaces, an interface's implementers. */
function related(schema: GraphQLSchema, type: FieldOwner): readonly GraphQLCompositeType[] {
  if (isObjectType(type)) return [type, ...type.getInterfaces()];
  const { objects, interfaces } = schema.getImplementations(type);
  return [type, ...objects, ...interfaces, ...type.getInterfaces()];
}

function judged(policy: Policy, coordinate: string): readonly Rule[] {
  return (policy.get(coordinate) ?? []).filter((rule) => rule.directive.judge !== undefined);
}

function rowRulesOf(type: GraphQLObjectType, policy: Policy): readonly RowRule[] {
  return [type, ...type.getInterfaces()]
    .flatMap((item) => policy.get(item.name) ?? [])
    .flatMap(({ directive, applications }) => applications.flatMap((args) => directive.rows?.(args) ?? []));
}
