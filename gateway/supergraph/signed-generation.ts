import { createHash, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { type RuleOrigins, readRuleOrigins } from "./rule-origins.ts";

/** One generation as the registry hands it out and a gateway keeps it on disk. */
export interface SignedGeneration {
  /** 1 for the first; each later one is one more. */
  readonly number: number;
  /** The exact text of the artifact, JSON. */
  readonly content: string;
  /** Ed25519 over number and content hash, base64url. */
  readonly signature: string;
}

/** What is read of a generation once its signature and hash were checked. */
export interface VerifiedGeneration {
  readonly number: number;
  /** SHA-256 of the artifact's content, lower-case hex. */
  readonly hash: string;
  readonly supergraphSdl: string;
  /** Which subgraph states which rule. */
  readonly origins: RuleOrigins;
}

const artifact = z.looseObject({ hash: z.string(), supergraph: z.string() });

/** Signs a generation: its place in the history and, through the hash, every byte of its content. */
export function signGeneration(number: number, hash: string, privateKey: KeyObject): string {
  return sign(null, statement(number, hash), privateKey).toString("base64url");
}

/**
 * Checks that the registry made a generation and that nobody changed it since.
 *
 * @throws ClientError ARTIFACT_REFUSED that says what is wrong
 */
export function verifyGeneration(generation: SignedGeneration, publicKey: KeyObject): VerifiedGeneration {
  const { number, content, signature } = generation;
  const { hash, ...rest } = parseContent(content, number);
  if (createHash("sha256").update(JSON.stringify(rest), "utf8").digest("hex") !== hash)
    throw new ClientError("ARTIFACT_REFUSED", `Generation ${number}: the content does not match its hash.`);
  if (!verify(null, statement(number, hash), publicKey, Buffer.from(signature, "base64url")))
    throw new ClientError("ARTIFACT_REFUSED", `Generation ${number}: the signature is not the registry's.`);
  return { number, hash, supergraphSdl: rest.supergraph, origins: readRuleOrigins(rest) };
}

function parseContent(content: string, number: number): z.infer<typeof artifact> {
  try {
    return artifact.parse(JSON.parse(content));
  } catch {
    throw new ClientError("ARTIFACT_REFUSED", `Generation ${number}: the content is no artifact.`);
  }
}

function statement(number: number, hash: string): Buffer {
  return Buffer.from(`data-product-gateway generation ${number} ${hash}`);
}
