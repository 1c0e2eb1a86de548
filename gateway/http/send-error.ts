import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ClientError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { errorBody, toGraphQLError } from "./graphql-errors.ts";

/** Answers with what was thrown while a request was read or routed, in the body that GraphQL errors have. */
export function sendError(
  error: FastifyError | ClientError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  if (error instanceof ClientError) {
    const { code, message, extensions } = error;
    return reply.code(error.status).send(errorBody(code, message, request.id, extensions));
  }
  if (error.statusCode === 413)
    return reply.code(413).send(errorBody("REQUEST_TOO_LARGE", "The request body is too large.", request.id));
  if (error.statusCode !== undefined && error.statusCode < 500)
    return reply.code(error.statusCode).send(errorBody("BAD_USER_INPUT", error.message, request.id));
  const { message, extensions } = toGraphQLError(error, request.id, log);
  return reply.code(500).send(errorBody(String(extensions.code), message, request.id));
}
