import type { KeyObject } from "node:crypto";
import type { ContractSpec } from "./contract.ts";
import { hashOf, readSupergraph } from "./read-supergraph.ts";
import { type OriginsText, originsInPieces } from "./rule-origins.ts";
import { type SignedGeneration, verifyGeneration } from "./signed-generation.ts";
import type { PlanningText, SupergraphParts } from "./supergraph-parts.ts";

/** A generation, and what it is to be checked with and read for. */
export interface GenerationRequest {
  readonly generation: SignedGeneration;
  /** The registry's Ed25519 key. */
  readonly publicKey: KeyObject;
  readonly contracts: readonly ContractSpec[];
  /** The hash of the supergraph that is served, which is not read again; null reads whatever comes. */
  readonly served: string | null;
}

/** What was read of a generation that is the registry's. */
export interface GenerationParts {
  /** SHA-256 of the artifact's content, lower-case hex. */
  readonly hash: string;
  readonly origins: OriginsText;
  /** Null where its supergraph is the one that is served. */
  readonly supergraph: SupergraphParts | null;
}

/**
 * Checks that a generation is the registry's and reads it, in one go: the SDL that is read is taken out of the very
 * content that was checked, so that nothing else can come to be served.
 *
 * @param onPlanning told what planners need once the generation is known to be the registry's
 * @throws ClientError ARTIFACT_REFUSED or SUPERGRAPH_INVALID
 */
export function readGeneration(
  { generation, publicKey, contracts, served }: GenerationRequest,
  onPlanning: (text: PlanningText) => void = () => {},
): GenerationParts {
  const { hash, supergraphSdl, origins } = verifyGeneration(generation, publicKey);
  const isServed = hashOf(supergraphSdl) === served;
  const supergraph = isServed ? null : readSupergraph(supergraphSdl, contracts, onPlanning);
  return { hash, origins: originsInPieces(origins), supergraph };
}
