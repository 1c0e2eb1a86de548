import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { publishedOperations } from "../../shared/listed-operations.ts";
import { usageBatch } from "../../shared/usage-batch.ts";
import { actorOf, authenticateActor } from "./actor-of-request.ts";
import { isGateway, isGovernance } from "./deploy-tokens.ts";
import type { PublishRequest, Registry } from "./registry.ts";
import { requireGateway, requireGovernance } from "./rights.ts";

/** Bytes of a request: a schema of a large domain has some hundred kilobytes. */
const BODY_LIMIT = 5_000_000;
/** Characters of a descriptor. */
const DESCRIPTOR_LIMIT = 500_000;

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "lower-case letters, digits, - and _");
const reason = z.string().max(1000).default("");
const expected = z.int().min(0).nullable().default(null);
const acceptBreaking = z.boolean().default(false);
const window = z.int().min(1).max(90).default(30);
const threshold = z.number().min(0).max(100).default(0);
const schema = z.object({
  sdl: z.string().min(1),
  product: z.string().min(1).max(DESCRIPTOR_LIMIT).nullable().optional(),
  url: z.string().min(1).max(2000).optional(),
  reason,
  expected,
  approve: z.boolean().default(false),
  acceptBreaking,
  window,
  threshold,
});
const removal = z.object({ reason, expected, acceptBreaking, window, threshold }).prefault({});
const rollback = z.object({ generation: z.int().positive(), reason });
const newToken = z.object({ domain: z.string(), seconds: z.int().positive() });
const days = z.coerce.number().int().min(1).max(90).default(30);
/** The operations that gateways plan before anybody asks. */
export const PLANNED_AHEAD = { days: 7, limit: 100 } as const;
const limit = z.coerce.number().int().min(1).max(1000).default(50);

/** The registry over HTTP, below `/registry/v1`; every request needs a deploy token. */
export async function registryRoutes(app: FastifyInstance, registry: Registry): Promise<void> {
  authenticateActor(app, registry, BODY_LIMIT);
  subgraphRoutes(app, registry);
  supergraphRoutes(app, registry);
  tokenRoutes(app, registry);
  usageRoutes(app, registry);
  operationRoutes(app, registry);
}

function subgraphRoutes(app: FastifyInstance, registry: Registry): void {
  app.get("/subgraphs", async () => {
    const head = await registry.store.head();
    const members = head?.members ?? [];
    return { data: members.map(({ name, version, url }) => ({ name, version, url })) };
  });
  app.get<Named>("/subgraphs/:name", async ({ params }) => ({ data: await member(registry, params.name) }));
  app.post<Named>("/subgraphs/:name/check", { bodyLimit: BODY_LIMIT }, async (request) => {
    const { decision, findings } = await registry.check(await changeOf(registry, request));
    const code = decision.kind === "refused" ? decision.code : null;
    return { data: { accepted: code === null, code, findings } };
  });
  app.put<Named>("/subgraphs/:name", { bodyLimit: BODY_LIMIT }, async (request) => ({
    data: await registry.publish(await changeOf(registry, request)),
  }));
  app.delete<Named>("/subgraphs/:name", async (request) => {
    const options = removal.parse(request.body ?? {});
    const changes = [{ name: name.parse(request.params.name), source: null }];
    return { data: await registry.publish({ ...options, changes, actor: actorOf(request) }) };
  });
  app.put<Named>("/subgraphs/:name/domain", async (request) => {
    const { domain } = z.object({ domain: name }).parse(request.body);
    await registry.grant(actorOf(request), name.parse(request.params.name), domain);
    return { data: {} };
  });
}

function supergraphRoutes(app: FastifyInstance, registry: Registry): void {
  app.get<{ Querystring: { generation?: string; newerThan?: string } }>("/supergraph", async ({ query }) => {
    if (query.newerThan !== undefined) {
      const known = z.coerce.number().int().min(0).parse(query.newerThan);
      if ((await registry.store.latestNumber()) <= known) return { data: null };
    }
    const number = query.generation === undefined ? null : z.coerce.number().int().parse(query.generation);
    const found = await registry.store.generation(number);
    if (!found) throw new ClientError("GENERATION_NOT_FOUND", "There is no such generation.");
    return {
      data: { number: found.number, signature: found.signature, artifact: JSON.parse(found.content) },
    };
  });
  app.get<{ Querystring: { limit?: string } }>("/history", async ({ query }) => ({
    data: await registry.store.history(limit.parse(query.limit)),
  }));
  app.get("/key", async () => ({ data: { publicKey: registry.publicKeyPem() } }));
  app.post("/rollback", async (request) => {
    const { generation, reason } = rollback.parse(request.body);
    return { data: await registry.rollBack(actorOf(request), generation, reason) };
  });
  app.get<{ Querystring: { limit?: string } }>("/acts", async (request) => {
    requireGovernance(actorOf(request));
    return { data: await registry.store.acts(limit.parse(request.query.limit)) };
  });
}

