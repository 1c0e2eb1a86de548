import { Supergraph as FederatedSupergraph } from "@apollo/federation-internals";
import type { Supergraph } from "./supergraph.ts";

/**
 * A generation as Apollo's libraries hold it, made when it is first asked for: it takes long and much memory, and
 * nothing but the reference executor needs it beside the threads that plan.
 */
export function federatedOf(supergraph: Supergraph): FederatedSupergraph {
  const known = remembered.get(supergraph);
  if (known) return known;
  const { planningSdl } = supergraph;
  const made = FederatedSupergraph.build(planningSdl, { supportedFeatures: null, validateSupergraph: false });
  remembered.set(supergraph, made);
  return made;
}

const remembered = new WeakMap<Supergraph, FederatedSupergraph>();
