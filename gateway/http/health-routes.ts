import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { JSONWebKeySet } from "jose";
import type { Registry } from "prom-client";
import { ClientError, type ErrorCode } from "../../shared/errors.ts";
import { createMetricsReader } from "../telemetry/cluster-metrics.ts";

export interface HealthOptions {
  /** Why the gateway cannot serve now, or null when it can. */
  readonly notReady: () => Promise<{ readonly code: ErrorCode; readonly reason: string } | null>;
  readonly publicJwks: () => Promise<JSONWebKeySet>;
  readonly metrics: Registry;
  /** Who reads the metrics has to send it as the bearer; null: whoever reaches the port. */
  readonly metricsToken: string | null;
}

const STOPPING = { code: "GATEWAY_STOPPING", reason: "The gateway is stopping." } as const;

/** Serves what operators and subgraphs ask of the gateway: is it alive and ready, how is it doing, which keys sign. */
export function serveHealth(
  app: FastifyInstance,
  { notReady, publicJwks, metrics, metricsToken }: HealthOptions,
  isStopping: () => boolean,
): void {
  const readMetrics = createMetricsReader(metrics);
  app.get("/health/live", async () => ({ status: "live" }));
  app.get("/health/ready", async (request, reply) => {
    const reason = isStopping() ? STOPPING : await notReady();
    if (reason === null) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", ...reason, requestId: request.id });
  });
  app.get("/metrics", async ({ headers }, reply) => {
    if (metricsToken !== null && !isSame(headers.authorization ?? "", `Bearer ${metricsToken}`)) {
      reply.header("www-authenticate", "Bearer");
      throw new ClientError("UNAUTHENTICATED", "The metrics need the operator's token as the bearer.");
    }
    return reply.type(metrics.contentType).send(await readMetrics());
  });
  app.get("/.well-known/jwks.json", async (_request, reply) =>
    reply.header("cache-control", "public, max-age=60").send(await publicJwks()),
  );
}

/** Compared by their hashes, so that time tells nothing of where they differ. */
function isSame(sent: string, expected: string): boolean {
  const hashOf = (text: string) => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(hashOf(sent), hashOf(expected));
}
