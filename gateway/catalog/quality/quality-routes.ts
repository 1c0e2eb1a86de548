import type { FastifyInstance } from "fastify";
import { ClientError } from "../../../shared/errors.ts";
import { actorOf, authenticateActor } from "../../registry/actor-of-request.ts";
import { isGovernance } from "../../registry/deploy-tokens.ts";
import type { Registry } from "../../registry/registry.ts";
import { readProductHealth } from "./product-health.ts";
import { qualityMetrics } from "./quality-metrics.ts";
import { QualityStore, qualityReport } from "./quality-store.ts";

const BODY_LIMIT = 1_000_000;

/**
 * Quality over HTTP, below `/registry/v1/quality`; each request needs a deploy token. `POST` takes a domain's results
 * of its own checks; `GET` tells how all published products are, for gateways, and `GET /metrics` for Prometheus.
 */
export async function qualityRoutes(app: FastifyInstance, registry: Registry): Promise<void> {
  authenticateActor(app, registry, BODY_LIMIT);
  const store = new QualityStore(registry.store.pool);
  app.post("/", { bodyLimit: BODY_LIMIT }, async (request) => {
    const actor = actorOf(request);
    const { results } = qualityReport.parse(request.body);
    const foreign = results.find(({ product }) => product.split(".")[0] !== actor.domain);
    if (foreign && !isGovernance(actor))
      throw new ClientError(
        "PRODUCT_NOT_YOURS",
        `${foreign.product} is no product of the domain ${actor.domain}.`,
      );
    await store.record(results);
    return { data: { recorded: results.length } };
  });
  app.get("/metrics", { config: { metrics: true } }, async (_request, reply) => {
    const { type, text } = await qualityMetrics(registry.store.pool);
    return reply.type(type).send(text);
  });
  app.get("/", async () => ({ data: await readProductHealth(registry.store.pool) }));
}
