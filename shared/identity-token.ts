import { createPublicKey, type KeyObject, sign as signBytes } from "node:crypto";
import { decodeProtectedHeader, exportJWK, type JSONWebKeySet, jwtVerify } from "jose";
import { z } from "zod";
import { ClientError } from "./errors.ts";
import { JwksSource } from "./jwks-source.ts";
import { claimValues, type Principal } from "./principal.ts";

/** What an identity token says of itself, so that no other token signed with the same key passes for one. */
export const IDENTITY_TOKEN = {
  algorithm: "EdDSA",
  issuer: "data-product-gateway",
  type: "dpg-identity+jwt",
  /** Seconds from issue to expiry. */
  lifetime: 60,
} as const;

/** Whom a token is made for and what it says. */
export interface IdentityRequest {
  /** The subgraph by name. */
  readonly audience: string;
  readonly principal: Principal;
  readonly purpose: string | null;
  /** Names of the claims that row filters read; only these travel. */
  readonly rowClaims: readonly string[];
}

/** The gateway's side of the identity between gateway and subgraphs (governance.md §4). */
export interface IdentitySigner {
  /** A token with at least 30 s to live. Equal requests of one principal share it. */
  readonly sign: (request: IdentityRequest) => string;
  /** The key set that subgraphs verify with. */
  readonly publicJwks: () => Promise<JSONWebKeySet>;
}

/** On whose behalf the gateway calls a subgraph. */
export interface SubgraphCaller {
  /** Null for an anonymous caller. */
  readonly subject: string | null;
  readonly scopes: ReadonlySet<string>;
  readonly purpose: string | null;
  /** The claims that row filters read; a claim the caller does not have is an empty list. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** The subgraph's side. */
export interface IdentityVerifier {
  /**
   * Who is behind a token. Throws a ClientError: SUBGRAPH_IDENTITY_REQUIRED for any token that is not the
   * gateway's for this subgraph, IDENTITY_PROVIDER_UNAVAILABLE while no key could be fetched.
   */
  readonly verify: (token: string) => Promise<SubgraphCaller>;
}

interface CachedToken {
  readonly token: string;
  readonly rowClaims: readonly string[];
  /** Milliseconds since the epoch until which the token may still be handed out. */
  readonly renewAt: number;
}

/** Tokens kept per principal: subgraphs times the purposes it switches between. */
const MAX_TOKENS_PER_PRINCIPAL = 64;
const MIN_REMAINING_SECONDS = 30;

/**
 * A signer with an Ed25519 private key; `keyId` is what verifiers find the public key by. It works without
 * promises: every subgraph call passes here.
 */
export function createIdentitySigner(options: {
  readonly privateKey: KeyObject;
  readonly keyId: string;
}): IdentitySigner {
  const { privateKey, keyId } = options;
  const caches = new WeakMap<Principal, Map<string, CachedToken>>();

  const sign = (request: IdentityRequest): string => {
    const { audience, principal, purpose, rowClaims } = request;
    const cache = caches.get(principal) ?? new Map<string, CachedToken>();
    const key = purpose === null ? audience : `${audience}\n${purpose}`;
    const cached = cache.get(key);
    if (cached && cached.rowClaims === rowClaims && cached.renewAt > Date.now()) return cached.token;
    cache.delete(key);
    if (cache.size >= MAX_TOKENS_PER_PRINCIPAL) deleteOldest(cache);
    caches.set(principal, cache);
    const renewAt = Date.now() + (IDENTITY_TOKEN.lifetime - MIN_REMAINING_SECONDS) * 1000;
    const token = signToken(request, privateKey, keyId);
    cache.set(key, { token, rowClaims, renewAt });
    return token;
  };

  return { sign, publicJwks: () => publicKeySet(privateKey, keyId) };
}

/** A verifier that fetches the gateway's keys from `jwksUrl`; `audience` is the subgraph's own name. */
export function createIdentityVerifier(options: {
  readonly jwksUrl: string;
  readonly audience: string;
}): IdentityVerifier {
  const keys = new JwksSource({ url: options.jwksUrl });
  const verified = new Map<string, SubgraphCaller>();

  const verify = async (token: string): Promise<SubgraphCaller> => {
    const known = verified.get(token);
    if (known && known.expiresAt * 1000 > Date.now()) return known;
    verified.delete(token);
    const caller = await verifyToken(token, keys, options.audience);
    if (verified.size >= MAX_VERIFIED_TOKENS) deleteOldest(verified);
    verified.set(token, caller);
    return caller;
  };

  return { verify };
}

const MAX_VERIFIED_TOKENS = 5_000;
const CLOCK_TOLERANCE_SECONDS = 5;

const payloadSchema = z.object({
  sub: z.string().min(1).optional(),
  anonymous: z.literal(true).optional(),
  scopes: z.array(z.string()),
  purpose: z.string().nullable(),
  claims: z.record(z.string(), z.array(z.string())),
  exp: z.number(),
});

async function verifyToken(token: string, keys: JwksSource, audience: string): Promise<SubgraphCaller> {
  const keySet = await keys.forKey(readKeyId(token));
  if (keySet === null)
    throw new ClientError("IDENTITY_PROVIDER_UNAVAILABLE", "The gateway's keys are not available yet");
  const { payload } = await jwtVerify(token, keySet.resolve, {
    algorithms: [IDENTITY_TOKEN.algorithm],
    typ: IDENTITY_TOKEN.type,
    issuer: IDENTITY_TOKEN.issuer,
    audience,
    requiredClaims: ["exp", "iat"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    maxTokenAge: IDENTITY_TOKEN.lifetime,
  }).catch(() => {
    throw refusal();
  });
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success || (parsed.data.sub === undefined) !== (parsed.data.anonymous === true))
    throw refusal();
  const { sub = null, scopes, purpose, claims, exp } = parsed.data;
  return { subject: sub, scopes: new Set(scopes), purpose, claims, expiresAt: exp };
}

function readKeyId(token: string): string {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg === IDENTITY_TOKEN.algorithm && kid !== undefined) return kid;
  } catch {
    // Not a token at all: refused like any other that is not the gateway's.
  }
  throw refusal();
}

