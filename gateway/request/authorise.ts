import type { DocumentNode, GraphQLFormattedError } from "graphql";
import { ALLOW, type Caller, type Verdict } from "../../shared/define-directive.ts";
import { buildShape } from "../execution/build-shape.ts";
import type { Delivery, OperationShape } from "../execution/operation-shape.ts";
import { type Decision, judge } from "../supergraph/field-policy.ts";
import { deniedPaths } from "./denied-paths.ts";
import { filterOperation, rowCheckKey } from "./filter-operation.ts";
import type { OperationVariant } from "./prepare-operation.ts";

declare const authorised: unique symbol;

/** An operation that went through authorisation; only this can be planned. */
export interface AuthorisedOperation {
  readonly [authorised]: true;
  readonly variant: OperationVariant;
  /** What the decision was; operations with the same key of one variant share plan and program. */
  readonly decisionKey: string;
  /** What may be planned, or null where nothing is left. */
  readonly document: DocumentNode | null;
  readonly shape: OperationShape;
  /** One error per refused schema path. */
  readonly denials: readonly GraphQLFormattedError[];
  /** Refusals that dry-run let pass. */
  readonly wouldDeny: readonly GraphQLFormattedError[];
}

export interface AuthorisationSettings {
  /** Judge and report, but refuse nothing. */
  readonly dryRun: boolean;
  /** Tell the client which scopes or policies would be enough. */
  readonly missing: boolean;
}

/**
 * Decides for each field whether, and how, this caller gets it (governance.md §2). Pure: the same variant,
 * caller and settings give the same value, which is remembered by caller and by decision.
 */
export function authorise(
  variant: OperationVariant,
  caller: Caller,
  settings: AuthorisationSettings,
): AuthorisedOperation {
  const known = variant.byCaller.get(caller);
  if (known) return known;
  const decisions = new Map(variant.governed.map((policy) => [policy.coordinate, judge(policy, caller)]));
  const decisionKey = [...decisions.values()].map(keyOf).join("|");
  const operation = variant.byDecision.get(decisionKey) ?? decide(variant, decisions, decisionKey, settings);
  variant.byDecision.set(decisionKey, operation);
  variant.byCaller.set(caller, operation);
  return operation;
}

type Decisions = ReadonlyMap<string, Decision>;

interface Denial {
  readonly coordinate: string;
  readonly decision: Decision;
}

function decide(
  variant: OperationVariant,
  decisions: Decisions,
  decisionKey: string,
  settings: AuthorisationSettings,
): AuthorisedOperation {
  const { apiSchema, schema, fieldPolicies } = variant.prepared.supergraph;
  const judged = filterOperation<Denial>({
    schema,
    document: variant.document,
    denialOf: (type, field) => denialOf(decisions, `${type}.${field}`),
    rowRules: fieldPolicies.rowRules,
  });
  const errors = deniedPaths(variant.document, judged.denials).map(({ path, denial }) =>
    denialError(path, denial, settings),
  );
  const filtered = settings.dryRun ? unfiltered(variant) : judged;
  const shape = buildShape({
    schema: apiSchema,
    document: variant.document,
    operationName: variant.prepared.operationName,
    withheld: filtered.withheld,
    deliver: (type, field) => deliveryOf(decisions.get(`${type}.${field}`)?.verdict ?? ALLOW, settings),
    rowChecks: (type) => fieldPolicies.rowRules(type).map((rule) => ({ key: rowCheckKey(rule.field), rule })),
  });
  return brand({
    variant,
    decisionKey,
    document: filtered.document,
    shape,
    denials: settings.dryRun ? [] : errors,
    wouldDeny: settings.dryRun ? errors : [],
  });
}

function brand(operation: Omit<AuthorisedOperation, typeof authorised>): AuthorisedOperation {
  return operation as AuthorisedOperation;
}

function unfiltered(variant: OperationVariant) {
  const { schema, fieldPolicies } = variant.prepared.supergraph;
  const document = variant.document;
  return filterOperation<never>({ schema, document, denialOf: () => null, rowRules: fieldPolicies.rowRules });
}

function denialOf(decisions: Decisions, coordinate: string): Denial | null {
  const decision = decisions.get(coordinate);
  return decision?.verdict.kind === "deny" ? { coordinate, decision } : null;
}

const VALUE: Delivery = Object.freeze({ kind: "value" });

function deliveryOf(verdict: Verdict, { dryRun }: AuthorisationSettings): Delivery {
  if (verdict.kind === "mask") return { kind: "masked", mask: verdict.mask };
  return verdict.kind === "deny" && !dryRun ? { kind: "denied" } : VALUE;
}

/** Governance.md §2 rule 15. */
function denialError(
  path: readonly string[],
  { coordinate, decision: { verdict, rule } }: Denial,
  settings: AuthorisationSettings,
): GraphQLFormattedError {
  if (verdict.kind !== "deny") throw new TypeError("only refusals are reported as errors");
  return {
    message: "Unauthorized field or type",
    path,
    extensions: {
      code: verdict.code,
      coordinate,
      ...(rule ? { directive: rule.directive.name } : {}),
      ...(settings.missing && verdict.missing.length > 0 ? { missing: verdict.missing } : {}),
    },
  };
}

function keyOf({ verdict, rule }: Decision): string {
  switch (verdict.kind) {
    case "allow":
      return "a";
    case "mask":
      return `m${JSON.stringify(verdict.mask.key)}`;
    case "deny":
      return `d${rule?.directive.name}${verdict.code}${JSON.stringify(verdict.missing)}`;
  }
}
