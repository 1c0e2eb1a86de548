import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ClientError } from "../errors.ts";
import type { Logger } from "../log.ts";

/** Longest message that leaves; a variable that does not fit may be quoted in it. */
const MAX_MESSAGE_LENGTH = 500;

/** Codes of a GraphQLError that a resolver may throw on purpose. */
const PUBLIC_CODES: ReadonlySet<unknown> = new Set(["BAD_USER_INPUT"]);

/**
 * An error as the gateway may see it. What a client did wrong keeps its message: a {@link ClientError}, and what
 * parsing, validation and variables found. Everything else becomes INTERNAL and the request id; its details go to
 * the log.
 */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId: string,
  log: Logger,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const place = formatted.path ? { path: formatted.path } : {};
  if (original instanceof ClientError) {
    const extensions = { ...original.extensions, code: original.code };
    return { message: shorten(original.message), ...place, extensions };
  }
  if (isOfTheOperation(error, original)) {
    const { path: _path, extensions, ...rest } = formatted;
    return {
      ...rest,
      message: shorten(formatted.message),
      ...place,
      extensions: { code: extensions?.code },
    };
  }
  log.error({ err: original, path: formatted.path }, "a field failed");
  return {
    message: `Internal error; request id ${requestId}`,
    ...place,
    extensions: { code: "INTERNAL", requestId },
  };
}

/** Found before execution (then it has no path), or thrown by a resolver as public. */
function isOfTheOperation(error: unknown, original: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  if (error.path === undefined) return original instanceof GraphQLError;
  return original instanceof GraphQLError && PUBLIC_CODES.has(original.extensions.code);
}

function shorten(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}
