import { createPublicKey } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { GOVERNANCE_DOMAIN, METRICS_DOMAIN } from "../registry/deploy-tokens.ts";
import { Registry } from "../registry/registry.ts";
import { readSources } from "./compose.ts";
import { openDevelopmentKey, readSecret, writeSecret } from "./development-files.ts";
import { provisionFrom } from "./registry-process.ts";

export interface RegistryFolderOptions {
  /** Gets `registry/private-key.pem`, `gateway/registry.pem`, `gateway/token`, `governance/token` and `metrics/token`. */
  readonly folder: string;
  /** Rover's supergraph.yaml: what a registry that has published nothing yet publishes; later only its catalog. */
  readonly publish?: string;
  /** For which the tokens hold. */
  readonly seconds: number;
}

const CATALOG = "catalog";
const ACTOR = { id: "registry prepare", domain: GOVERNANCE_DOMAIN };

/**
 * `dpg registry prepare --folder F`: all that containers share of a registry, a folder for each that may read it. Where
 * something is there already it stays: the key, tokens that hold for long enough, and whatever domains published since.
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE, what provisioning refuses, and what a publish refuses
 */
export async function prepareRegistryFolder(
  env: Environment,
  { folder, publish, seconds }: RegistryFolderOptions,
): Promise<void> {
  const { databaseUrl } = await provisionFrom(env);
  const privateKey = openDevelopmentKey(join(folder, "registry"), "private-key.pem");
  const registry = new Registry({ databaseUrl, privateKey, production: env.NODE_ENV === "production" });
  try {
    const publicKey = createPublicKey(privateKey).export({ format: "pem", type: "spki" });
    writeSecret(join(folder, "gateway"), "registry.pem", String(publicKey));
    for (const domain of ["gateway", GOVERNANCE_DOMAIN])
      await keepToken(registry, domain, { folder: join(folder, domain), seconds });
    await keepToken(registry, METRICS_DOMAIN, { folder: join(folder, "metrics"), seconds });
    // Prometheus has a user of its own, and of the secrets this folder alone.
    chmodSync(join(folder, "metrics", TOKEN_FILE), 0o444);
    if (publish !== undefined) await publishOwn(registry, publish);
  } finally {
    await registry.stop();
  }
}

async function keepToken(
  { tokens }: Registry,
  domain: string,
  { folder, seconds }: { readonly folder: string; readonly seconds: number },
): Promise<void> {
  const left = Math.min(RENEWED_AT, seconds / 2);
  const kept = (readSecret(folder, TOKEN_FILE) ?? "").trim();
  const isGood = await tokens.verifyAny(kept, left).then(
    (actor) => actor.domain === domain,
    (error: unknown) => {
      if (error instanceof ClientError && error.code === "DEPLOY_TOKEN_INVALID") return false;
      throw error;
    },
  );
  if (!isGood) writeSecret(folder, TOKEN_FILE, (await tokens.create(domain, seconds, ACTOR.id)).token);
}

const TOKEN_FILE = "token";
/** Seconds left at which a token is renewed, or half of its time: until the next start others go on with the old one. */
const RENEWED_AT = 30 * 24 * 3600;

/**
 * Once anything is published, domains publish for themselves: nothing of theirs is turned back. The catalog comes with
 * this program, whose next version may serve another schema of it.
 */
async function publishOwn(registry: Registry, config: string): Promise<void> {
  const sources = readSources(config).map(({ product = null, ...source }) => ({ ...source, product }));
  const head = await registry.store.head();
  if (head === null) {
    const changes = sources.map(({ name, ...source }) => ({ name, source }));
    await registry.publish({ actor: ACTOR, changes, reason: "first start", expected: 0 });
    return;
  }
  const known = head.members.find(({ name }) => name === CATALOG);
  const own = sources.find(({ name }) => name === CATALOG);
  if (!known || !own || (known.sdl === own.sdl && known.product === own.product)) return;
  const { sdl, product } = own;
  const changes = [{ name: CATALOG, source: { sdl, product, url: known.url } }];
  const request = { actor: ACTOR, changes, reason: "the catalog of this version" };
  await registry.publish({ ...request, approve: true, acceptBreaking: true }).catch(sayRefused);
}

/** The registry has to start all the same: only there a domain can change what stands in the way. */
function sayRefused(error: unknown): void {
  if (!(error instanceof ClientError)) throw error;
  process.stderr.write(`The catalog of this version was not published: ${error.message}\n`);
}
