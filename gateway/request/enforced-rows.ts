import type { FieldPolicies, RowPolicy } from "../supergraph/field-policy.ts";
import { type DryRun, rehearsal } from "./dry-run.ts";

/** The row rules that are enforced: those that are not only on trial. */
export interface EnforcedRows {
  /** What an object of the type has to pass to be visible. */
  readonly ofType: (type: string) => readonly RowPolicy[];
  /** What an object has to pass for its field to have a value. */
  readonly ofField: (type: string, field: string) => readonly RowPolicy[];
}

/** Leaves out of a supergraph's row rules what dry-run lets pass. */
export function enforcedRows(fieldPolicies: FieldPolicies, dryRun: DryRun): EnforcedRows {
  const isRehearsed = rehearsal(dryRun);
  const enforced = (rows: readonly RowPolicy[], coordinate: string) =>
    rows.filter(({ rule }) => !isRehearsed(rule, coordinate, "mask"));
  return {
    ofType: (type) => enforced(fieldPolicies.rowRules(type), type),
    ofField: (type, field) => enforced(fieldPolicies.of(type, field)?.rows ?? [], `${type}.${field}`),
  };
}
