import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ExecutionResult, execute, GraphQLError, parse, validate } from "graphql";
import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";
import type { Actor } from "../deploy-tokens.ts";
import type { Registry } from "../registry.ts";
import { isUnfitValue, UNFIT_VALUE } from "../unfit-value.ts";
import { platformRoot } from "./platform-resolvers.ts";
import { buildPlatformSchema } from "./platform-schema.ts";
import { refuseRenamedActs } from "./refuse-renamed-acts.ts";

/** Bytes of a request: a schema of a large domain has some hundred kilobytes. */
const BODY_LIMIT = 5_000_000;
/** Of a document: the largest of Rover's has some two hundred. */
const MAX_TOKENS = 1000;

const body = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * The registry as the Apollo platform API that the Rover command line speaks: `APOLLO_REGISTRY_URL` is the address
 * of this route, `APOLLO_KEY` a deploy token. The same functions and rules as the registry's own routes.
 */
export async function roverRoutes(app: FastifyInstance, registry: Registry): Promise<void> {
  const schema = buildPlatformSchema();
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  app.decorateRequest("actor", null);
  // Asked before a body is read, so that nobody unknown makes the registry take one.
  app.addHook("onRequest", async (request) => {
    request.setDecorator("actor", await identify(registry, request));
  });
  app.post("/", { bodyLimit: BODY_LIMIT }, async (request) => {
    const { query, operationName, variables } = body.parse(request.body);
    const document = parse(query, { maxTokens: MAX_TOKENS });
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors: errors.map((error) => say(error, request)) };
    refuseRenamedActs(document);
    const result = await execute({
      schema,
      document,
      rootValue: platformRoot(registry, request.getDecorator<Actor>("actor")),
      operationName: operationName ?? null,
      variableValues: variables ?? {},
    });
    return { ...result, ...sayErrors(result, request) };
  });
}

/** `service:GRAPH:TOKEN` or the token itself. */
async function identify(registry: Registry, { headers }: FastifyRequest): Promise<Actor> {
  const key = headers["x-api-key"];
  const token = typeof key === "string" ? key.slice(key.lastIndexOf(":") + 1) : "";
  if (/^[\w-]{1,200}$/.test(token)) return registry.tokens.verify(token);
  throw new ClientError("DEPLOY_TOKEN_INVALID", "The registry needs a deploy token as APOLLO_KEY.");
}

function sayErrors({ errors }: ExecutionResult, request: FastifyRequest): object {
  return errors ? { errors: errors.map((error) => say(error.originalError ?? error, request)) } : {};
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Rover shows the errors of an answer with status 200, and asks again for a minute after any other.
  const status = error instanceof ClientError ? 200 : statusOf(error);
  return reply.code(status).send({ data: null, errors: [say(error, request)] });
}

function statusOf(error: unknown): number {
  if (error instanceof GraphQLError || error instanceof z.ZodError || isUnfitValue(error)) return 400;
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return status < 500 ? status : 503;
}

/** With the findings in the message: of an error, that is all that Rover shows. */
function say(error: unknown, request: FastifyRequest): object {
  const requestId = request.id;
  if (error instanceof ClientError) {
    const findings = z.array(finding).safeParse(error.extensions.findings).data ?? [];
    const lines = findings
      .filter(({ severity }) => severity === "error")
      .map(({ code, message, remedy }) => `${code}: ${message} ${remedy}`);
    return { message: [error.message, ...lines].join("\n"), extensions: { code: error.code, requestId } };
  }
  if (isUnfitValue(error)) return { message: UNFIT_VALUE, extensions: { code: "BAD_USER_INPUT", requestId } };
  if (error instanceof GraphQLError)
    return { message: error.message, extensions: { code: "BAD_USER_INPUT", requestId } };
  if (statusOf(error) < 500)
    return {
      message: "The request is no GraphQL request.",
      extensions: { code: "BAD_USER_INPUT", requestId },
    };
  request.log.error({ err: error }, "the registry failed");
  const message = `The registry cannot answer now (request ${request.id}).`;
  return { message, extensions: { code: "REGISTRY_UNAVAILABLE", requestId } };
}

const finding = z.looseObject({
  severity: z.string(),
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
});