function refusal(): ClientError {
  return new ClientError("SUBGRAPH_IDENTITY_REQUIRED", "A valid identity token of the gateway is required");
}

/** A JWT in compact form (RFC 7515 §7.1); EdDSA needs no digest. */
function signToken(request: IdentityRequest, privateKey: KeyObject, keyId: string): string {
  const { audience, principal, purpose, rowClaims } = request;
  const iat = Math.floor(Date.now() / 1000);
  const claims = Object.fromEntries(rowClaims.map((name) => [name, [...claimValues(principal, name)]]));
  const known = principal.kind === "authenticated";
  const text = [
    { alg: IDENTITY_TOKEN.algorithm, kid: keyId, typ: IDENTITY_TOKEN.type },
    {
      ...(known ? { sub: principal.subject } : { anonymous: true }),
      scopes: known ? [...principal.scopes] : [],
      purpose,
      claims,
      iss: IDENTITY_TOKEN.issuer,
      aud: audience,
      iat,
      exp: iat + IDENTITY_TOKEN.lifetime,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${signBytes(null, Buffer.from(text), privateKey).toString("base64url")}`;
}

async function publicKeySet(privateKey: KeyObject, keyId: string): Promise<JSONWebKeySet> {
  const jwk = await exportJWK(createPublicKey(privateKey));
  return { keys: [{ ...jwk, kid: keyId, alg: IDENTITY_TOKEN.algorithm, use: "sig" }] };
}

function deleteOldest(cache: Map<string, unknown>): void {
  for (const key of cache.keys()) {
    cache.delete(key);
    return;
  }
}
