import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Pool } from "pg";
import { ClientError, explainError } from "../errors.ts";
import { createIdentityVerifier } from "../identity-token.ts";
import { createLog, type Logger } from "../log.ts";
import { OpenConnections } from "../open-connections.ts";
import { createCursorCodec } from "./cursor.ts";
import { type GraphqlEndpoint, startGraphqlEndpoint } from "./graphql-endpoint.ts";
import { type LoadedSubgraph, loadSubgraph } from "./load-subgraph.ts";
import { checkConnection, createPools, type DatabasePools } from "./postgres.ts";
import { checkRowSecurity } from "./row-security.ts";
import type { SubgraphSettings } from "./settings.ts";
import type { SubgraphDefinition } from "./subgraph-definition.ts";

/** A subgraph that answers. */
export interface RunningSubgraph {
  /** Its GraphQL address. */
  readonly url: string;
  /** Not ready at once, requests in flight answered, then everything closed. */
  readonly stop: () => Promise<void>;
}

/** Bytes of a request: a gateway asks for thousands of entities at once. */
const BODY_LIMIT = 10_000_000;

/**
 * Serves a subgraph: `POST /graphql` for the gateway alone, `GET /health/live` and `/health/ready` for the
 * platform. Throws a ClientError that says what keeps it from starting: see `dpg error` for its code.
 */
export async function serveSubgraph<Loaders>(
  definition: SubgraphDefinition<Loaders>,
  settings: SubgraphSettings,
): Promise<RunningSubgraph> {
  const loaded = await loadSubgraph(definition);
  const { domain } = loaded.descriptor;
  const log = createLog({ name: `subgraph-${domain}`, level: settings.logLevel });
  const pools = definition.database === "postgres" ? await openDatabase(loaded, settings, log) : null;
  try {
    const endpoint = await startGraphqlEndpoint({
      schema: loaded.schema,
      verifier: createIdentityVerifier({ jwksUrl: settings.gatewayJwksUrl, audience: domain }),
      pools,
      cursors: createCursorCodec(`${domain}\n${settings.cursorKey ?? settings.databaseUrl ?? ""}`),
      log,
      createLoaders: definition.createLoaders,
    });
    return await listen({ endpoint, pools, settings, log });
  } catch (error) {
    await pools?.end();
    throw error;
  }
}

async function openDatabase(
  loaded: LoadedSubgraph,
  settings: SubgraphSettings,
  log: Logger,
): Promise<DatabasePools> {
  const { databaseUrl } = settings;
  if (databaseUrl === null) throw new ClientError("SUBGRAPH_SETTINGS_INVALID", "DATABASE_URL: required");
  const pools = createPools({ databaseUrl, name: loaded.descriptor.domain, log });
  try {
    await checkConnection(pools.work);
    await checkRowSecurity(pools.work, loaded.protectedTables);
    return pools;
  } catch (error) {
    await pools.end();
    throw error;
  }
}

interface Parts {
  readonly endpoint: GraphqlEndpoint;
  readonly pools: DatabasePools | null;
  readonly settings: SubgraphSettings;
  readonly log: Logger;
}

async function listen({ endpoint, pools, settings, log }: Parts): Promise<RunningSubgraph> {
  let draining = false;
  const server = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: "idle", requestTimeout: 30_000 });
  const connections = new OpenConnections(server.server);
  server.setErrorHandler<FastifyError | ClientError>((error, _request, reply) => refuse(error, reply, log));
  server.removeContentTypeParser("text/plain");
  server.post("/graphql", { onRequest: endpoint.admit }, endpoint.handle);
  server.get("/health/live", () => ({ status: "live" }));
  server.get("/health/ready", async (_request, reply) => {
    const ready = !draining && (pools === null || (await answers(pools.work)));
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready" });
  });
  const address = await bind(server, settings).catch(async (error: unknown) => {
    await endpoint.stop();
    throw error;
  });
  log.info({ url: `${address}/graphql` }, "ready");
  const stop = async () => {
    draining = true;
    await closeServer(server, connections);
    await endpoint.stop();
    await pools?.end();
    log.info("stopped");
  };
  return { url: `${address}/graphql`, stop };
}

/** For requests in flight; a statement ends after this long at most. */
const DRAIN_MS = 4_000;

/** Takes no more requests, lets those in flight finish, and closes kept-alive connections as they fall idle. */
async function closeServer(server: FastifyInstance, connections: OpenConnections): Promise<void> {
  const sweep = setInterval(() => connections.closeUnused(), 50);
  const deadline = setTimeout(() => server.server.closeAllConnections(), DRAIN_MS);
  await server.close();
  clearInterval(sweep);
  clearTimeout(deadline);
}

async function bind(server: FastifyInstance, { port, host }: SubgraphSettings): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    throw new ClientError("PORT_IN_USE", `Another process listens on ${host}:${port}`);
  }
}

function answers(pool: Pool): Promise<boolean> {
  return checkConnection(pool).then(
    () => true,
    () => false,
  );
}

/** A request that never reached GraphQL: refused by the identity check, or not JSON, or too large. */
function refuse(error: FastifyError | ClientError, reply: FastifyReply, log: Logger): FastifyReply {
  const status = error instanceof ClientError ? error.status : (error.statusCode ?? 500);
  if (status >= 500) log.error({ err: error }, "a request failed");
  const code = error instanceof ClientError ? error.code : status < 500 ? "BAD_REQUEST" : "INTERNAL";
  const message =
    status < 500 || error instanceof ClientError ? error.message : explainError("INTERNAL").cause;
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
