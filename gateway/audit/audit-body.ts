import { z } from "zod";
import type { AuditRecord } from "../request/audit-record.ts";
import type { ChainHead } from "./audit-chain.ts";

/** What an entry of a chain says. */
export type AuditBody =
  /** The first entry: when the chain began, and how far other chains had come then. */
  | { readonly kind: "start"; readonly time: string; readonly witnessed: readonly ChainHead[] }
  | ({ readonly kind: "delivery" } & AuditRecord)
  /** The store works again after an outage in which nothing waited for it. */
  | { readonly kind: "resume"; readonly time: string }
  /** The last entry of a writer that was stopped, and not killed. */
  | { readonly kind: "end"; readonly time: string };

/** One line of JSON; the texts in it were made safe when the record was. */
export function writeBody(body: Exclude<AuditBody, { readonly kind: "delivery" }>): string {
  return JSON.stringify(body);
}

/** {@link writeBody} of a delivery, without a copy of the record. */
export function writeDelivery(record: AuditRecord): string {
  return `{"kind":"delivery",${JSON.stringify(record).slice(1)}`;
}

const body = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("start"),
    time: z.string(),
    witnessed: z.array(z.object({ chain: z.string(), seq: z.number(), hash: z.string() })),
  }),
  z.object({
    kind: z.literal("delivery"),
    time: z.string(),
    requestId: z.string(),
    subject: z.string().nullable(),
    issuer: z.string().nullable(),
    client: z.string(),
    clientVersion: z.string(),
    purpose: z.string().nullable(),
    operation: z.string().nullable(),
    operationKind: z.enum(["query", "mutation"]),
    operationHash: z.string(),
    coordinate: z.string(),
    product: z.string().nullable(),
    classification: z.string().nullable(),
    decision: z.enum(["allow", "mask", "deny", "withheld"]),
    mask: z.string().nullable(),
    rule: z.string(),
    count: z.number(),
    entities: z.array(z.string()),
    isComplete: z.boolean(),
  }),
  z.object({ kind: z.literal("resume"), time: z.string() }),
  z.object({ kind: z.literal("end"), time: z.string() }),
]);

/** Reads {@link writeBody}'s text; null for anything else. */
export function readBody(text: string): AuditBody | null {
  try {
    return body.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
