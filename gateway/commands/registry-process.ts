import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { openDataHealth } from "../catalog/open-data-health.ts";
import { readPushTarget } from "../catalog/openlineage/push-lineage.ts";
import { standardsRoutes } from "../catalog/standards/standards-routes.ts";
import type { Environment } from "../config/environment.ts";
import { answerEverything, OUTER_ERRORS } from "../http/outer-errors.ts";
import { restErrors } from "../http/rest-errors.ts";
import { readPrivateKey } from "../read-private-key.ts";
import { DeployTokens, GOVERNANCE_DOMAIN } from "../registry/deploy-tokens.ts";
import { Registry } from "../registry/registry.ts";
import { registryRoutes } from "../registry/routes.ts";
import { roverRoutes } from "../registry/rover/rover-routes.ts";
import { RegistryStore } from "../registry/store-postgres.ts";
import { measureSeconds } from "./measure-seconds.ts";
import { provisionRegistry, type RegistryDatabase } from "./provision-registry.ts";
import { readText } from "./read-text.ts";
import type { Stoppable } from "./stop-on-signal.ts";

const settings = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "expected postgres://…"),
  REGISTRY_PRIVATE_KEY: z.string().min(1).optional(),
  /** Instead: the file that holds it. */
  REGISTRY_PRIVATE_KEY_FILE: z.string().min(1).optional(),
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4200),
  /** Generations kept for roll-back; versions and artifacts that none of them needs go with the others. */
  REGISTRY_KEEP_GENERATIONS: z.coerce.number().int().min(2).default(200),
  /** Seconds between two rounds of measuring how promises are kept. */
  REGISTRY_MEASURE_SECONDS: measureSeconds,
  /** Names the graph in pushed lineage: `graphql://` and this. */
  OPENLINEAGE_NAMESPACE: z
    .string()
    .regex(/^[\w.:-]+$/)
    .default("localhost"),
  NODE_ENV: z.string().default(""),
});

/**
 * `dpg registry serve`: the registry as a process of its own, as the application's role of its database. Any number
 * of them may share the database and the key.
 *
 * @returns its address, and how to stop it: requests under way are answered first
 * @throws ClientError CONFIG_INVALID or PORT_IN_USE
 */
export async function serveRegistry(env: Environment): Promise<Stoppable & { readonly url: string }> {
  const read = readSettings(env);
  const log = createLog({ name: "registry", level: "info" });
  const registry = new Registry({
    databaseUrl: read.DATABASE_URL,
    privateKey: readPrivateKey(
      () => read.REGISTRY_PRIVATE_KEY ?? readText(read.REGISTRY_PRIVATE_KEY_FILE ?? ""),
      "REGISTRY_PRIVATE_KEY, or the file REGISTRY_PRIVATE_KEY_FILE,",
    ),
    production: read.NODE_ENV === "production",
    keep: read.REGISTRY_KEEP_GENERATIONS,
  });
  const production = read.NODE_ENV === "production";
  const target = readPushTarget(env, production);
  const push = target && { target, authority: read.OPENLINEAGE_NAMESPACE };
  const health = openDataHealth({
    registry,
    production,
    log,
    push,
    intervalMs: 1000 * read.REGISTRY_MEASURE_SECONDS,
  });
  const loggerInstance: FastifyBaseLogger = log;
  const app: FastifyInstance = fastify({
    ...OUTER_ERRORS,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    requestTimeout: 30_000,
  });
  app.setErrorHandler(restErrors());
  answerEverything(app);
  await app.register((scope) => registryRoutes(scope, registry), { prefix: "/registry/v1" });
  await app.register((scope) => roverRoutes(scope, registry), { prefix: "/registry/rover" });
  await app.register((scope) => standardsRoutes(scope, registry), { prefix: "/catalog" });
  for (const { prefix, register } of health.routes) await app.register(register, { prefix });
  app.get("/health/live", async () => ({ status: "live" }));
  app.get("/health/ready", async (_request, reply) =>
    registry.store.latestNumber().then(
      () => ({ status: "ready" }),
      () => reply.code(503).send({ status: "not ready", reason: "The database does not answer." }),
    ),
  );
  const stop = async () => {
    await app.close();
    await health.stop();
    await registry.stop();
  };
  try {
    return { url: await app.listen({ host: read.HOST, port: read.PORT }), stop };
  } catch (error) {
    await stop();
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
      throw new ClientError("PORT_IN_USE", `Port ${read.PORT} is in use.`);
    throw error;
  }
}

/** What {@link prepareRegistry} gives: all are shown this once. */
export interface PreparedRegistry extends RegistryDatabase {
  readonly governanceToken: string;
}

/**
 * `dpg registry prepare`: makes the database, its roles and tables, as the administrator of the server, and the
 * governance team's first token. Repeating it migrates, and makes another token.
 *
 * @throws ClientError CONFIG_INVALID, and what provisioning refuses
 */
export async function prepareRegistry(env: Environment, seconds: number): Promise<PreparedRegistry> {
  const connections = await provisionFrom(env);
  const store = new RegistryStore(connections.databaseUrl);
  try {
    const { token } = await new DeployTokens(store).create(GOVERNANCE_DOMAIN, seconds, "registry prepare");
    return { ...connections, governanceToken: token };
  } finally {
    await store.stop();
  }
}

/**
 * The registry's database, migrated, as the environment names its server and passwords.
 *
 * @throws ClientError CONFIG_INVALID, and what provisioning refuses
 */
export async function provisionFrom(env: Environment): Promise<RegistryDatabase> {
  const adminUrl = env.DATABASE_ADMIN_URL;
  if (!adminUrl) throw new ClientError("CONFIG_INVALID", "DATABASE_ADMIN_URL is not set.");
  return provisionRegistry({
    adminUrl,
    applicationPassword: env.APPLICATION_PASSWORD,
    catalogPassword: env.CATALOG_PASSWORD,
  });
}

function readSettings(env: Environment): z.infer<typeof settings> {
  const parsed = settings.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, text]) => text !== "")),
  );
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ClientError("CONFIG_INVALID", `The registry's variables are not right: ${reasons.join("; ")}`);
}
