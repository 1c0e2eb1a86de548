import { HeaderMap } from "@apollo/server";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ClientError, explainError, isErrorCode } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";

/** Turns any thrown value into the one error a client may see; the rest goes to the log under the request id. */
export function toGraphQLError(thrown: unknown, requestId: string, log: Logger): GraphQLError {
  if (thrown instanceof GraphQLError && hasPublicCode(thrown)) return thrown;
  if (thrown instanceof ClientError) {
    const { status } = explainError(thrown.code);
    const headers = new HeaderMap(status === 401 ? [["www-authenticate", "Bearer"]] : []);
    const { retryAfterSeconds } = thrown.extensions;
    if (typeof retryAfterSeconds === "number") headers.set("retry-after", String(retryAfterSeconds));
    return new GraphQLError(thrown.message, {
      extensions: { ...thrown.extensions, code: thrown.code, requestId, http: { status, headers } },
    });
  }
  log.error({ err: thrown, requestId }, "request failed");
  return new GraphQLError("Internal error", {
    extensions: { code: "INTERNAL", requestId, http: { status: 500 } },
  });
}

function hasPublicCode({ extensions: { code } }: GraphQLError): boolean {
  return typeof code === "string" && code !== "INTERNAL_SERVER_ERROR";
}

/**
 * The last word on an error of Apollo Server: `INTERNAL_SERVER_ERROR` is what Apollo Server, here or in a subgraph, calls
 * whatever has no code. Its text is for the log, unless it is Apollo Server's own refusal of a request.
 *
 * @param thrown what the error was before it was formatted
 */
export function formatError(
  formatted: GraphQLFormattedError,
  thrown: unknown,
  log: Logger,
): GraphQLFormattedError {
  const { extensions, path, message } = formatted;
  if (extensions?.code !== "INTERNAL_SERVER_ERROR") return formatted;
  if (isRefusal(thrown)) return { message, extensions: { code: "BAD_REQUEST" } };
  log.error({ error: message, path }, "an error without a code");
  const { service } = extensions;
  return {
    message: "Internal error",
    ...(path ? { path } : {}),
    extensions: { code: "INTERNAL", ...(service === undefined ? {} : { service }) },
  };
}

/** Apollo Server gives such errors an HTTP status, and no code. */
function isRefusal(thrown: unknown): boolean {
  const http: unknown = thrown instanceof GraphQLError ? thrown.extensions.http : null;
  const status = typeof http === "object" && http !== null && "status" in http ? http.status : null;
  return typeof status === "number" && status >= 400 && status < 500;
}

/** A GraphQL response body for a refusal outside the GraphQL server. */
export function errorBody(
  code: string,
  message: string,
  requestId: string,
  details: Readonly<Record<string, unknown>> = {},
): object {
  const known = isErrorCode(code) ? code : "INTERNAL";
  return { errors: [{ message, extensions: { ...details, code: known, requestId } }] };
}
