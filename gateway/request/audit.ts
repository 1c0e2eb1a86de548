import { createHash } from "node:crypto";
import type { GraphQLFormattedError } from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { NULLIFY } from "../../shared/mask-strategies.ts";
import { printable } from "../../shared/printable.ts";
import type { ExecutionResult } from "../execution/executor.ts";
import { MAX_SUBJECTS, type Tally } from "../execution/tally.ts";
import { type AuditedField, type AuditedRefusal, NO_AUDIT } from "./audit-plan.ts";
import type { AuditLog, AuditRecord } from "./audit-record.ts";
import type { AuthorisedOperation } from "./authorise.ts";
import type { OperationRequest } from "./handle-operation.ts";
import type { PreparedOperation } from "./prepare-operation.ts";
import { withholdCounted } from "./withhold-counted.ts";

/** Records what an operation delivered and what it refused; gives the result that may be given out. */
export type Audit = (
  operation: AuthorisedOperation,
  request: OperationRequest,
  result: ExecutionResult,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * One record per audited field and decision (governance.md §3 `@audit`). A null is no value that was delivered: a field
 * that had nothing else leaves no record, except where a rule made it so, with a count of 0. Values that are classified RESTRICTED, or
 * whose audit is DURABLE, are given out only once their record is durable; where a record cannot be kept at all,
 * no audited value is given out: it is null with AUDIT_UNAVAILABLE.
 *
 * @param onWithheld told of each response that lost its audited values
 */
export function createAudit(log: AuditLog, onWithheld: (error: unknown) => void): Audit {
  return (operation, request, result) => {
    if (operation.audit === NO_AUDIT) return result;
    const records = recordsOf(operation, request, result.counted?.tally ?? null);
    if (records.length === 0) return result;
    const tally = result.counted?.tally;
    const mustBeDurable = operation.audit.fields.some(
      ({ isDurable, slot }) => isDurable && (tally?.counts[slot] ?? 0) > 0,
    );
    const withhold = (error: unknown): Promise<ExecutionResult> => {
      onWithheld(error);
      recordWithheld(log, records);
      return withheld(operation, result);
    };
    try {
      const kept = log.append(records, mustBeDurable);
      return kept === null ? result : kept.then(() => result, withhold);
    } catch (error) {
      return withhold(error);
    }
  };
}

function recordsOf(
  { audit: { fields, refusals } }: AuthorisedOperation,
  request: OperationRequest,
  tally: Tally | null,
): readonly AuditRecord[] {
  const common = commonParts(request);
  const delivered = fields.filter(({ slot, mask }) => mask === NULLIFY.key || (tally?.counts[slot] ?? 0) > 0);
  return [
    ...refusals.map((place) => refusal(common, place)),
    ...(tally ? delivered.map((field) => delivery(common, field, tally)) : []),
  ];
}

type CommonParts = Pick<
  AuditRecord,
  | "time"
  | "requestId"
  | "subject"
  | "issuer"
  | "client"
  | "clientVersion"
  | "purpose"
  | "operation"
  | "operationKind"
  | "operationHash"
>;

function commonParts({ prepared, caller, client, requestId }: OperationRequest): CommonParts {
  const { principal } = caller;
  const known = principal.kind === "authenticated";
  return {
    time: new Date().toISOString(),
    requestId,
    subject: known ? printable(principal.subject) : null,
    issuer: known ? printable(principal.issuer) : null,
    client: printable(client.name),
    clientVersion: printable(client.version),
    purpose: purposeOf(caller),
    operation: operationName(prepared),
    operationKind: prepared.operation.operation === "mutation" ? "mutation" : "query",
    operationHash: hashOf(prepared),
  };
}

/** The name is the caller's own word, and may be as long as a request. */
function operationName({ operation }: PreparedOperation): string | null {
  return operation.name ? printable(operation.name.value) : null;
}

function purposeOf({ purpose }: Caller): string | null {
  return purpose === null ? null : printable(purpose);
}

const hashes = new WeakMap<PreparedOperation, string>();

function hashOf(prepared: PreparedOperation): string {
  const known = hashes.get(prepared) ?? createHash("sha256").update(prepared.source).digest("hex");
  hashes.set(prepared, known);
  return known;
}

function delivery(common: CommonParts, field: AuditedField, tally: Tally): AuditRecord {
  const entities: string[] = [];
  const subjects = tally.subjects[field.slot];
  for (const subject of subjects ?? []) if (subject !== "") entities.push(printable(subject));
  const found = subjects?.size ?? 0;
  return recordOf(common, field, {
    decision: field.mask === null ? "allow" : "mask",
    mask: field.mask,
    count: tally.counts[field.slot] ?? 0,
    entities,
    isComplete: field.hasEntities && entities.length === found && found < MAX_SUBJECTS,
  });
}

function refusal(common: CommonParts, place: AuditedRefusal): AuditRecord {
  return recordOf(common, place, { decision: "deny", mask: null, count: 0, entities: [], isComplete: true });
}

/** Each member by its name: an object that is spread into a literal of so many members becomes a hash table, of 6 kB. */
function recordOf(
  common: CommonParts,
  { coordinate, product, classification, rule }: AuditedRefusal,
  {
    decision,
    mask,
    count,
    entities,
    isComplete,
  }: Omit<AuditRecord, keyof CommonParts | keyof AuditedRefusal>,
): AuditRecord {
  return {
    time: common.time,
    requestId: common.requestId,
    subject: common.subject,
    issuer: common.issuer,
    client: common.client,
    clientVersion: common.clientVersion,
    purpose: common.purpose,
    operation: common.operation,
    operationKind: common.operationKind,
    operationHash: common.operationHash,
    coordinate,
    product,
    classification,
    decision,
    mask,
    rule,
    count,
    entities,
    isComplete,
  };
}

/** Best effort: what was recorded as delivered, though it is not certain to have been kept, was not. */
function recordWithheld(log: AuditLog, records: readonly AuditRecord[]): void {
  const rule = "its record could not be written";
  const withheldRecords = records
    .filter(({ decision }) => decision !== "deny")
    .map((record) => ({ ...record, decision: "withheld", rule }) as const);
  if (withheldRecords.length === 0) return;
  try {
    log.append(withheldRecords, false)?.catch(() => {});
  } catch {
    // The log is full, which is why the values were withheld.
  }
}

async function withheld(operation: AuthorisedOperation, result: ExecutionResult): Promise<ExecutionResult> {
  if (!result.counted) return result;
  const { shape, paths } = withholdCounted(operation.shape);
  const { dataText, errors } = await result.counted.reshape(shape);
  return { dataText, errors: [...errors, ...paths.map(unavailable)] };
}

function unavailable({
  path,
  coordinate,
}: {
  path: readonly string[];
  coordinate: string;
}): GraphQLFormattedError {
  return {
    message: "The record of this delivery could not be written",
    path,
    extensions: { code: "AUDIT_UNAVAILABLE", coordinate },
  };
}
