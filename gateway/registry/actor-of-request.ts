import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ClientError, type ErrorCode, explainError } from "../../shared/errors.ts";
import type { Actor } from "./deploy-tokens.ts";
import type { Registry } from "./registry.ts";
import { isUnfitValue, UNFIT_VALUE } from "./unfit-value.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether tokens that only read metrics will do. */
    readonly metrics?: boolean;
  }
}

/**
 * Makes every route of a scope need a deploy token, and says errors as the registry says them. One that only reads metrics
 * will do where the route's `config.metrics` says so.
 *
 * @param bodyLimit bytes of a request at most, for the message
 */
export function authenticateActor(app: FastifyInstance, registry: Registry, bodyLimit: number): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) =>
    refuse(error, request, reply, bodyLimit),
  );
  // Asked before a body is read, so that nobody unknown makes the registry take one.
  app.decorateRequest("actor", null);
  app.addHook("onRequest", async (request) => {
    request.setDecorator("actor", await identify(registry, request));
  });
}

/** Who sent a request of such a scope. */
export function actorOf(request: FastifyRequest): Actor {
  return request.getDecorator<Actor>("actor");
}

async function identify({ tokens }: Registry, request: FastifyRequest): Promise<Actor> {
  const { headers, routeOptions } = request;
  const [, token] = /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? "") ?? [];
  if (token === undefined)
    throw new ClientError(
      "DEPLOY_TOKEN_INVALID",
      "The registry needs `Authorization: Bearer <deploy token>`.",
    );
  return routeOptions.config.metrics === true ? tokens.verifyAny(token) : tokens.verify(token);
}

function refuse(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
  bodyLimit: number,
): FastifyReply {
  if (error instanceof ClientError)
    return send(reply, error.status, error.code, error.message, error.extensions);
  if (error instanceof z.ZodError) {
    const reasons = error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
    return send(reply, 400, "BAD_USER_INPUT", reasons.join("; "));
  }
  if (isUnfitValue(error)) return send(reply, 400, "BAD_USER_INPUT", UNFIT_VALUE);
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  if (status === 413)
    return send(reply, 413, "REQUEST_TOO_LARGE", `A request may have up to ${bodyLimit} bytes.`);
  if (status < 500) return send(reply, status, "BAD_USER_INPUT", error.message);
  request.log.error({ err: error }, "the registry failed");
  return send(reply, 503, "REGISTRY_UNAVAILABLE", `The registry cannot answer now (request ${request.id}).`);
}

function send(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const { cause, remedy } = explainError(code);
  const requestId = reply.request.id;
  return reply.code(status).send({ error: { code, message, cause, remedy, requestId, ...extensions } });
}
