import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";
import { actorOf, authenticateActor } from "../../registry/actor-of-request.ts";
import { isGovernance } from "../../registry/deploy-tokens.ts";
import type { Registry } from "../../registry/registry.ts";
import { AlertStore } from "./alert-store.ts";
import { WebhookStore } from "./webhook-store.ts";

const BODY_LIMIT = 10_000;

const id = z.string().regex(/^\d{1,18}$/, "expected the number of an alert");
const listing = z.object({
  all: z.stringbool().default(false),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const silence = z.object({
  product: z.string().regex(/^[a-z][\w-]*\.[\w-]+$/, "expected the id of a product"),
  kind: z.enum(["AVAILABILITY", "LATENCY", "ERROR_RATE", "FRESHNESS", "QUALITY"]).nullable().default(null),
  seconds: z
    .int()
    .positive()
    .max(30 * 86_400),
  reason: z.string().min(1).max(1000),
});
const webhook = z.object({
  url: z.string().min(1).max(2000),
  format: z.enum(["json", "slack"]).default("json"),
});

export interface AlertRouteParts {
  readonly registry: Registry;
  readonly production: boolean;
}

/**
 * Alerts over HTTP, below `/registry/v1/alerts`; each request needs a deploy token. A domain sees and handles what
 * concerns its own products, the governance team everything; every act is recorded, also a refused one.
 */
export async function alertRoutes(
  app: FastifyInstance,
  { registry, production }: AlertRouteParts,
): Promise<void> {
  authenticateActor(app, registry, BODY_LIMIT);
  const alerts = new AlertStore(registry.store.pool);
  const webhooks = new WebhookStore(registry.store.pool, production);
  app.get<{ Querystring: Record<string, string> }>("/", async (request) => {
    const { all, limit } = listing.parse(request.query);
    return { data: await alerts.list({ domain: scopeOf(request), isOpen: !all, limit }) };
  });
  app.post<{ Params: { id: string } }>("/:id/acknowledge", async (request) => {
    const number = id.parse(request.params.id);
    const owner = await alerts.domainOf(number);
    await requireOwn(registry, request, owner, `acknowledge alert ${number}`);
    const acknowledged = await alerts.acknowledge(number, actorOf(request).id);
    await record(registry, request, "acknowledge alert", number, acknowledged ? "done" : "not open");
    return { data: { acknowledged } };
  });
  app.post("/silences", { bodyLimit: BODY_LIMIT }, async (request) => {
    const wanted = silence.parse(request.body);
    await requireOwn(registry, request, wanted.product.split(".")[0] ?? "", `silence ${wanted.product}`);
    await alerts.silence(wanted, actorOf(request).id);
    const { product, ...detail } = wanted;
    await record(registry, request, "silence alerts", product, "done", detail);
    return { data: {} };
  });
  app.get("/webhooks", async (request) => ({ data: await webhooks.list(scopeOf(request)) }));
  app.post("/webhooks", { bodyLimit: BODY_LIMIT }, async (request) => {
    const { id: by, domain } = actorOf(request);
    const made = await webhooks.add({ ...webhook.parse(request.body), domain, by });
    await record(registry, request, "add webhook", made.id, "done");
    return { data: made };
  });
  app.delete<{ Params: { id: string } }>("/webhooks/:id", async (request) => {
    const removed = await webhooks.remove(request.params.id, scopeOf(request));
    await record(registry, request, "remove webhook", request.params.id, removed ? "done" : "not found");
    return { data: { removed } };
  });
}

/** The domain that a caller is bound to; null for the governance team. */
function scopeOf(request: FastifyRequest): string | null {
  const actor = actorOf(request);
  return isGovernance(actor) ? null : actor.domain;
}

/** @throws ClientError ALERT_NOT_FOUND also for another domain's: nothing is told of it */
async function requireOwn(
  registry: Registry,
  request: FastifyRequest,
  owner: string | null,
  verb: string,
): Promise<void> {
  const scope = scopeOf(request);
  if (owner !== null && (scope === null || scope === owner)) return;
  await record(registry, request, verb, owner ?? "", "ALERT_NOT_FOUND");
  throw new ClientError("ALERT_NOT_FOUND", "Your domain has no such alert or product.");
}

async function record(
  { store }: Registry,
  request: FastifyRequest,
  verb: string,
  subject: string,
  outcome: string,
  detail: object = {},
): Promise<void> {
  await store.recordAct({ actor: actorOf(request).id, verb, subject, outcome, detail });
}
