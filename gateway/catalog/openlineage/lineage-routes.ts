import type { FastifyInstance } from "fastify";
import { actorOf, authenticateActor } from "../../registry/actor-of-request.ts";
import type { Registry } from "../../registry/registry.ts";
import { readLineageEvents } from "./lineage-event.ts";
import type { LineageStore } from "./lineage-store.ts";

/** Bytes of a request: events of Spark carry their query plans. */
const BODY_LIMIT = 10_000_000;

export interface LineageRouteParts {
  readonly registry: Registry;
  readonly lineage: LineageStore;
}

/**
 * OpenLineage's API (https://openlineage.io/spec/2-0-2/OpenLineage.yml), below `/api/v1/lineage`: `POST` takes one
 * event or a list, `POST /batch` a list. Each needs a deploy token: what it reports is that domain's word.
 */
export async function lineageRoutes(
  app: FastifyInstance,
  { registry, lineage }: LineageRouteParts,
): Promise<void> {
  authenticateActor(app, registry, BODY_LIMIT);
  for (const path of ["/", "/batch"])
    app.post(path, { bodyLimit: BODY_LIMIT }, async (request, reply) => {
      const recorded = await lineage.record(actorOf(request).domain, readLineageEvents(request.body));
      return reply.code(201).send(recorded);
    });
}
