import type { DocumentNode, FieldNode, GraphQLFormattedError } from "graphql";
import { ALLOW, type Caller, type Verdict } from "../../shared/define-directive.ts";
import { buildShape } from "../execution/build-shape.ts";
import type { Delivery, OperationShape, RowCheck } from "../execution/operation-shape.ts";
import {
  type Decision,
  type FieldPolicies,
  judge,
  type RowPolicy,
  type RuleNotice,
} from "../supergraph/field-policy.ts";
import { type AuditPlan, AuditSlots, auditRules, NO_AUDIT } from "./audit-plan.ts";
import type { OperationVariant } from "./choose-variant.ts";
import { collectNotices } from "./collect-notices.ts";
import { deniedPaths } from "./denied-paths.ts";
import { type DryRun, rehearsal } from "./dry-run.ts";
import { enforcedRows } from "./enforced-rows.ts";
import { filterOperation, rowCheckKey } from "./filter-operation.ts";
import { judgeInput } from "./judge-input.ts";
import type { PreparedOperation } from "./prepare-operation.ts";
import { tellable } from "./tellable.ts";

declare const authorised: unique symbol;

/** An operation that went through authorisation; only this can be planned. */
export interface AuthorisedOperation {
  readonly [authorised]: true;
  readonly variant: OperationVariant;
  /** What the decision was; operations with the same key of one variant share plan and program. */
  readonly decisionKey: string;
  /** What was decided, by the coordinates of governed fields and of governed inputs in use. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** What may be planned, or null where nothing is left. */
  readonly document: DocumentNode | null;
  readonly shape: OperationShape;
  /** The fields that were refused, where the client wrote them. */
  readonly refusals: ReadonlyMap<FieldNode, RefusedField>;
  /** The refused fields, and those of which nothing is left. */
  readonly withheld: ReadonlySet<FieldNode>;
  /** One error per refused schema path. */
  readonly denials: readonly GraphQLFormattedError[];
  /** Refusals and masks that dry-run let pass. */
  readonly rehearsed: readonly GraphQLFormattedError[];
  /** What the client should know of what it gets. */
  readonly notices: readonly RuleNotice[];
  /** The fields whose deliveries and refusals are recorded. */
  readonly audit: AuditPlan;
  /** The caller it was first decided for, for as long as its token is remembered. */
  readonly askedBy: WeakRef<Caller>;
}

export interface AuthorisationSettings {
  /** What is judged and reported, but not enforced. */
  readonly dryRun: DryRun;
  /** Tell the client which scopes or policies would be enough. */
  readonly missing: boolean;
  /** Hold values to their `@format`. */
  readonly checkFormats: boolean;
  /** Whether deliveries are recorded. */
  readonly isAudited: boolean;
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
  const decisions = judgeAll(variant, caller, settings);
  const decisionKey = [...decisions.values()].map(keyOf).join("|");
  const operation =
    variant.byDecision.get(decisionKey) ?? decide(variant, { decisions, decisionKey, caller }, settings);
  variant.byDecision.set(decisionKey, operation);
  variant.byCaller.set(caller, operation);
  return operation;
}

type Decisions = ReadonlyMap<string, Decision>;

/** The decisions about all governed fields, then about all governed inputs. */
function judgeAll(variant: OperationVariant, caller: Caller, { dryRun }: AuthorisationSettings): Decisions {
  const isRehearsed = rehearsal(dryRun);
  const decisions = new Map(
    variant.governed.map((policy) => [policy.coordinate, judge(policy, caller, isRehearsed)]),
  );
  const used = new Set([...variant.inputs.values()].flat());
  for (const coordinate of used)
    decisions.set(
      inputKey(coordinate),
      judgeInput(variant.prepared.supergraph, coordinate, caller, isRehearsed),
    );
  return decisions;
}

/** Inputs and fields never share a key: an input object can have the name of no output type. */
function inputKey(coordinate: string): string {
  return `input ${coordinate}`;
}

/** A refused field, and by which of its inputs if it is one of those. */
export interface RefusedField {
  readonly coordinate: string;
  readonly input: string | null;
  readonly verdict: Verdict;
  readonly rule: Decision["rule"];
}

interface Judged {
  readonly decisions: Decisions;
  readonly decisionKey: string;
  readonly caller: Caller;
}

