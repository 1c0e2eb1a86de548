import type { GraphQLSchema } from "graphql";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import { assembleSupergraph } from "./assemble-supergraph.ts";
import type { Contract, ContractSpec } from "./contract.ts";
import type { StatedCosts } from "./cost-facts.ts";
import type { FieldPolicies } from "./field-policy.ts";
import { atOnce } from "./in-slices.ts";
import type { InputPolicies } from "./input-policy.ts";
import type { Policy } from "./merge-policy.ts";
import { readSupergraph } from "./read-supergraph.ts";

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
