import { type CryptoKey, importJWK, type JWK } from "jose";
import { z } from "zod";

/** The public keys of a JWKS address, fetched on demand and kept through outages. */
export interface GatewayKeys {
  /** The key with this id: known, or found by a refresh; null where there is none. Throws before the first fetch succeeded. */
  readonly find: (keyId: string) => Promise<CryptoKey | null>;
}

/** A key id nobody knows costs at most one refresh in this time. */
const REFRESH_PAUSE_MS = 30_000;
/** Before the first success (the gateway may start after the subgraph) the pause is shorter. */
const FIRST_FETCH_PAUSE_MS = 500;
/** Keys older than this are fetched again in the background, so that a withdrawn key goes. */
const MAX_AGE_MS = 300_000;
const FETCH_TIMEOUT_MS = 2_000;
const MAX_RESPONSE_BYTES = 65_536;

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(32) });
const signingKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  kid: z.string().min(1),
  x: z.string(),
  use: z.literal("sig").optional(),
});

/** The keys behind a JWKS address. Concurrent callers share one fetch. */
export function createGatewayKeys(url: string): GatewayKeys {
  let keys: ReadonlyMap<string, CryptoKey> | null = null;
  let fetchedAt = 0;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;

  const refresh = (): Promise<void> => {
    const pause = keys === null ? FIRST_FETCH_PAUSE_MS : REFRESH_PAUSE_MS;
    if (running) return running;
    if (Date.now() - attemptedAt < pause) return Promise.resolve();
    attemptedAt = Date.now();
    running = fetchKeys(url)
      .then((fetched) => {
        keys = fetched;
        fetchedAt = Date.now();
      })
      .finally(() => {
        running = null;
      });
    return running;
  };

  const find = async (keyId: string): Promise<CryptoKey | null> => {
    const known = keys?.get(keyId);
    if (known && Date.now() - fetchedAt > MAX_AGE_MS) refresh().catch(() => undefined);
    if (known) return known;
    const failure = await refresh().then(
      () => null,
      (error: unknown) => error,
    );
    if (keys === null) throw new Error("the gateway's keys could not be fetched yet", { cause: failure });
    return keys.get(keyId) ?? null;
  };

  return { find };
}

async function fetchKeys(url: string): Promise<ReadonlyMap<string, CryptoKey>> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    headers: { accept: "application/json" },
  });
  if (!response.ok) throw new Error(`JWKS address answered ${response.status}`);
  const { keys } = keySet.parse(JSON.parse(await readText(response)));
  const found = new Map<string, CryptoKey>();
  for (const key of keys) {
    const parsed = signingKey.safeParse(key);
    if (!parsed.success) continue;
    const { kty, crv, kid, x } = parsed.data;
    const jwk: JWK = { kty, crv, x };
    const imported = await importJWK(jwk, "EdDSA");
    if (!(imported instanceof Uint8Array)) found.set(kid, imported);
  }
  if (found.size === 0) throw new Error("JWKS address gave no Ed25519 signing key");
  return found;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_RESPONSE_BYTES) throw new Error("JWKS address answered more than 64 kB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
