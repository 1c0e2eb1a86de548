import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { request } from "undici";
import { ClientError } from "../../shared/errors.ts";

/** The public keys of an issuer, as last fetched. */
export interface KeySet {
  readonly resolve: JWTVerifyGetKey;
  readonly keyIds: ReadonlySet<string>;
}

export interface JwksSourceOptions {
  readonly url: string;
  /** Told once per failed fetch; the text holds no secret. */
  readonly onFailure: (reason: string) => void;
  /** Injected for tests of long spans; milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Milliseconds: at most one unasked refresh in this time, however many unknown keys come. */
const COOLDOWN = 30_000;
/** Keys older than this are fetched again in the background. */
const MAX_AGE = 600_000;
/** Keys older than this are not used any more, also while the issuer is down. */
const MAX_STALE = 24 * 3_600_000;
/** While there are no keys at all, an attempt at most this often. */
const FIRST_FETCH_PAUSE = 1000;
const TIMEOUT = 5000;
const MAX_BYTES = 1_000_000;

/**
 * An issuer's JWKS: fetched once for all waiting requests, kept through outages up to 24 hours, refreshed
 * for an unknown key at most every 30 s whether that succeeds or not.
 */
export class JwksSource {
  readonly #options: JwksSourceOptions;
  readonly #now: () => number;
  #current: KeySet | null = null;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(options: JwksSourceOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The keys in use now, or null before the first fetch and after too long an outage. */
  current(): KeySet | null {
    return this.#now() - this.#fetchedAt > MAX_STALE ? null : this.#current;
  }

  /**
   * The keys to check a token with.
   *
   * @param kid key id of the token's header; an unknown one may cause one refresh
   * @throws ClientError IDENTITY_PROVIDER_UNAVAILABLE while there are no keys
   */
  async forKey(kid: string | null): Promise<KeySet> {
    const keys = this.current();
    if (!keys) await this.#refresh(FIRST_FETCH_PAUSE);
    else if (kid !== null && !keys.keyIds.has(kid)) await this.#refresh(COOLDOWN);
    else if (this.#now() - this.#fetchedAt > MAX_AGE) void this.#refresh(COOLDOWN);
    const found = this.current();
    if (!found)
      throw new ClientError(
        "IDENTITY_PROVIDER_UNAVAILABLE",
        "The keys of the token's issuer are not available.",
      );
    return found;
  }

  async #refresh(pause: number): Promise<void> {
    if (this.#fetching) return this.#fetching;
    if (this.#now() - this.#attemptedAt < pause) return;
    this.#attemptedAt = this.#now();
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const jwks = await fetchJwks(this.#options.url);
      const known = JSON.stringify(jwks);
      if (this.#current === null || known !== this.#text) {
        this.#current = keySet(jwks);
        this.#text = known;
      }
      this.#fetchedAt = this.#now();
    } catch (error) {
      this.#options.onFailure(error instanceof Error ? error.message : "unknown failure");
    }
  }

  /** The set as fetched: an unchanged one keeps remembered tokens valid. */
  #text = "";
}

async function fetchJwks(url: string): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (statusCode !== 200) {
    body.destroy();
    throw new Error(`the JWKS address answered ${statusCode}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error("the JWKS is larger than 1 MB");
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (!isKeySet(value)) throw new Error("the JWKS address did not answer a key set");
  return value;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== "object" || value === null || !("keys" in value) || !Array.isArray(value.keys))
    return false;
  return value.keys.length > 0 && value.keys.every((key) => typeof key === "object" && key !== null);
}

function keySet(jwks: JSONWebKeySet): KeySet {
  const keyIds = jwks.keys.flatMap((key) => (typeof key.kid === "string" ? [key.kid] : []));
  return { resolve: createLocalJWKSet(jwks), keyIds: new Set(keyIds) };
}
