import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { ClientError } from "../../shared/errors.ts";
import type { JwksSource, KeySet } from "../../shared/jwks-source.ts";
import {
  ANONYMOUS,
  type AuthenticatedPrincipal,
  type Principal,
  type TokenPurposes,
} from "../../shared/principal.ts";

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

/**
 * Takes every Authorization header of one request as received. A token that was verified before costs one
 * look-up and no promise; a malformed header is thrown at once, a refused token rejects.
 */
export type Authenticate = (authorization: readonly string[]) => Principal | Promise<Principal>;

/** Longer tokens are refused before any cryptography. */
const MAX_TOKEN_BYTES = 16_384;
const MAX_SCOPES = 1000;
/** Looked at in this order, unless another claim is configured. */
const USUAL_SCOPE_CLAIMS = ["scope", "scp", "scopes", "permissions"];
/** Bytes of verified tokens that are remembered until they expire. */
const VERIFIED_BYTES = 16_000_000;
/** What a token may say it is: other kinds (RFC 8725 §3.11) are signed with the same keys for other readers. */
const TOKEN_TYPES = new Set(["", "jwt", "at+jwt", "application/jwt", "application/at+jwt"]);

interface Verified {
  readonly principal: AuthenticatedPrincipal;
  readonly issuer: Issuer;
  readonly keySet: KeySet;
  /** In seconds, as the token says; 0 where it does not. */
  readonly notBefore: number;
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
    sizeCalculation: (_, header) => header.length * 4,
  });
  const verifying = new Map<string, Promise<Principal>>();
  /** Once for requests that bring a new token at the same time: they are to have the same principal. */
  const verifyHeader = (header: string): Promise<Principal> => {
    const known = verifying.get(header);
    if (known) return known;
    const fresh = verifyAndRemember(header).finally(() => verifying.delete(header));
    verifying.set(header, fresh);
    return fresh;
  };
  const verifyAndRemember = async (header: string): Promise<Principal> => {
    const fresh = await verify(bearerToken(header), settings);
    verified.set(header, fresh);
    return fresh.principal;
  };
  return ([header, ...others]) => {
    if (header === undefined) return ANONYMOUS;
    if (others.length > 0)
      throw new ClientError("AMBIGUOUS_CREDENTIALS", "More than one Authorization header.");
    const known = verified.get(header);
    return known && isCurrent(known, settings) ? known.principal : verifyHeader(header);
  };
}

/** A remembered token holds from when it is valid until it expires, whatever the clock did, and while its issuer still publishes the keys it was checked with. */
function isCurrent(
  { principal, issuer, keySet, notBefore }: Verified,
  { clockToleranceSeconds }: AuthenticationSettings,
): boolean {
  const now = Date.now() / 1000;
  return (
    principal.expiresAt + clockToleranceSeconds > now &&
    notBefore - clockToleranceSeconds <= now &&
    issuer.keys.current() === keySet
  );
}

function bearerToken(header: string): string {
  if (header.length > MAX_TOKEN_BYTES)
    throw new ClientError("TOKEN_TOO_LARGE", "The bearer token is too long.");
  const match = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i.exec(header);
  if (match?.[1]) return match[1];
  throw new ClientError("UNAUTHENTICATED", "The Authorization header is not `Bearer <JWT>`.");
}

async function verify(token: string, settings: AuthenticationSettings): Promise<Verified> {
  const { issuer, keyId } = readUnverified(token, settings);
  const keySet = await issuer.keys.forKey(keyId);
  if (!keySet)
    throw new ClientError(
      "IDENTITY_PROVIDER_UNAVAILABLE",
      "The keys of the token's issuer are not available.",
    );
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keySet.resolve, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: settings.clockToleranceSeconds,
      requiredClaims: ["exp", "sub", "aud", "iss"],
    });
    if (!TOKEN_TYPES.has(protectedHeader.typ?.toLowerCase() ?? ""))
      throw new ClientError("UNAUTHENTICATED", "The token is not an access token.");
    const principal = principalOf(payload, issuer, settings);
    return { principal, issuer, keySet, notBefore: payload.nbf ?? 0 };
  } catch (error) {
    throw refusal(error);
  }
}

/** What chooses the keys; everything is checked again once the signature is. */
function readUnverified(
  token: string,
  { issuers }: AuthenticationSettings,
): { readonly issuer: Issuer; readonly keyId: string | null } {
  let claimed: unknown;
  let keyId: unknown;
  try {
    claimed = decodeJwt(token).iss;
    keyId = decodeProtectedHeader(token).kid;
  } catch {
    throw new ClientError("UNAUTHENTICATED", "The bearer token is not a JWT.");
  }
  const issuer = issuers.find((item) => item.issuer === claimed);
  if (!issuer) throw new ClientError("UNAUTHENTICATED", "The token's issuer is not one this gateway trusts.");
  return { issuer, keyId: typeof keyId === "string" ? keyId : null };
}

function principalOf(
  payload: JWTPayload,
  issuer: Issuer,
  settings: AuthenticationSettings,
): AuthenticatedPrincipal {
  const { sub, exp } = payload;
  if (typeof sub !== "string" || sub === "")
    throw new ClientError("UNAUTHENTICATED", "The token's claim sub is not accepted.");
  // 1e400 is a number of JSON, and infinite.
  if (exp === undefined || !Number.isFinite(exp))
    throw new ClientError("UNAUTHENTICATED", "The token's claim exp is not accepted.");
  return Object.freeze({
    kind: "authenticated",
    subject: sub,
    issuer: issuer.issuer,
    scopes: scopesOf(payload, settings.scopesClaim),
    purposes: purposesOf(payload[settings.purposeClaim]),
    claims: Object.freeze({ ...payload }),
    expiresAt: exp,
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