function decide(
  variant: OperationVariant,
  { decisions, decisionKey, caller }: Judged,
  settings: AuthorisationSettings,
): AuthorisedOperation {
  const { prepared, document } = variant;
  const { schema, fieldPolicies } = prepared.supergraph;
  const rows = enforcedRows(fieldPolicies, settings.dryRun);
  const rehearsed = new Map<FieldNode, RefusedField>();
  const slots = settings.isAudited ? new AuditSlots(prepared.supergraph) : null;
  const filtered = filterOperation<RefusedField>({
    schema,
    document,
    denialOf: (type, field, node) => {
      const outcome = outcomeOf(variant, decisions, `${type}.${field}`, node);
      if (outcome.rehearsed) rehearsed.set(node, outcome.rehearsed);
      return outcome.refused;
    },
    rowFields: (type) => rows.ofType(type).map(({ row }) => row.field),
    fieldRowFields: (type, field) => [
      ...rows.ofField(type, field).map(({ row }) => row.field),
      ...(settings.isAudited ? (auditRules(prepared.supergraph, type, field)?.key ?? []) : []),
    ],
  });
  const shape = buildShape({
    schema: prepared.contract.schema,
    document,
    operationName: prepared.operationName,
    withheld: filtered.withheld,
    deliver: (type, field) => deliveryOf(fieldPolicies, decisions, type, field, settings),
    rowChecks: (type) => rows.ofType(type).map(rowCheck),
    fieldChecks: (type, field) => rows.ofField(type, field).map(rowCheck),
    ...(slots ? { count: slots.count } : {}),
  });
  const errors = (refused: ReadonlyMap<FieldNode, RefusedField>) =>
    deniedPaths(document, refused).map(({ path, denial }) => describe(prepared, path, denial, settings));
  return brand({
    variant,
    decisionKey,
    decisions,
    document: filtered.document,
    shape,
    refusals: filtered.denials,
    withheld: filtered.withheld,
    denials: errors(filtered.denials),
    rehearsed: errors(rehearsed),
    notices: collectNotices(variant, filtered.withheld),
    audit: slots?.plan(decisions, filtered.denials.values()) ?? NO_AUDIT,
    askedBy: new WeakRef(caller),
  });
}

function brand(operation: Omit<AuthorisedOperation, typeof authorised>): AuthorisedOperation {
  return operation as AuthorisedOperation;
}

/** What was decided about a field as it stands in the operation: by its own rules, then by its inputs. */
function outcomeOf(variant: OperationVariant, decisions: Decisions, coordinate: string, node: FieldNode) {
  const inputs = variant.inputs.get(node) ?? [];
  const concerned = [
    { input: null, decision: decisions.get(coordinate) },
    ...inputs.map((input) => ({ input, decision: decisions.get(inputKey(input)) })),
  ];
  let refused: RefusedField | null = null;
  let rehearsed: RefusedField | null = null;
  for (const { input, decision } of concerned) {
    if (!decision) continue;
    const { verdict, rule } = decision;
    if (verdict.kind === "deny") refused ??= { coordinate, input, verdict, rule };
    if (decision.rehearsed) rehearsed ??= { coordinate, input, ...decision.rehearsed };
  }
  return { refused, rehearsed };
}

/** What a row rule reads and judges in merged data. */
function rowCheck({ row }: RowPolicy): RowCheck {
  return { key: rowCheckKey(row.field), rule: row };
}

const VALUE: Delivery = Object.freeze({ kind: "value" });

function deliveryOf(
  fieldPolicies: FieldPolicies,
  decisions: Decisions,
  type: string,
  field: string,
  { checkFormats }: AuthorisationSettings,
): Delivery {
  const coordinate = `${type}.${field}`;
  const { delivered } = decisions.get(coordinate) ?? { delivered: ALLOW };
  if (delivered.kind === "mask") return { kind: "masked", mask: delivered.mask };
  if (delivered.kind === "deny") return { kind: "denied" };
  const formats = checkFormats ? (fieldPolicies.of(type, field)?.formats ?? []) : [];
  if (formats.length === 0) return VALUE;
  return { kind: "checked", conforms: (value) => formats.every((check) => check(value)) };
}

/** Governance.md §2 rule 15. */
function describe(
  prepared: PreparedOperation,
  path: readonly string[],
  { coordinate, input, verdict, rule }: RefusedField,
  settings: AuthorisationSettings,
): GraphQLFormattedError {
  const directive = rule ? { directive: rule.directive.name } : {};
  if (verdict.kind !== "deny")
    return { message: "Masked field", path, extensions: { code: "MASKED", coordinate, ...directive } };
  const { message, details } = tellable(prepared, {
    coordinate: input ?? coordinate,
    message: verdict.message,
    unnamed: verdict.unnamed,
    details: verdict.details,
  });
  return {
    message: message ?? "Unauthorized field or type",
    path,
    extensions: {
      code: verdict.code,
      coordinate,
      ...(input === null ? {} : { argument: input }),
      ...directive,
      ...(settings.missing && verdict.missing.length > 0 ? { missing: verdict.missing } : {}),
      ...details,
    },
  };
}

function keyOf({ verdict, rule, delivered, rehearsed }: Decision): string {
  const trial = rehearsed ? `?${textOf(rehearsed.verdict)}${rehearsed.rule.directive.name}` : "";
  const refused = verdict.kind === "deny" ? `${rule?.directive.name}${textOf(delivered)}` : "";
  return `${textOf(verdict)}${refused}${trial}`;
}

function textOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case "allow":
      return "a";
    case "mask":
      return `m${JSON.stringify(verdict.mask.key)}`;
    case "deny":
      return `d${JSON.stringify(verdict)}`;
  }
}
