import type { GraphQLSchema } from "graphql";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import { assembleSupergraph } from "./assemble-supergraph.ts";
import type { Contract, ContractSpec } from "./contract.ts";
import type { StatedCosts } from "./cost-facts.ts";
import type { FieldPolicies } from "./field-policy.ts";
import { atOnce, inSlices } from "./in-slices.ts";
import type { InputPolicies } from "./input-policy.ts";
import type { Policy } from "./merge-policy.ts";
import { hashOf, readSupergraph } from "./read-supergraph.ts";
import type { ReadThread } from "./read-thread.ts";
import type { PlanningText } from "./supergraph-parts.ts";

/** One generation: everything that depends on the supergraph SDL, immutable, read once per request. */
export interface Supergraph {
  /** SHA-256 of the SDL, lower-case hex: the generation in every cache key. */
  readonly hash: string;
  /** Schema that clients see. */
  readonly apiSchema: GraphQLSchema;
  /** What clients of each path see, by the contract's name; the whole API is {@link WHOLE_API}. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** API schema plus what is inaccessible. */
  readonly schema: GraphQLSchema;
  /** The same with what each subgraph has of it. */
  readonly joined: JoinedSchema;
  readonly costs: StatedCosts;
  /** The SDL that query planners read: without what they do not understand. */
  readonly planningSdl: string;
  readonly policy: Policy;
  readonly fieldPolicies: FieldPolicies;
  readonly inputPolicies: InputPolicies;
  /** Name and address of each subgraph, as composed. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
}

/**
 * Reads a supergraph SDL of any Federation 2 composer: the policy from the whole of it, the planner from a
 * copy without what stock packages refuse (governance.md §1).
 *
 * @throws ClientError SUPERGRAPH_INVALID where it does not parse, links a feature that nobody enforces, or leaves
 *   nothing of a contract
 */
export function buildSupergraph(sdl: string, contracts: readonly ContractSpec[] = []): Supergraph {
  return atOnce(assembleSupergraph(readSupergraph(sdl, contracts)));
}

/**
 * The same beside the requests that are being answered: read on a thread, assembled on the event loop a few
 * milliseconds at a time.
 *
 * @param known is given back where it was built from the same SDL, with the same contracts
 * @param onPlanning told what planners need while the rest is still being read
 */
export async function buildSupergraphAside(
  thread: ReadThread,
  sdl: string,
  contracts: readonly ContractSpec[],
  known: Supergraph,
  onPlanning?: (text: PlanningText) => void,
): Promise<Supergraph> {
  if (known.hash === hashOf(sdl)) return known;
  return inSlices(assembleSupergraph(await thread.read({ sdl, contracts }, onPlanning)));
}
