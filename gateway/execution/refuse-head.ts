import { invalidReply, type SubgraphFailure, unavailable } from "./subgraph-reply.ts";

const JSON_MEDIA_TYPE = /^application\/(?:graphql-response\+)?json\s*(?:;|$)/;
const RESPONSE_MEDIA_TYPE = /^application\/graphql-response\+json/;

/** Why an answer with this head is not read further, or null. */
export function refuseHead(
  subgraph: string,
  status: number,
  headers: readonly Buffer[],
): SubgraphFailure | null {
  if (status >= 300 && status < 400) return invalidReply(subgraph, "with a redirect, which is not followed");
  const contentType = headerValue(headers, "content-type");
  const typed = RESPONSE_MEDIA_TYPE.test(contentType);
  if (status >= 500 || (status >= 300 && !typed)) {
    const failure = unavailable(`Subgraph "${subgraph}" answered with HTTP status ${status}.`);
    return { ...failure, ...(isRefusal(status) ? { isAnswered: true } : retryAfter(headers)) };
  }
  return JSON_MEDIA_TYPE.test(contentType) ? null : invalidReply(subgraph, "something that is not JSON");
}

/** The value of a header among undici's raw name, value, name, value …, in lower case; "" without one. */
export function headerValue(headers: readonly Buffer[], name: string): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const key = headers[i];
    if (key?.length === name.length && key.toString("latin1").toLowerCase() === name) {
      return headers[i + 1]?.toString("latin1").toLowerCase() ?? "";
    }
  }
  return "";
}

/** Statuses of a subgraph that is well and refuses this call. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

/** Of `Retry-After: 2`; a date depends on two clocks and is passed over. */
function retryAfter(headers: readonly Buffer[]): { readonly retryAfterMs?: number } {
  const value = headerValue(headers, "retry-after");
  return /^\d{1,6}$/.test(value) ? { retryAfterMs: Number(value) * 1000 } : {};
}
