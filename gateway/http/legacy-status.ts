import { chooseMediaType } from "./choose-media-type.ts";

/** Refusals of requests that HTTP understood, but that are no executable GraphQL: not parsed, not valid, wrong variables. */
const NOT_EXECUTABLE: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "BAD_USER_INPUT",
]);

/**
 * The HTTP status of a request error. A client that asks for `application/json` by name is of the time before
 * `application/graphql-response+json`, and takes another status than 200 for a broken connection (GraphQL over
 * HTTP, section 6.4.1); refusals that are not about the operation's text keep their status.
 *
 * @param code of the error
 * @param accept the request's Accept header
 */
export function errorStatus(status: number, code: unknown, accept: string | undefined): number {
  return NOT_EXECUTABLE.has(code) && isLegacy(accept) ? 200 : status;
}

function isLegacy(accept: string | undefined): boolean {
  return (
    accept !== undefined &&
    /(?:^|,)\s*application\/json\s*(?:[;,]|$)/i.test(accept) &&
    chooseMediaType(accept)?.startsWith("application/json") === true
  );
}
