import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { ClientError } from "../../shared/errors.ts";
import { createLog } from "../../shared/log.ts";
import { logRejections } from "../../shared/log-rejections.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config.ts";
import { startGateway } from "../gateway.ts";
import type { SubgraphSource } from "../registry/compose.ts";
import { openDevelopmentAudit } from "./development-audit.ts";
import {
  type DevelopmentIssuer,
  openDevelopmentIssuer,
  PERSONAS,
  personaToken,
  serveJwks,
} from "./development-issuer.ts";
import { openDevelopmentRegistry } from "./development-registry.ts";
import { developmentSettings } from "./development-settings.ts";
import { readMeasureMs } from "./measure-seconds.ts";
import { playDemo } from "./play-demo.ts";
import { printError, printFindings } from "./print.ts";
import { findingsOf } from "./report.ts";
import { ServiceProcess } from "./service-process.ts";
import { startBanner } from "./start-banner.ts";
import { startCatalog } from "./start-catalog.ts";
import { startDatabases } from "./start-databases.ts";
import { type Stoppable, stopOnSignal } from "./stop-on-signal.ts";

const DOMAINS = ["customer", "product", "order"] as const;
const REGISTRY = "registry";
const AUDIT = "audit";
const SUBGRAPHS = fileURLToPath(new URL("../../subgraphs/", import.meta.url));
const POLICIES = fileURLToPath(new URL("../../shared/policies/", import.meta.url));

/**
 * `npm start`: Postgres, three domains and the catalog as processes of their own, the gateway, and a stand-in for an identity
 * provider. What is started is stopped again, in reverse order, also where a later step fails.
 */
