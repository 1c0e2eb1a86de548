import { createServer, type Server } from "node:http";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { readSecret, refuseDamaged, writeSecret } from "./development-files.ts";

/** A stand-in for an identity provider, for development: its keys lie in a file and anybody may ask for a token. */
export const DEVELOPMENT_ISSUER = "https://issuer.development.invalid";
export const DEVELOPMENT_AUDIENCE = "data-product-gateway";

export interface Persona {
  readonly name: string;
  readonly description: string;
  readonly scopes: string;
  readonly purpose: string | readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
}

const ALL_REGIONS = ["EMEA", "AMER", "APAC"];

/** The four callers of the demo (interfaces.md); without a token one is anonymous. */
export const PERSONAS: readonly Persona[] = [
  {
    name: "storefront",
    description: "the web shop: places orders, sees contact data masked",
    scopes: "catalog:read order:read order:write",
    purpose: "fulfilment",
    claims: { region: ALL_REGIONS },
  },
  {
    name: "analyst",
    description: "reads everything for analytics, with personal data masked",
    scopes: "catalog:read order:read customer:read",
    purpose: "analytics",
    claims: { region: ALL_REGIONS },
  },
  {
    name: "support-emea",
    description: "customer support for EMEA: contact data in clear, orders of EMEA only",
    scopes: "catalog:read order:read customer:read customer:pii",
    purpose: "support",
    claims: { region: ["EMEA"] },
  },
  {
    name: "steward",
    description: "the governance team: everything in clear",
    scopes:
      "catalog:read order:read customer:read customer:pii customer:finance governance:admin lifecycle:draft",
    purpose: ["governance", "support", "analytics"],
    claims: { region: ALL_REGIONS },
  },
];

export interface TokenRequest {
  readonly subject: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly purpose: string | readonly string[] | null;
  readonly claims: Readonly<Record<string, unknown>>;
  /** As jose reads it: `1h`, `30 minutes`; a leading minus for the past. */
  readonly expires: string;
}

export interface DevelopmentIssuer {
  readonly token: (request: TokenRequest) => Promise<string>;
  /** The public keys. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/**
 * Opens the issuer whose key lies in `dataDirectory`, or makes one there (mode 0600).
 *
 * @throws ClientError DATA_DIRECTORY_UNUSABLE where a key is there that cannot be used
 */
export async function openDevelopmentIssuer(dataDirectory: string): Promise<DevelopmentIssuer> {
  const privateJwk = readKey(dataDirectory) ?? (await createKey(dataDirectory));
  const kid = await calculateJwkThumbprint(privateJwk);
  const key = await importJWK(privateJwk, "EdDSA");
  const { d: _secret, ...publicJwk } = privateJwk;
  return {
    jwks: { keys: [{ ...publicJwk, kid, alg: "EdDSA", use: "sig" }] },
    token: ({ subject, scopes, purpose, claims, expires }) =>
      new SignJWT({ ...claims, scope: scopes, ...(purpose === null ? {} : { purpose }) })
        .setProtectedHeader({ alg: "EdDSA", kid, typ: "JWT" })
        .setIssuer(DEVELOPMENT_ISSUER)
        .setAudience(DEVELOPMENT_AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(key),
  };
}

/** @throws ClientError USAGE that lists the personas there are */
export function findPersona(name: string): Persona {
  const persona = PERSONAS.find((item) => item.name === name);
  if (persona) return persona;
  throw new ClientError(
    "USAGE",
    `There is no persona ${name}. There are: ${PERSONAS.map((item) => item.name).join(", ")}; no token is anonymous.`,
  );
}

/** The token request that a persona stands for. */
export function personaToken({ name, scopes, purpose, claims }: Persona, expires: string): TokenRequest {
  return { subject: name, scopes, purpose, claims, expires };
}

/** Serves the public keys at `/jwks.json` on loopback. */
export function serveJwks({ jwks }: DevelopmentIssuer, port: number): Promise<Server> {
  const body = JSON.stringify(jwks);
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

const FILE = "development-issuer.json";

const key = z.looseObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().length(43),
  d: z.string().length(43),
});

function readKey(dataDirectory: string): JWK | null {
  const text = readSecret(dataDirectory, FILE);
  if (text === null) return null;
  try {
    return key.parse(JSON.parse(text));
  } catch {
    return refuseDamaged(dataDirectory, FILE);
  }
}

/** Read again, so that two commands at once end with one key. */
async function createKey(dataDirectory: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = await exportJWK(privateKey);
  writeSecret(dataDirectory, FILE, JSON.stringify(jwk));
  return readKey(dataDirectory) ?? jwk;
}
