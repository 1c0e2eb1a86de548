import { HeaderMap } from "@apollo/server";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ClientError, explainError, isErrorCode } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";

/** Turns any thrown value into the one error a client may see; the rest goes to the log under the request id. */
export function toGraphQLError(thrown: unknown, requestId: string, log: Logger): GraphQLError {
  if (thrown instanceof GraphQLError) return thrown;
  if (thrown instanceof ClientError) {
    const { status } = explainError(thrown.code);
    const headers = new HeaderMap(status === 401 ? [["www-authenticate", "Bearer"]] : []);
    return new GraphQLError(thrown.message, {
      extensions: { ...thrown.extensions, code: thrown.code, requestId, http: { status, headers } },
    });
  }
  log.error({ err: thrown, requestId }, "request failed");
  return new GraphQLError("Internal error", {
    extensions: { code: "INTERNAL", requestId, http: { status: 500 } },
  });
}

/**
 * Apollo Server's last word on an error: only known codes keep their text. `INTERNAL_SERVER_ERROR` is
 * Apollo's code for whatever was thrown inside it.
 */
export function formatError(formatted: GraphQLFormattedError, log: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.code;
  if (code !== "INTERNAL_SERVER_ERROR") return formatted;
  log.error({ error: formatted.message }, "request failed inside the GraphQL server");
  return { message: "Internal error", extensions: { code: "INTERNAL" } };
}

/** A GraphQL response body for a refusal outside the GraphQL server. */
export function errorBody(code: string, message: string, requestId: string): object {
  const known = isErrorCode(code) ? code : "INTERNAL";
  return { errors: [{ message, extensions: { code: known, requestId } }] };
}
