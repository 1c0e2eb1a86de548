import { type GraphQLSchema, isInterfaceType, isObjectType } from "graphql";
import {
  ALLOW,
  type Caller,
  type Denial,
  type Mask,
  type Notice,
  type RowRule,
  type Verdict,
} from "../../shared/define-directive.ts";
import { DIRECTIVES } from "../../shared/directives/index.ts";
import { strictestMask } from "../../shared/mask-strategies.ts";
import { conjunction } from "../../shared/merge-requirements.ts";
import { effectiveRules, type FieldOwner } from "./effective-rules.ts";
import type { Policy, Rule } from "./merge-policy.ts";

/** What governs the delivery of one field: its parent's, its own and its return type's rules. */
export interface FieldPolicy {
  readonly coordinate: string;
  /** Every rule that holds, whether or not it decides. */
  readonly rules: readonly Rule[];
  /** The rules that decide, in the order in which they are judged. */
  readonly judged: readonly Rule[];
  /** False on interfaces, where only refusals count: masks are applied on the object that comes back. */
  readonly masks: boolean;
  /** What an object has to pass for the field to have a value; on interfaces nothing. */
  readonly rows: readonly RowPolicy[];
  readonly notices: readonly RuleNotice[];
  /** What each leaf has to be like, where the configuration asks for that check. */
  readonly formats: readonly ((value: unknown) => boolean)[];
}

/** A row rule and where it comes from. */
export interface RowPolicy {
  readonly rule: Rule;
  readonly row: RowRule;
}

/** What a client should know, and of which place. */
export interface RuleNotice extends Notice {
  readonly coordinate: string;
}

/** The effective policies of a schema, compiled once per generation. */
export interface FieldPolicies {
  /** The policy of a field as selected on `type`, or null where nothing governs it. */
  readonly of: (type: string, field: string) => FieldPolicy | null;
  /** The row rules an object must meet to be visible. */
  readonly rowRules: (type: string) => readonly RowPolicy[];
}

/** A verdict with the rule that decided; `rule` is null where nothing did. */
export interface Decision {
  readonly verdict: Verdict;
  readonly rule: Rule | null;
  /**
   * How the field comes where its selection was not refused: a selection on an interface is not bound by every
   * rule of an implementer, but whatever it delivers of that is masked all the same.
   */
  readonly delivered: Verdict;
  /** The rule that decided about that. */
  readonly deliveredBy: Rule | null;
  /** What would have been decided, were it not for dry-run. */
  readonly rehearsed: { readonly verdict: Verdict; readonly rule: Rule } | null;
}

/** Whether a rule is only on trial: its refusals, or its masks, are reported and not enforced. */
export type IsRehearsed = (rule: Rule, coordinate: string, kind: "deny" | "mask") => boolean;

/** Compiles what {@link effectiveRules} says of every field, in steps. */
export function* compileFieldPolicies(
  schema: GraphQLSchema,
  policy: Policy,
): Generator<void, FieldPolicies, void> {
  const rules = effectiveRules(schema, policy);
  const byField = new Map<string, FieldPolicy>();
  const rows = new Map<string, readonly RowPolicy[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    if (isObjectType(type)) rows.set(type.name, rowRulesOf(rules.ofType(type)));
    for (const field of Object.keys(type.getFields())) {
      const effective = rules.ofField(type, field);
      const coordinate = `${type.name}.${field}`;
      if (effective.length > 0)
        byField.set(coordinate, createFieldPolicy(type, coordinate, effective, rules.onField(type, field)));
    }
    yield;
  }
  return {
    of: (type, field) => byField.get(`${type}.${field}`) ?? null,
    rowRules: (type) => rows.get(type) ?? NO_ROWS,
  };
}

const NO_ROWS: readonly RowPolicy[] = [];

function createFieldPolicy(
  type: FieldOwner,
  coordinate: string,
  rules: readonly Rule[],
  own: readonly Rule[],
): FieldPolicy {
  const judged = rules.filter((rule) => rule.directive.judge !== undefined);
  return {
    coordinate,
    rules,
    judged: judged.sort((a, b) => DIRECTIVES.indexOf(a.directive) - DIRECTIVES.indexOf(b.directive)),
    masks: isObjectType(type),
    rows: isObjectType(type) ? rowRulesOf(own) : NO_ROWS,
    notices: rules.flatMap(noticesOf),
    formats: rules.flatMap(({ directive, applications }) =>
      applications.flatMap((args) => directive.conforms?.(args) ?? []),
    ),
  };
}

/** What a rule has clients told. */
export function noticesOf({ directive, applications, coordinate }: Rule): readonly RuleNotice[] {
  return applications.flatMap((args) => {
    const notice = directive.notice?.(args);
    return notice ? [{ ...notice, coordinate }] : [];
  });
}

function rowRulesOf(rules: readonly Rule[]): readonly RowPolicy[] {
  return rules.flatMap((rule) =>
    rule.applications.flatMap((args) => {
      const row = rule.directive.rows?.(args);
      return row ? [{ rule, row }] : [];
    }),
  );
}

/** Judges one field for one caller: any refusal refuses, else the strictest mask applies. */
export function judge(field: FieldPolicy, caller: Caller, isRehearsed: IsRehearsed = () => false): Decision {
  const masked: { readonly mask: Mask; readonly rule: Rule }[] = [];
  const refusals: Refusal[] = [];
  let rehearsed: Decision["rehearsed"] = null;
  for (const rule of field.judged) {
    const verdict = rule.directive.judge?.(rule.applications, caller) ?? ALLOW;
    if (verdict.kind === "allow" || (verdict.kind === "mask" && !field.masks)) continue;
    if (isRehearsed(rule, field.coordinate, verdict.kind)) rehearsed ??= { verdict, rule };
    else if (verdict.kind === "deny") refusals.push({ verdict, rule });
    else masked.push({ mask: verdict.mask, rule });
  }
  const mask = masked.length === 0 ? null : strictestMask(masked.map((item) => item.mask));
  const shown: Verdict = mask === null ? ALLOW : { kind: "mask", mask };
  const refusal = combineRefusals(refusals);
  const rule = masked.find((item) => item.mask.key === mask?.key)?.rule ?? masked[0]?.rule ?? null;
  if (refusal) {
    const binding = refusals.find((item) => item.rule.directive.bindsInterfaces !== false);
    const { verdict: delivered, rule: deliveredBy } = binding ?? { verdict: shown, rule };
    return { ...refusal, delivered, deliveredBy, rehearsed };
  }
  if (mask === null && rehearsed === null) return ALLOWED;
  return { verdict: shown, rule, delivered: shown, deliveredBy: rule, rehearsed };
}

const ALLOWED: Decision = {
  verdict: ALLOW,
  rule: null,
  delivered: ALLOW,
  deliveredBy: null,
  rehearsed: null,
};

export interface Refusal {
  readonly verdict: Denial;
  readonly rule: Rule;
}

/** The first refusal; what is missing for it is what is missing for all refusals of the same directive. */
export function combineRefusals(refusals: readonly Refusal[]): Refusal | null {
  const [first] = refusals;
  if (!first) return null;
  const alike = refusals.filter(({ rule }) => rule.directive === first.rule.directive);
  if (alike.length === 1) return first;
  const missing = alike.map(({ verdict }) => verdict.missing).filter((item) => item.length > 0);
  return { ...first, verdict: { ...first.verdict, missing: missing.length > 0 ? conjunction(missing) : [] } };
}
