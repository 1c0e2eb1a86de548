import type { Environment } from "../config/environment.ts";
import { openDevelopmentKey, pemOf } from "./development-files.ts";
import { DEVELOPMENT_AUDIENCE, DEVELOPMENT_ISSUER } from "./development-issuer.ts";

/**
 * Whom a gateway of this machine trusts and signs as: the development issuer beside the gateway at `port`, and the
 * identity key of the data directory, which stays over restarts, so that subgraphs that go on running need not
 * fetch it anew.
 */
export function developmentSettings(port: number, dataDirectory: string): Environment {
  const issuer = {
    issuer: DEVELOPMENT_ISSUER,
    jwksUrl: `http://127.0.0.1:${port + 100}/jwks.json`,
    audience: DEVELOPMENT_AUDIENCE,
    algorithms: ["EdDSA"],
  };
  return {
    DPG_AUTH_ISSUERS: JSON.stringify([issuer]),
    DPG_IDENTITY_PRIVATE_KEY: pemOf(openDevelopmentKey(dataDirectory, "identity-key.pem")),
  };
}
