import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ClientError, type ErrorCode, explainError } from "../../shared/errors.ts";

type ErrorHandler = (
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply;

/**
 * Errors of the routes that are not GraphQL: `{ error: { code, message, cause, remedy } }`. What is not written for
 * clients is logged, and named by the request's id only.
 */
export function restErrors(): ErrorHandler {
  return (error, request, reply) => {
    if (error instanceof ClientError) {
      if (error.status === 401) reply.header("www-authenticate", "Bearer");
      const { retryAfterSeconds } = error.extensions;
      if (typeof retryAfterSeconds === "number") reply.header("retry-after", String(retryAfterSeconds));
      return send(reply, error.status, error.code, error.message);
    }
    if (error instanceof z.ZodError) {
      const reasons = error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
      return send(reply, 400, "BAD_USER_INPUT", reasons.join("; "));
    }
    const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
    if (status === 413) return send(reply, 413, "REQUEST_TOO_LARGE", "The request body is too large.");
    if (status < 500) return send(reply, status, "BAD_USER_INPUT", error.message);
    request.log.error({ err: error }, "request failed");
    return send(reply, 500, "INTERNAL", `Internal error (request ${request.id})`);
  };
}

function send(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  const { cause, remedy } = explainError(code);
  const requestId = reply.request.id;
  return reply.code(status).send({ error: { code, message, cause, remedy, requestId } });
}
