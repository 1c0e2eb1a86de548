import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Headers of every response, whichever way it came about. */
export const COMMON_HEADERS = [
  ["cache-control", "private, no-store"],
  ["x-content-type-options", "nosniff"],
] as const;

/** A client's own id is kept where it is short and plain, so that its logs and ours can be joined. */
export function requestIdOf({ headers }: { readonly headers: IncomingHttpHeaders }): string {
  const sent = headers["x-request-id"];
  return typeof sent === "string" && /^[\w-]{8,64}$/.test(sent) ? sent : randomUUID();
}
