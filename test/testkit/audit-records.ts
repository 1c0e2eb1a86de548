import type { AuditRecord } from "../../gateway/request/audit-record.ts";

/** A record of one delivery, as changed. */
export function auditRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    time: new Date().toISOString(),
    requestId: "request-1",
    subject: "eve",
    issuer: "https://issuer.test",
    client: "shop",
    clientVersion: "1",
    purpose: "support",
    operation: "Q",
    operationKind: "query",
    operationHash: "0".repeat(64),
    coordinate: "Customer.email",
    product: "customer.customers",
    classification: "RESTRICTED",
    decision: "allow",
    mask: null,
    rule: "no rule refuses",
    count: 1,
    entities: ["C0001"],
    isComplete: true,
    ...changes,
  };
}
