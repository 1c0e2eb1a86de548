import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { ClientError } from "../../shared/errors.ts";
import {
  ANONYMOUS,
  type AuthenticatedPrincipal,
  type Principal,
  type TokenPurposes,
} from "../../shared/principal.ts";
import type { JwksSource, KeySet } from "./jwks-source.ts";

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly keys: JwksSource;
}

export interface AuthenticationSettings {
  readonly issuers: readonly Issuer[];
  /** Claim with scopes: a text separated by spaces, or a list. */
  readonly scopesClaim: string;
  readonly purposeClaim: string;
  readonly clockToleranceSeconds: number;
}

/** The credentials of one request: every Authorization header as received. */
export type Authenticate = (authorization: readonly string[]) => Promise<Principal>;

/** Longer tokens are refused before any cryptography. */
const MAX_TOKEN_BYTES = 16_384;
const MAX_SCOPES = 1000;
/** Looked at in this order, unless another claim is configured. */
const USUAL_SCOPE_CLAIMS = ["scope", "scp", "scopes", "permissions"];
/** Bytes of verified tokens that are remembered until they expire. */
const VERIFIED_BYTES = 16_000_000;

interface Verified {
  readonly principal: AuthenticatedPrincipal;
  readonly issuer: Issuer;
  readonly keySet: KeySet;
}

/**
 * Verifies bearer tokens (RFC 6750, RFC 7519, RFC 8725): issuer, audience, expiry and the allow-list of
 * algorithms always; keys only from the configured issuer, never from the token's header. No token is the
 * anonymous principal; a wrong one is refused, also for public operations.
 *
 * @returns a function that throws ClientError UNAUTHENTICATED, AMBIGUOUS_CREDENTIALS, TOKEN_TOO_LARGE or
 * IDENTITY_PROVIDER_UNAVAILABLE
 */
export function createAuthenticate(settings: AuthenticationSettings): Authenticate {
  const verified = new LRUCache<string, Verified>({
    maxSize: VERIFIED_BYTES,
    sizeCalculation: (_, token) => token.length * 4,
  });
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (token === null) return ANONYMOUS;
    const known = verified.get(token);
    if (known && isCurrent(known, settings)) return known.principal;
    const fresh = await verify(token, settings);
    verified.set(token, fresh);
    return fresh.principal;
  };
}

function bearerToken(authorization: readonly string[]): string | null {
  const [header, ...others] = authorization;
  if (header === undefined) return null;
  if (others.length > 0)
    throw new ClientError("AMBIGUOUS_CREDENTIALS", "More than one Authorization header.");
  if (header.length > MAX_TOKEN_BYTES)
    throw new ClientError("TOKEN_TOO_LARGE", "The bearer token is too long.");
  const match = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i.exec(header);
  if (!match?.[1])
    throw new ClientError("UNAUTHENTICATED", "The Authorization header is not `Bearer <JWT>`.");
  return match[1];
}

/** A remembered token holds until it expires, and while its issuer still publishes the keys it was checked with. */
function isCurrent({ principal, issuer, keySet }: Verified, settings: AuthenticationSettings): boolean {
  const now = Date.now() / 1000;
  return principal.expiresAt + settings.clockToleranceSeconds > now && issuer.keys.current() === keySet;
}

async function verify(token: string, settings: AuthenticationSettings): Promise<Verified> {
  const issuer = issuerOf(token, settings);
  const { kid } = header(token);
  const keySet = await issuer.keys.forKey(typeof kid === "string" ? kid : null);
  try {
    const { payload } = await jwtVerify(token, keySet.resolve, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: settings.clockToleranceSeconds,
      requiredClaims: ["exp", "sub", "aud", "iss"],
    });
    return { principal: principalOf(payload, issuer, settings), issuer, keySet };
  } catch (error) {
    throw refusal(error);
  }
}

/** Reads the issuer before the signature is checked: it only chooses the keys. */
function issuerOf(token: string, settings: AuthenticationSettings): Issuer {
  let claimed: unknown;
  try {
    claimed = decodeJwt(token).iss;
  } catch {
    throw new ClientError("UNAUTHENTICATED", "The bearer token is not a JWT.");
  }
  const issuer = settings.issuers.find((item) => item.issuer === claimed);
  if (!issuer) throw new ClientError("UNAUTHENTICATED", "The token's issuer is not one this gateway trusts.");
  return issuer;
}

function header(token: string): { readonly kid?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw new ClientError("UNAUTHENTICATED", "The bearer token is not a JWT.");
  }
}

function principalOf(
  payload: JWTPayload,
  issuer: Issuer,
  settings: AuthenticationSettings,
): AuthenticatedPrincipal {
  if (typeof payload.sub !== "string" || payload.sub === "" || typeof payload.exp !== "number")
    throw new ClientError("UNAUTHENTICATED", "The token lacks a subject or an expiry.");
  return Object.freeze({
    kind: "authenticated",
    subject: payload.sub,
    issuer: issuer.issuer,
    scopes: scopesOf(payload, settings.scopesClaim),
    purposes: purposesOf(payload[settings.purposeClaim]),
    claims: Object.freeze({ ...payload }),
    expiresAt: payload.exp,
  });
}

/** Other shapes than a text or a list of texts grant nothing. */
function scopesOf(payload: JWTPayload, claim: string): ReadonlySet<string> {
  const names = claim === "scope" ? USUAL_SCOPE_CLAIMS : [claim];
  const value = names.map((name) => payload[name]).find((item) => item !== undefined);
  const scopes = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  const named = scopes.filter((item): item is string => typeof item === "string" && item !== "");
  if (named.length > MAX_SCOPES) throw new ClientError("UNAUTHENTICATED", "The token has too many scopes.");
  return new Set(named);
}

function purposesOf(value: unknown): TokenPurposes {
  if (typeof value === "string" && value !== "") return { kind: "stated", purpose: value };
  if (!Array.isArray(value)) return { kind: "none" };
  return { kind: "choice", purposes: value.filter((item): item is string => typeof item === "string") };
}

/** Says what is wrong with the token, never what would be right. */
function refusal(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof errors.JWTExpired) return new ClientError("UNAUTHENTICATED", "The token is expired.");
  if (error instanceof errors.JWTClaimValidationFailed)
    return new ClientError("UNAUTHENTICATED", `The token's claim ${error.claim} is not accepted.`);
  return new ClientError("UNAUTHENTICATED", "The token's signature could not be verified.");
}
