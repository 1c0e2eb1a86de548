import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { requireSteward } from "./require-steward.ts";
import { restErrors } from "./rest-errors.ts";
import type { RouteExtension } from "./server.ts";

/** The registry that is followed. */
export interface FollowedRegistry {
  /** Address of its server, without a path. */
  readonly url: string;
  /** The gateway's own deploy token, which reads generations. */
  readonly token: string;
}

export interface RegistryRouteOptions {
  readonly identify: IdentifyCaller;
  readonly registry: FollowedRegistry;
}

/** Where the routes below are. */
export const REGISTRY_ROUTE = "/governance/registry";
/** Carries a person's own deploy token beside the token that says who they are to the gateway. */
const DEPLOY_TOKEN_HEADER = "x-deploy-token";
/** Milliseconds for one answer. */
const DEADLINE = 10_000;
/** Bytes of one answer, decompressed: a generation may be megabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

const limit = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
const generation = z.object({ generation: z.coerce.number().int().positive() });
const rollback = z.strictObject({ generation: z.int().positive(), reason: z.string().min(1).max(1000) });
const alert = z.object({ id: z.string().regex(/^\d{1,18}$/, "expected the number of an alert") });
const silence = z.strictObject({
  product: z.string().min(1).max(200),
  kind: z.string().max(40).nullable(),
  seconds: z.int().positive(),
  reason: z.string().min(1).max(1000),
});

/**
 * The followed registry for stewards' browsers, which cannot reach it: `GET /governance/registry/history` and
 * `/supergraph` with the gateway's own token; `GET /acts`, `POST /rollback`, `GET /alerts`, `POST /alerts/ID/acknowledge`
 * and `POST /alerts/silences` only with the person's own deploy token in `x-deploy-token`: what the gateway may is never
 * enough to change anything, nor to see whose alerts there are. Nothing else is passed on.
 */
export function createRegistryRoute(options: RegistryRouteOptions): RouteExtension {
  return { prefix: REGISTRY_ROUTE, register: async (app) => register(app, options) };
}

function register(app: FastifyInstance, { identify, registry }: RegistryRouteOptions): void {
  app.setErrorHandler(restErrors());
  app.decorateRequest("steward", "");
  // Asked before anything of the request is read or passed on.
  app.addHook("onRequest", async (request) => {
    request.setDecorator("steward", requireSteward(await identify(request.raw)).subject);
  });
  const pass: Pass = (reply, question) => passOn(reply, registry.url, question);
  const own = { token: registry.token, isOwn: true };
  app.get("/history", async ({ query }, reply) =>
    pass(reply, { ...own, path: `/history?limit=${limit.parse(query).limit}` }),
  );
  app.get("/supergraph", async ({ query }, reply) => {
    const { generation: number } = generation.parse(query);
    return pass(reply, { ...own, path: `/supergraph?generation=${number}` });
  });
  app.get("/acts", async (request, reply) => {
    const path = `/acts?limit=${limit.parse(request.query).limit}`;
    return pass(reply, { path, token: deployTokenOf(request), isOwn: false });
  });
  app.post("/rollback", async (request, reply) => {
    const token = deployTokenOf(request);
    const body = rollback.parse(request.body);
    const by = request.getDecorator<string>("steward");
    request.log.info({ by, generation: body.generation }, "a roll-back is asked of the registry");
    return pass(reply, { path: "/rollback", token, isOwn: false, body });
  });
  registerAlerts(app, pass);
}

/** The registry judges whose alerts a deploy token may see and handle, and records by whom it was done. */
function registerAlerts(app: FastifyInstance, pass: Pass): void {
  app.get("/alerts", async (request, reply) => {
    const path = `/alerts?limit=${limit.parse(request.query).limit}`;
    return pass(reply, { path, token: deployTokenOf(request), isOwn: false });
  });
  app.post("/alerts/:id/acknowledge", async (request, reply) => {
    const { id } = alert.parse(request.params);
    const token = deployTokenOf(request);
    return pass(reply, { path: `/alerts/${id}/acknowledge`, token, isOwn: false, body: {} });
  });
  app.post("/alerts/silences", async (request, reply) => {
    const token = deployTokenOf(request);
    return pass(reply, { path: "/alerts/silences", token, isOwn: false, body: silence.parse(request.body) });
  });
}

type Pass = (reply: FastifyReply, question: Question) => Promise<FastifyReply>;

interface Question {
  readonly path: string;
  readonly token: string;
  /** Whether the token is the gateway's; else it is of the person who asks. */
  readonly isOwn: boolean;
  /** With one it is posted. */
  readonly body?: object;
}

/** @throws ClientError DEPLOY_TOKEN_INVALID where there is none that could be one */
function deployTokenOf({ headers }: FastifyRequest): string {
  const sent = headers[DEPLOY_TOKEN_HEADER];
  if (typeof sent === "string" && /^[\w-]{1,200}$/.test(sent)) return sent;
  throw new ClientError(
    "DEPLOY_TOKEN_INVALID",
    `This needs your own deploy token (of the governance team; for alerts, of your domain), in the header ${DEPLOY_TOKEN_HEADER}.`,
  );
}

/** The registry's own answer, unread: a generation may be megabytes, and other requests wait while one is parsed. */
async function passOn(reply: FastifyReply, url: string, question: Question): Promise<FastifyReply> {
  const answer = await ask(url, question).catch(() => {
    throw new ClientError("REGISTRY_UNAVAILABLE", "The registry does not answer.");
  });
  if (question.isOwn && (answer.status === 401 || answer.status === 403))
    throw new ClientError("REGISTRY_UNAVAILABLE", "The registry refuses this gateway's own deploy token.");
  if (answer.status >= 500 || !answer.isJson)
    throw new ClientError("REGISTRY_UNAVAILABLE", "The registry cannot answer this now.");
  return reply.code(answer.status).type("application/json; charset=utf-8").send(answer.bytes);
}

async function ask(url: string, { path, token, body }: Question) {
  const response = await fetch(`${url.replace(/\/+$/, "")}/registry/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE),
  });
  const bytes = await readAtMost(response, MOST_BYTES);
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, isJson, bytes };
}

/** @throws where there are more bytes; no more than these are kept, nor read */
async function readAtMost({ body }: Response, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > most) throw new RangeError(`more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