function tokenRoutes(app: FastifyInstance, registry: Registry): void {
  app.get("/tokens", async (request) => {
    requireGovernance(actorOf(request));
    return { data: await registry.tokens.list() };
  });
  app.post("/tokens", async (request) => {
    const actor = actorOf(request);
    const { domain, seconds } = newToken.parse(request.body);
    await registry.rights.requireGovernance(actor, "create token", domain);
    return { data: await registry.tokens.create(domain, seconds, actor.id) };
  });
  app.post("/tokens/revoke", async (request) => {
    const actor = actorOf(request);
    const { id } = z.object({ id: z.string().max(200) }).parse(request.body);
    await registry.rights.requireGovernance(actor, "revoke token", id);
    return { data: { revoked: await registry.tokens.revoke(id, actor.id) } };
  });
}

function usageRoutes(app: FastifyInstance, registry: Registry): void {
  const onRequest = async (request: FastifyRequest) => requireGateway(actorOf(request));
  app.post("/usage", { bodyLimit: BODY_LIMIT, onRequest }, async ({ body }) => {
    await registry.usage.record(usageBatch.parse(body));
    return { data: {} };
  });
  app.get("/usage/texts", { onRequest }, async () => ({ data: await registry.usage.texts(PLANNED_AHEAD) }));
  app.get<{ Querystring: { days?: string; limit?: string } }>("/usage", async (request) => {
    const { query } = request;
    const window = { days: days.parse(query.days), limit: limit.parse(query.limit) };
    return { data: await registry.usageReader.operations(actorOf(request), window) };
  });
}

/**
 * An application's operations are published, and read, with a token of its own name, or by the governance team; gateways
 * read all, and say with `scope=all` that nothing less will do.
 */
function operationRoutes(app: FastifyInstance, registry: Registry): void {
  app.get<{ Querystring: { newerThan?: string; scope?: string } }>("/operations", async (request) => {
    const { newerThan = null, scope } = request.query;
    const actor = actorOf(request);
    if (scope === "all") requireGateway(actor);
    const list = await registry.operations.newerThan(newerThan);
    if (list === null || isGovernance(actor) || isGateway(actor)) return { data: list };
    const operations = list.operations.filter(({ client }) => client === actor.domain);
    return { data: { ...list, operations } };
  });
  app.put("/operations", { bodyLimit: BODY_LIMIT }, async (request) => {
    const actor = actorOf(request);
    const { client, bodies, replace } = publishedOperations.parse(request.body);
    if (actor.domain !== client) await registry.rights.requireGovernance(actor, "publish operations", client);
    return { data: await registry.operations.publish({ client, bodies, replace, by: actor.id }) };
  });
}

interface Named {
  Params: { name: string };
}

async function member(registry: Registry, wanted: string) {
  const head = await registry.store.head();
  const found = head?.members.find((item) => item.name === wanted);
  if (!found) throw new ClientError("SUBGRAPH_NOT_FOUND", "There is no published subgraph of that name.");
  return found;
}

/** Without a URL the published one stays. */
async function changeOf(registry: Registry, request: FastifyRequest<Named>): Promise<PublishRequest> {
  const { sdl, url: given, product, ...options } = schema.parse(request.body);
  const own = name.parse(request.params.name);
  const head = given === undefined ? await registry.store.head() : null;
  const url = given ?? head?.members.find((item) => item.name === own)?.url;
  if (url === undefined)
    throw new ClientError("ROUTING_URL_REFUSED", "A subgraph that is not published yet needs a routing URL.");
  return {
    ...options,
    changes: [{ name: own, source: { sdl, url, ...(product === undefined ? {} : { product }) } }],
    actor: actorOf(request),
  };
}
