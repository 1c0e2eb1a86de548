import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "../../shared/log.ts";

/** Whose own words reach clients: all errors of subgraphs, or those with one of these codes. */
export type PassedTexts = "all" | readonly string[];

/** An error of an executed operation as its client may see it. */
export type PublicError = (error: GraphQLFormattedError, requestId: string) => GraphQLFormattedError;

/**
 * The last word on errors of operations (hardening 46). Refusals by rule stay as they are: the gateway wrote them. All
 * others get the request's id, and what a subgraph says in words of its own only passes where its code is listed and
 * nothing in it looks like a server's insides; else it becomes a fixed text, and its extensions only the code.
 */
export function createPublicError(passed: PassedTexts, log: Logger): PublicError {
  return (error, requestId) => {
    const { message, path, extensions = {} } = error;
    const { code, coordinate, service = extensions.serviceName } = extensions;
    if (typeof code === "string" && service === undefined && typeof coordinate === "string") return error;
    const place = path ? { path } : {};
    const origin = service === undefined ? {} : { service };
    if (typeof code !== "string" || code === UNKNOWN) {
      log.error({ error: message, path, requestId }, "an error without a code");
      return {
        message: "Internal error",
        ...place,
        extensions: { code: "INTERNAL", ...origin, requestId },
      };
    }
    if (service === undefined || isOfTheGateway(code) || passed === "all")
      return { ...error, extensions: { ...extensions, requestId } };
    if (passed.includes(code) && !TELLS_INSIDES.test(message))
      return { message, ...place, extensions: { ...plain(extensions), requestId } };
    return {
      message: `Subgraph "${service}" reported an error.`,
      ...place,
      extensions: { code: CODE.test(code) ? code : "SUBGRAPH_ERROR", ...origin, requestId },
    };
  };
}

/** What Apollo Server, here or in a subgraph, calls whatever has no code. */
const UNKNOWN = "INTERNAL_SERVER_ERROR";

/** What codes look like that are made for clients; those of drivers and databases have digits. */
const CODE = /^[A-Z]{2,}(?:_[A-Z]+)*$/;

/**
 * Addresses, stacks, files, SQL, what databases say of rows, and GraphQL texts about the operation that the gateway
 * made or about elements that clients do not see.
 */
const TELLS_INSIDES = new RegExp(
  [
    /[a-z][a-z0-9+.-]*:\/\//,
    /\b\d{1,3}(?:\.\d{1,3}){3}\b/,
    /\n\s*at /,
    /node_modules|\.[jt]s:\d|\/(?:home|usr|app|var|srv|opt|tmp)\//,
    /\b(?:select|insert|update|delete)\b[\s\S]*\b(?:from|into|set|where)\b/,
    /violates|duplicate key|invalid input syntax|\b(?:relation|column|constraint) "|syntax error/,
    /ECONN|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT/,
    /did you mean|\brepresentations\b|_entities|variable "\$|cannot represent|got invalid value/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

/** Failures of calls: the gateway's own codes and texts; subgraphs cannot use them ({@link ../execution/raise-errors.ts}). */
function isOfTheGateway(code: string): boolean {
  return code.startsWith("SUBGRAPH_") && code !== "SUBGRAPH_ERROR" && code !== "SUBGRAPH_IDENTITY_REQUIRED";
}

/** Members without depth, and without insides. */
function plain(extensions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(extensions).filter(
      ([, value]) =>
        typeof value === "number" ||
        typeof value === "boolean" ||
        (typeof value === "string" && value.length <= 200 && !TELLS_INSIDES.test(value)),
    ),
  );
}
