import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, exportJWK } from "jose";
import { createIdentitySigner, type IdentitySigner } from "../shared/identity-token.ts";
import { JwksSource } from "../shared/jwks-source.ts";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { createIdentifyCaller, type IdentifyCaller } from "./http/identify-caller.ts";
import { readPrivateKey } from "./read-private-key.ts";
import { createAuthenticate, type Issuer } from "./request/authenticate.ts";
import { createCallerFactory } from "./request/caller.ts";

/** Who calls, and how subgraphs are told. */
export interface Identity {
  /** Signs identity tokens for subgraphs. */
  readonly signer: IdentitySigner;
  readonly callerOf: ReturnType<typeof createCallerFactory>;
  readonly identify: IdentifyCaller;
  /** Why tokens of some issuer cannot be verified yet, or null. */
  readonly missingKeys: () => Promise<string | null>;
}

/** @throws ClientError CONFIG_INVALID for a private key that is none */
export async function openIdentity(config: Config, log: Logger): Promise<Identity> {
  const issuers = createIssuers(config, log);
  const callerOf = createCallerFactory(config.masking.hmacKey);
  return {
    signer: await createSigner(config),
    callerOf,
    identify: createIdentifyCaller({
      authenticate: createAuthenticate({ ...config.auth, issuers }),
      callerOf,
    }),
    missingKeys: () => missingKeys(issuers),
  };
}

function createIssuers(config: Config, log: Logger): readonly Issuer[] {
  return config.auth.issuers.map(({ issuer, audience, algorithms, jwksUrl }) => ({
    issuer,
    audience,
    algorithms,
    keys: new JwksSource({
      url: jwksUrl,
      onFailure: (reason) => log.warn({ issuer, reason }, "the issuer's keys could not be fetched"),
    }),
  }));
}

/** Ready means: every issuer's tokens can be verified. Asking is what makes it recover unaided. Which one, the log says. */
async function missingKeys(issuers: readonly Issuer[]): Promise<string | null> {
  for (const { keys } of issuers) {
    if ((await keys.forKey(null)) === null) return "The keys of an issuer of tokens are not available.";
  }
  return null;
}

async function createSigner({ identity }: Config): Promise<IdentitySigner> {
  const { privateKey: pem } = identity;
  const privateKey =
    pem === null
      ? generateKeyPairSync("ed25519").privateKey
      : readPrivateKey(() => pem, "identity.privateKey");
  const keyId = await calculateJwkThumbprint(await exportJWK(privateKey));
  return createIdentitySigner({ privateKey, keyId });
}
