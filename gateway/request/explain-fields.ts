import type { Caller, DenialCode } from "../../shared/define-directive.ts";
import { claimValues } from "../../shared/principal.ts";
import { type CoordinateFacts, coordinateFacts } from "../supergraph/coordinate-facts.ts";
import type { RowPolicy } from "../supergraph/field-policy.ts";
import { type HiddenNames, hiddenNames } from "../supergraph/hidden-names.ts";
import type { Rule } from "../supergraph/merge-policy.ts";
import { originOf, type RuleOrigins } from "../supergraph/rule-origins.ts";
import type { AuthorisationSettings, AuthorisedOperation } from "./authorise.ts";
import { type FieldOutcome, type FieldVerdict, fieldOutcomes } from "./field-outcomes.ts";

/** A coordinate of an operation: whose it is, what was decided about it, and by which rule. */
export interface ExplainedField extends CoordinateFacts {
  readonly coordinate: string;
  readonly verdict: FieldVerdict;
  /** One sentence that says why. */
  readonly because: string;
  /** Where it stands: response keys joined by dots; at most twenty. */
  readonly paths: readonly string[];
  /** How many places there are. */
  readonly count: number;
  /** The rule that refused or masked. */
  readonly rule: ExplainedRule | null;
  /** All rules that were judged, the deciding one among them. */
  readonly rules: readonly ExplainedRule[];
  /** Of the refusal. */
  readonly code: DenialCode | null;
  /** What would have been enough, as an OR of ANDs; empty where it is not to be told. */
  readonly missing: readonly (readonly string[])[];
  /** The refused field above it, where that is why. */
  readonly below: string | null;
  /** The argument, input field or enum value that is refused. */
  readonly input: string | null;
  /** The strategy that transforms the value, such as `LAST_N:4`. */
  readonly mask: string | null;
  readonly rowFilters: readonly ExplainedRowFilter[];
  /** What would have been decided, were it not for dry-run. */
  readonly rehearsed: { readonly verdict: FieldVerdict; readonly rule: ExplainedRule } | null;
}

/** A rule as far as clients may know it. */
export interface ExplainedRule {
  readonly directive: string;
  /** Where it stands; null where clients do not know the place. */
  readonly coordinate: string | null;
  /** Which subgraphs state it; empty where the supergraph does not say. */
  readonly subgraphs: readonly string[];
  /** What it demands; null where that is not to be told. */
  readonly text: string | null;
  /** Why it holds though nobody wrote it there. */
  readonly reason: string | null;
}

export interface ExplainedRowFilter {
  readonly rule: ExplainedRule;
  /** The claims it reads, with the caller's values. */
  readonly claims: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export interface ExplainFieldsInput {
  readonly operation: AuthorisedOperation;
  readonly caller: Caller;
  readonly origins: RuleOrigins;
  /** As the operation was authorised with. */
  readonly settings: AuthorisationSettings;
}

/** Tells what was decided about each field of an operation; nothing of what clients do not know. */
export function explainFields(input: ExplainFieldsInput): readonly ExplainedField[] {
  const { operation, settings } = input;
  const { supergraph } = operation.variant.prepared;
  const hidden = hiddenNames(supergraph);
  return fieldOutcomes(operation, settings.dryRun).map((outcome) => {
    const [type = "", field = ""] = outcome.coordinate.split(".");
    const told = (rule: Rule) => explainRule(rule, input, hidden);
    const rehearsed = operation.decisions.get(outcome.coordinate)?.rehearsed ?? null;
    const rule = outcome.rule && told(outcome.rule);
    const rowFilters = outcome.rows.map((row) => explainRow(row, input, told));
    const rules = (supergraph.fieldPolicies.of(type, field)?.judged ?? []).map(told);
    const visibleInput = outcome.input !== null && hidden.isVisible(outcome.input) ? outcome.input : null;
    return {
      coordinate: outcome.coordinate,
      verdict: outcome.verdict,
      because:
        sentence(withoutRevealing(outcome, hidden), rule, rowFilters) ?? sayMet(rules, rehearsed !== null),
      paths: outcome.paths,
      count: outcome.count,
      ...coordinateFacts(supergraph, outcome.coordinate),
      rule,
      rules,
      code: outcome.denial?.code ?? null,
      missing: settings.missing ? (outcome.denial?.missing ?? []) : [],
      below: outcome.below,
      input: visibleInput,
      mask: outcome.mask?.key ?? null,
      rowFilters,
      rehearsed: rehearsed && {
        verdict: rehearsed.verdict.kind === "mask" ? "masked" : "denied",
        rule: told(rehearsed.rule),
      },
    };
  });
}

function explainRule(
  rule: Rule,
  { origins, settings }: ExplainFieldsInput,
  { isVisible, isRevealing }: HiddenNames,
): ExplainedRule {
  const { coordinate, directive, applications } = rule;
  const origin = originOf(rule, origins);
  const isTold = (text: string) =>
    settings.missing && isVisible(coordinate) && !isRevealing(text, coordinate);
  const text = applications.map((args) => directive.describe(args)).join("; ");
  const reason = origin?.reason ?? rule.reason;
  return {
    directive: directive.name,
    coordinate: isVisible(coordinate) ? coordinate : null,
    subgraphs: origin?.subgraphs ?? [],
    text: isTold(text) ? text : null,
    reason: reason !== null && isTold(reason) ? reason : null,
  };
}

function explainRow(
  { rule, row }: RowPolicy,
  { caller, settings }: ExplainFieldsInput,
  told: (rule: Rule) => ExplainedRule,
): ExplainedRowFilter {
  const shown = told(rule);
  const claims = settings.missing && shown.text !== null ? row.claims : [];
  return {
    rule: shown,
    claims: claims.map((name) => ({ name, values: [...claimValues(caller.principal, name)].sort() })),
  };
}

/** Texts of refusals are the domain's words, and may name what clients do not know. */
function withoutRevealing(outcome: FieldOutcome, { isRevealing }: HiddenNames): FieldOutcome {
  const { coordinate, denial } = outcome;
  if (denial?.message === undefined || !isRevealing(denial.message, coordinate)) return outcome;
  const { message: _, ...plain } = denial;
  return { ...outcome, denial: plain };
}

/** Null where nothing stands in the way. */
function sentence(
  { verdict, denial, below, isEmptied, mask, input }: FieldOutcome,
  rule: ExplainedRule | null,
  rowFilters: readonly ExplainedRowFilter[],
): string | null {
  if (below !== null) return `${below} above it is refused`;
  if (isEmptied) return "everything selected of it is refused";
  const said = rule ? sayRule(rule) : "a rule";
  switch (verdict) {
    case "denied":
      return `${denial?.message ?? "refused"} by ${said}${input === null ? "" : ", for an input"}`;
    case "masked":
      return `${mask?.key.split(":", 1)[0]} by ${said}`;
    case "filtered":
      return rowFilters.map((filter) => sayRule(filter.rule)).join("; ");
    case "allowed":
      return null;
  }
}

function sayMet(rules: readonly ExplainedRule[], isRehearsed: boolean): string {
  if (isRehearsed) return "what is against it is on trial only";
  return rules.length === 0 ? "no rule is against it" : `meets ${rules.map(sayRule).join("; ")}`;
}

function sayRule({ directive, coordinate, subgraphs, text }: ExplainedRule): string {
  const place = coordinate === null ? "" : ` on ${coordinate}`;
  const voices = subgraphs.length > 0 ? ` of ${subgraphs.join(" and ")}` : "";
  return `@${directive}${place}${voices}${text === null ? "" : `: ${text}`}`;
}