async function start(env: Environment): Promise<Stoppable> {
  const started: Stoppable[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    await startParts(env, (part) => started.push(part));
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(env: Environment, keep: (part: Stoppable) => void): Promise<void> {
  const dataDirectory = resolve(env.DPG_DATA_DIR ?? ".data");
  const port = portOf(env);
  const logs = makeLogFolder(dataDirectory);
  const destination = pino.destination(join(logs, "gateway.log"));
  const log = createLog({ name: "gateway", level: readConfig(null, env).log.level, destination });
  logRejections(log);
  await Promise.all([0, 99, 100, 101, 102, 103].map((offset) => refuseBusyPort(port + offset)));

  const issuer = await openDevelopmentIssuer(dataDirectory);
  const issuerServer = await serveJwks(issuer, port + 100);
  keep({ stop: async () => void issuerServer.close() });

  const databases = await startDatabases([...DOMAINS, REGISTRY, AUDIT], env, dataDirectory, keep);
  const opening = openDevelopmentRegistry({
    adminUrl: databases.get(REGISTRY) ?? "",
    dataDirectory,
    url: `http://127.0.0.1:${port}`,
    measureMs: readMeasureMs(env),
    log,
  }).then((opened) => {
    keep(opened);
    return opened;
  });
  const startingCatalog = opening.then(({ catalogUrl }) =>
    startCatalog({ databaseUrl: catalogUrl, port: port + 99, gatewayPort: port, logs }, keep),
  );
  const [registry, audit, ...sources] = await Promise.all([
    opening,
    openDevelopmentAudit(databases.get(AUDIT) ?? "", dataDirectory, env),
    startingCatalog,
    ...DOMAINS.map((domain, index) =>
      startDomain(
        {
          domain,
          port: port + 101 + index,
          gatewayPort: port,
          logs,
          databases,
          deployToken: () => opening.then((registry) => registry.deployToken(domain)),
        },
        keep,
      ),
    ),
  ]);
  await registry.publish(sources);

  const gateway = await startGateway({
    config: readConfig(null, {
      DPG_POLICIES_DIRECTORY: POLICIES,
      ...env,
      ...audit,
      ...developmentSettings(port, dataDirectory),
      DPG_PORT: String(port),
    }),
    follow: registry.follow,
    usage: registry.usage,
    knownOperations: registry.knownOperations,
    operations: registry.operations,
    productHealth: registry.productHealth,
    extensions: registry.routes,
    measure: registry.measure,
    log,
    personas: await personaTokens(issuer),
  });
  keep(gateway);
  const { url } = gateway;
  if (env.DEMO !== "off" && env.NODE_ENV !== "production")
    keep(await playDemo({ url, issuer, deployToken: registry.deployToken, log }));
  process.stdout.write(startBanner(url, await personaTokens(issuer), logs));
}

function makeLogFolder(dataDirectory: string): string {
  const logs = join(dataDirectory, "log");
  try {
    mkdirSync(logs, { recursive: true });
    return logs;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : "unknown reason";
    throw new ClientError("DATA_DIRECTORY_UNUSABLE", `${dataDirectory} cannot be used: ${reason}.`);
  }
}

function portOf(env: Environment): number {
  const port = Number(env.PORT ?? 4000);
  if (Number.isInteger(port) && port > 0 && port + 103 <= 65_535) return port;
  throw new ClientError("CONFIG_INVALID", `PORT=${env.PORT} is no port from 1 to 65432.`);
}

/** Services of a run that was killed need a moment to notice and to free their ports. */
const PORT_PATIENCE = 3000;

async function refuseBusyPort(port: number): Promise<void> {
  const deadline = Date.now() + PORT_PATIENCE;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) throw new ClientError("PORT_IN_USE", `Port ${port} is in use.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

interface DomainOptions {
  readonly domain: (typeof DOMAINS)[number];
  readonly port: number;
  readonly gatewayPort: number;
  readonly logs: string;
  readonly databases: ReadonlyMap<string, string>;
  /** With which the domain reports the results of its checks. */
  readonly deployToken: () => Promise<string>;
}

/** Migrates and seeds in one process that holds the administrator's connection, serves in one that does not. */
async function startDomain(options: DomainOptions, keep: (part: Stoppable) => void): Promise<SubgraphSource> {
  const { domain, port, gatewayPort, logs, databases } = options;
  const folder = join(SUBGRAPHS, domain);
  const preparation = new ServiceProcess({
    name: `${domain} (database)`,
    module: join(folder, "prepare.js"),
    env: { DATABASE_ADMIN_URL: databases.get(domain) ?? "" },
    logFile: join(logs, `${domain}-database.log`),
  });
  if ((await preparation.ended) !== 0) throw failedPreparation(domain, preparation.output());
  const [qualityUrl = "", applicationUrl = ""] = preparation.output().trim().split("\n").slice(-2);
  const service = new ServiceProcess({
    name: domain,
    module: join(folder, "main.js"),
    env: {
      PORT: String(port),
      DATABASE_URL: applicationUrl,
      QUALITY_DATABASE_URL: qualityUrl,
      DPG_REGISTRY_URL: `http://127.0.0.1:${gatewayPort}`,
      DPG_TOKEN: await options.deployToken(),
      DPG_GATEWAY_JWKS_URL: `http://127.0.0.1:${gatewayPort}/.well-known/jwks.json`,
    },
    logFile: join(logs, `${domain}.log`),
  });
  keep(service);
  await service.ready(`http://127.0.0.1:${port}/health/live`);
  const sdl = readFileSync(join(folder, "schema.graphql"), "utf8");
  const product = readFileSync(join(folder, "product.yaml"), "utf8");
  return { name: domain, url: `http://127.0.0.1:${port}/graphql`, sdl, product };
}

function failedPreparation(domain: string, output: string): ClientError {
  return new ClientError(
    "POSTGRES_UNAVAILABLE",
    `The database of ${domain} could not be prepared:\n${output.slice(-2000)}`,
  );
}

function personaTokens(issuer: DevelopmentIssuer) {
  return Promise.all(
    PERSONAS.map(async (persona) => ({
      name: persona.name,
      description: persona.description,
      token: await issuer.token(personaToken(persona, "12h")),
    })),
  );
}

try {
  stopOnSignal(await start(process.env));
} catch (error) {
  if (error instanceof ClientError) printFindings(findingsOf(error));
  printError(error);
}
