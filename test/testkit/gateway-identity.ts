import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createIdentitySigner, type IdentitySigner } from "../../shared/identity-token.ts";
import { ANONYMOUS, type Principal } from "../../shared/principal.ts";

/** A key pair in the gateway's place, its public half served as JWKS over HTTP. */
export interface GatewayIdentity {
  readonly jwksUrl: string;
  readonly privateKey: KeyObject;
  readonly signer: IdentitySigner;
  /** How often the key set was fetched. */
  readonly fetches: () => number;
  /** A token for a subgraph on behalf of a caller. */
  readonly tokenFor: (audience: string, caller?: TestCaller) => string;
  readonly stop: () => Promise<void>;
}

export interface TestCaller {
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly purpose?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Starts a key set server on a port, a free one if absent; `keyId` names the one key. */
export async function startGatewayIdentity(keyId = "test-key", port = 0): Promise<GatewayIdentity> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const signer = createIdentitySigner({ privateKey, keyId });
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    signer
      .publicJwks()
      .then((keys) => response.setHeader("content-type", "application/json").end(JSON.stringify(keys)));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    jwksUrl: `http://127.0.0.1:${portOf(server.address())}/.well-known/jwks.json`,
    privateKey,
    signer,
    fetches: () => fetches,
    tokenFor: (audience, caller) =>
      signer.sign({
        audience,
        principal: principalOf(caller),
        purpose: caller?.purpose ?? null,
        rowClaims: Object.keys(caller?.claims ?? {}),
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The port of a listening server. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return address.port;
}

function principalOf(caller: TestCaller | undefined): Principal {
  if (caller === undefined) return ANONYMOUS;
  return {
    kind: "authenticated",
    subject: caller.subject ?? "tester",
    issuer: "https://issuer.test",
    scopes: new Set(caller.scopes ?? []),
    purposes: caller.purpose === undefined ? { kind: "none" } : { kind: "stated", purpose: caller.purpose },
    claims: caller.claims ?? {},
    expiresAt: Math.floor(Date.now() / 1000) + 3600,
  };
}
