import { InternalError } from "../../shared/errors.ts";
import { assembleSupergraph } from "./assemble-supergraph.ts";
import { inSlices } from "./in-slices.ts";
import type { GenerationRequest } from "./read-generation.ts";
import type { ReadThread } from "./read-thread.ts";
import { assembleOrigins, type RuleOrigins } from "./rule-origins.ts";
import type { Supergraph } from "./supergraph.ts";
import type { PlanningText } from "./supergraph-parts.ts";

/** A generation that may be served. */
export interface BuiltGeneration {
  /** SHA-256 of the artifact's content, lower-case hex. */
  readonly hash: string;
  readonly supergraph: Supergraph;
  readonly origins: RuleOrigins;
}

/**
 * Builds a generation beside the requests that are being answered: checked and read on a thread, assembled on the
 * event loop a few milliseconds at a time.
 *
 * @param served is given back where the generation has the same supergraph; null before anything is served
 * @param onPlanning told what planners need while the rest is still being read
 * @throws ClientError ARTIFACT_REFUSED or SUPERGRAPH_INVALID; InternalError where the thread fails
 */
export async function buildGeneration(
  thread: ReadThread,
  request: Omit<GenerationRequest, "served">,
  served: Supergraph | null,
  onPlanning: (text: PlanningText) => void = () => {},
): Promise<BuiltGeneration> {
  const read = await thread.read({ ...request, served: served?.hash ?? null }, onPlanning);
  const supergraph = read.supergraph ? await inSlices(assembleSupergraph(read.supergraph)) : served;
  if (!supergraph) throw new InternalError("the thread did not read the supergraph");
  return { hash: read.hash, supergraph, origins: await inSlices(assembleOrigins(read.origins)) };
}
