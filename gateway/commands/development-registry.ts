import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Registry as MetricsRegistry } from "prom-client";
import { z } from "zod";
import type { KnownOperations } from "../../shared/known-operation.ts";
import type { Logger } from "../../shared/log.ts";
import { measureMesh } from "../catalog/mesh-gauges.ts";
import { openDataHealth } from "../catalog/open-data-health.ts";
import { readProductHealth } from "../catalog/quality/product-health.ts";
import { standardsRoutes } from "../catalog/standards/standards-routes.ts";
import type { RouteExtension } from "../http/server.ts";
import type { OperationOrigin } from "../open-safe-list.ts";
import type { ReadProductHealth } from "../products/product-watch.ts";
import type { SubgraphSource } from "../registry/compose.ts";
import { GOVERNANCE_DOMAIN } from "../registry/deploy-tokens.ts";
import { followPostgres } from "../registry/follow-postgres.ts";
import { Registry } from "../registry/registry.ts";
import { PLANNED_AHEAD, registryRoutes } from "../registry/routes.ts";
import { roverRoutes } from "../registry/rover/rover-routes.ts";
import type { FollowOptions } from "../supergraph/watch-supergraph.ts";
import type { UsageSink } from "../usage/usage-reporter.ts";
import { openDevelopmentKey, writeSecret } from "./development-files.ts";
import { provisionRegistry } from "./provision-registry.ts";
import { startTokenMaker, type TokenMaker } from "./token-maker.ts";

/** The registry inside `npm start`: its key and its governance token lie in the data directory. */
export interface DevelopmentRegistry {
  /** For the catalog: a role that reads what it tells of. */
  readonly catalogUrl: string;
  readonly follow: FollowOptions;
  readonly usage: UsageSink;
  readonly knownOperations: KnownOperations;
  readonly operations: OperationOrigin;
  readonly productHealth: ReadProductHealth;
  readonly routes: readonly RouteExtension[];
  readonly measure: (metrics: MetricsRegistry) => void;
  /** Publishes the domains that `npm start` runs, where anything of them differs from what is published. */
  readonly publish: (sources: readonly SubgraphSource[]) => Promise<void>;
  /** A new deploy token of a domain that `npm start` runs. */
  readonly deployToken: (domain: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface DevelopmentRegistryOptions {
  /** Connects as somebody who may create the registry's database. */
  readonly adminUrl: string;
  readonly dataDirectory: string;
  /** Where the gateway will serve the registry. */
  readonly url: string;
  /** Milliseconds between two rounds of measuring how promises are kept. */
  readonly measureMs: number;
  readonly log: Logger;
}

const ACCESS_FILE = "registry.json";
const KEY_FILE = "registry-key.pem";
const ACTOR = { id: "npm start", domain: GOVERNANCE_DOMAIN };
const TOKEN_SECONDS = 30 * 24 * 3600;
const POLL_MS = 5000;

export async function openDevelopmentRegistry(
  options: DevelopmentRegistryOptions,
): Promise<DevelopmentRegistry> {
  const { adminUrl, dataDirectory, url, measureMs, log } = options;
  const { databaseUrl, catalogUrl } = await provisionRegistry({ adminUrl });
  const privateKey = openDevelopmentKey(dataDirectory, KEY_FILE);
  const registry = new Registry({ databaseUrl, privateKey, production: false });
  const maker = await giveAccess(registry, databaseUrl, { dataDirectory, url });
  const health = openDataHealth({ registry, production: false, log, intervalMs: measureMs });
  return {
    catalogUrl,
    follow: {
      feed: followPostgres(registry.store, databaseUrl),
      publicKey: createPublicKey(privateKey),
      lastGoodFile: join(dataDirectory, "last-good-generation.json"),
      pollMs: POLL_MS,
    },
    usage: (batch) => registry.usage.record(batch),
    knownOperations: () => registry.usage.texts(PLANNED_AHEAD),
    operations: {
      feed: (known) => registry.operations.newerThan(known),
      lastGoodFile: join(dataDirectory, "last-good-operations.json"),
    },
    productHealth: () => readProductHealth(registry.store.pool),
    routes: [
      { prefix: "/registry/v1", register: (app) => registryRoutes(app, registry) },
      { prefix: "/catalog", register: (app) => standardsRoutes(app, registry) },
      { prefix: "/registry/rover", register: (app) => roverRoutes(app, registry) },
      ...health.routes,
    ],
    measure: (metrics) => measureMesh(metrics, registry.store.pool),
    deployToken: async (domain) => (await registry.tokens.create(domain, TOKEN_SECONDS, maker.name)).token,
    publish: (sources) => publishChanged(registry, sources),
    stop: async () => {
      await health.stop();
      await maker.stop();
      await registry.stop();
    },
  };
}

/** Writes down where the registry is, with a governance token that the first start ends which comes after this one has ended. */
async function giveAccess(
  { tokens }: Registry,
  databaseUrl: string,
  { dataDirectory, url }: Pick<DevelopmentRegistryOptions, "dataDirectory" | "url">,
): Promise<TokenMaker> {
  const maker = await startTokenMaker(tokens, databaseUrl, `${ACTOR.id} in ${resolve(dataDirectory)}`);
  try {
    const { token } = await tokens.create(GOVERNANCE_DOMAIN, TOKEN_SECONDS, maker.name);
    writeSecret(dataDirectory, ACCESS_FILE, JSON.stringify({ url, token }));
    return maker;
  } catch (error) {
    await maker.stop();
    throw error;
  }
}

const access = z.object({ url: z.string(), token: z.string() });

/** Where the development registry of a data directory answers, with its governance token; null where none ran. */
export function readDevelopmentAccess(dataDirectory: string): z.infer<typeof access> | null {
  try {
    return access.parse(JSON.parse(readFileSync(join(dataDirectory, ACCESS_FILE), "utf8")));
  } catch {
    return null;
  }
}

async function publishChanged(registry: Registry, sources: readonly SubgraphSource[]): Promise<void> {
  const head = await registry.store.head();
  const isPublished = ({ name, sdl, url, product = null }: SubgraphSource) =>
    head?.members.some(
      (member) =>
        member.name === name && member.sdl === sdl && member.url === url && member.product === product,
    );
  const changes = sources
    .filter((source) => !isPublished(source))
    .map(({ name, sdl, url, product = null }) => ({ name, source: { sdl, url, product } }));
  if (changes.length === 0) return;
  // Who edits the files of this machine's demo needs nobody's approval.
  await registry.publish({ actor: ACTOR, changes, reason: "npm start", approve: true, acceptBreaking: true });
}
