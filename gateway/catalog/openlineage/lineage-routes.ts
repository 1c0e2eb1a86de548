import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { actorOf, authenticateActor } from "../../registry/actor-of-request.ts";
import type { Actor } from "../../registry/deploy-tokens.ts";
import type { Registry } from "../../registry/registry.ts";
import { type EmittedEvent, exportLineage } from "./export-lineage.ts";
import { readLineageEvents } from "./lineage-event.ts";
import type { LineageStore } from "./lineage-store.ts";

/** Bytes of a request: events of Spark carry their query plans. */
const BODY_LIMIT = 10_000_000;

export interface LineageRouteParts {
  readonly registry: Registry;
  readonly lineage: LineageStore;
}

const exported = z.object({
  authority: z
    .string()
    .regex(/^[\w.:-]{1,200}$/, "expected a host name")
    .optional(),
  days: z.coerce.number().int().min(1).max(90).default(1),
});
/** Operations of applications that are told of: the most used. */
const MAX_OPERATIONS = 1000;

/**
 * The mesh as OpenLineage events, as served now and used in the last days.
 *
 * @param reader who reads it: of usage, a domain is told what concerns its own subgraphs; null for the registry itself
 */
export async function collectLineage(
  { store, usage, usageReader }: Registry,
  { authority, days }: { readonly authority: string; readonly days: number },
  reader: Actor | null,
): Promise<readonly EmittedEvent[]> {
  const generation = await store.generation(null);
  if (!generation) return [];
  const window = { days, limit: MAX_OPERATIONS };
  const operations = await (reader ? usageReader.operations(reader, window) : usage.operations(window));
  return exportLineage({ content: generation.content, operations, authority, at: new Date() });
}

/**
 * OpenLineage's API (https://openlineage.io/spec/2-0-2/OpenLineage.yml), below `/api/v1/lineage`: `POST` takes one
 * event or a list, `POST /batch` a list; `GET` gives the mesh's own events. Each needs a deploy token: what it reports
 * is that domain's word.
 */
export async function lineageRoutes(
  app: FastifyInstance,
  { registry, lineage }: LineageRouteParts,
): Promise<void> {
  authenticateActor(app, registry, BODY_LIMIT);
  app.get<{ Querystring: Record<string, string> }>("/", async (request) => {
    const { authority = request.hostname, days } = exported.parse(request.query);
    return collectLineage(registry, { authority, days }, actorOf(request));
  });
  for (const path of ["/", "/batch"])
    app.post(path, { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      const recorded = await lineage.record(actorOf(request).domain, readLineageEvents(request.body));
      return reply.code(201).send({ data: recorded });
    });
}
