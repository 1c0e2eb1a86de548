import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from "jose";
import { request } from "undici";

/** The public keys behind a JWKS address, as last fetched; the same value for as long as they do not change. */
export interface KeySet {
  readonly resolve: JWTVerifyGetKey;
  readonly keyIds: ReadonlySet<string>;
}

export interface JwksSourceOptions {
  readonly url: string;
  /** Told once per failed fetch; the text holds no secret. */
  readonly onFailure?: (reason: string) => void;
}

/** Milliseconds: at most one unasked refresh in this time, however many unknown keys come. */
const COOLDOWN = 30_000;
/** Keys older than this are fetched again in the background. */
const REFRESH_AGE = 300_000;
/** Keys older than this are used only where fetching them again failed, so that a withdrawn key goes. */
const MAX_AGE = 600_000;
/** Keys older than this are not used any more, also while the issuer is down. */
const MAX_STALE = 24 * 3_600_000;
/** While there are no keys at all, an attempt at most this often. */
const FIRST_FETCH_PAUSE = 500;
const TIMEOUT = 5000;
const MAX_BYTES = 1_000_000;
const MAX_KEYS = 1000;

/**
 * A JWKS address: fetched once for all that wait, kept through outages up to 24 hours, asked for an unknown
 * key at most every 30 s whether that succeeds or not (hardening.md 9, 12 to 15).
 */
export class JwksSource {
  readonly #options: JwksSourceOptions;
  #keys: KeySet | null = null;
  /** The set as fetched: an unchanged one keeps what was verified with it valid. */
  #text = "";
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(options: JwksSourceOptions) {
    this.#options = options;
  }

  /**
   * The keys to use now, or null where a fetch has to come first. Costs no promise; refreshes in the background
   * when they grow old.
   */
  current(): KeySet | null {
    const age = Date.now() - this.#fetchedAt;
    // Negative after the clock was set back.
    if (age >= 0 && age <= REFRESH_AGE) return this.#keys;
    void this.#refresh();
    const isUnreachable = this.#failedAt > this.#fetchedAt;
    return age <= MAX_AGE || (isUnreachable && age <= MAX_STALE) ? this.#keys : null;
  }

  /**
   * The keys to check a token with, or null while there are none.
   *
   * @param keyId of the token's header; an unknown one may cause one refresh
   */
  async forKey(keyId: string | null): Promise<KeySet | null> {
    const keys = this.current();
    if (keys && (keyId === null || keys.keyIds.has(keyId))) return keys;
    await this.#refresh();
    return this.current();
  }

  #refresh(): Promise<void> {
    if (this.#fetching) return this.#fetching;
    const now = Date.now();
    const isUsable = this.#keys !== null && now - this.#fetchedAt <= MAX_STALE;
    const waited = now - this.#attemptedAt;
    if (waited >= 0 && waited < (isUsable ? COOLDOWN : FIRST_FETCH_PAUSE)) return Promise.resolve();
    this.#attemptedAt = now;
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const jwks = await fetchKeys(this.#options.url);
      const text = JSON.stringify(jwks);
      if (text !== this.#text) this.#keys = keySet(jwks);
      this.#text = text;
      this.#fetchedAt = Date.now();
    } catch (error) {
      this.#failedAt = Date.now();
      this.#options.onFailure?.(error instanceof Error ? error.message : "unknown failure");
    }
  }
}

/** Redirects are not followed: the address is what the operator trusts. */
async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (statusCode !== 200) {
    // Destroying an unread body emits an error, which would end the process.
    body.once("error", () => {}).destroy();
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
  return readKeySet(Buffer.concat(chunks).toString("utf8"));
}

function readKeySet(text: string): JSONWebKeySet {
  const value = parseJson(text);
  const listed: readonly unknown[] = isRecord(value) && Array.isArray(value.keys) ? value.keys : [];
  const keys = listed.slice(0, MAX_KEYS).filter(isPublicKey);
  if (keys.length === 0) throw new Error("the JWKS address gave no public keys");
  return { keys };
}

/** Neither a secret nor a private key: what is published must not be able to sign. */
function isPublicKey(value: unknown): value is JWK {
  if (!isRecord(value)) return false;
  const { kty, kid, d } = value;
  const parts = typeof kty === "string" ? KEY_PARTS.get(kty) : undefined;
  if (!parts || d !== undefined || (kid !== undefined && typeof kid !== "string")) return false;
  return parts.every((name) => typeof value[name] === "string");
}

/** What a public key of each type consists of (RFC 7518 §6, RFC 8037). */
const KEY_PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
  ["OKP", ["crv", "x"]],
]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the JWKS address did not answer JSON");
  }
}

function keySet(jwks: JSONWebKeySet): KeySet {
  const keyIds = jwks.keys.flatMap((key) => (typeof key.kid === "string" ? [key.kid] : []));
  return { resolve: createLocalJWKSet(jwks), keyIds: new Set(keyIds) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
