import type { Caller } from "../../shared/define-directive.ts";
import { applicationName, applicationVersion } from "../../shared/recorded-names.ts";
import { LATENCY_BOUNDS, OTHER_CLIENT, type UsageCount } from "../../shared/usage-batch.ts";
import type { ClientIdentity } from "../request/handle-operation.ts";

/** All that is recorded of who asks. */
export type CallerKind = Pick<
  UsageCount,
  "clientName" | "clientVersion" | "authenticated" | "scopes" | "purpose"
>;

/** Numbers of one operation and one kind of caller. */
export interface UsageCell extends CallerKind {
  requests: number;
  errors: number;
  readonly latency: number[];
}

const LABEL = 200;

/** The kind of caller; what no text column takes is replaced, and what may be no application's name goes with the others. */
export function callerKind(
  { principal, purpose }: Caller,
  { name, version, isVerified }: ClientIdentity,
): CallerKind {
  const scopes = principal.kind === "authenticated" ? [...principal.scopes].map(printable).sort() : [];
  return {
    clientName: applicationName(label(name), isVerified) ?? OTHER_CLIENT,
    clientVersion: applicationVersion(version),
    authenticated: principal.kind === "authenticated",
    scopes,
    purpose: purpose === null ? null : label(purpose),
  };
}

/** The callers that are not told apart: only whether they had a token is known of them. */
export function otherKind({ authenticated }: CallerKind): CallerKind {
  return { clientName: OTHER_CLIENT, clientVersion: "", authenticated, scopes: [], purpose: null };
}

/** Nothing counted yet. */
export function emptyCell(kind: CallerKind): UsageCell {
  const latency = Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0);
  return { ...kind, requests: 0, errors: 0, latency };
}

/** Counts one request. */
export function count(cell: UsageCell, hasErrors: boolean, milliseconds: number): void {
  cell.requests += 1;
  if (hasErrors) cell.errors += 1;
  const bucket = bucketOf(milliseconds);
  cell.latency[bucket] = (cell.latency[bucket] ?? 0) + 1;
}

/** The place of a request in a latency histogram. */
export function bucketOf(milliseconds: number): number {
  let bucket = 0;
  for (const bound of LATENCY_BOUNDS) {
    if (milliseconds <= bound) return bucket;
    bucket += 1;
  }
  return bucket;
}

/** Cut first: half a character beyond the basic plane is no text. */
function label(text: string): string {
  return printable(text.slice(0, LABEL));
}

/** Tokens and headers may hold what no text column takes. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, "?");
}
