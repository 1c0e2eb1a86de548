import type { JoinFacts } from "../../shared/join-facts.ts";
import type { StatedCosts } from "./cost-facts.ts";
import type { SchemaText } from "./schema-text.ts";

/**
 * All that follows from a supergraph SDL, mostly as texts: made on a thread, sent to the event loop as few long
 * strings (which is cheap), and assembled there piece by piece.
 */
export interface SupergraphParts extends PlanningText {
  /** Name and address of each subgraph, as composed. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  readonly joins: JoinFacts;
  readonly costs: StatedCosts;
  readonly schema: SchemaText;
  readonly api: SchemaText;
  readonly contracts: readonly ContractText[];
  /** The policy: JSON texts of lists of {@link RuleText}. */
  readonly rules: readonly string[];
}

/** What planners need; known long before the rest. */
export interface PlanningText {
  /** SHA-256 of the SDL, lower-case hex. */
  readonly hash: string;
  /** The SDL that query planners read. */
  readonly planning: string;
}

export interface ContractText {
  readonly name: string;
  readonly schema: SchemaText;
  /** Coordinates that its clients do not see. */
  readonly hidden: readonly string[];
}

/** A rule, with its directive by name. */
export interface RuleText {
  readonly coordinate: string;
  readonly directive: string;
  readonly applications: readonly unknown[];
  readonly subgraphs: readonly string[];
  readonly reason: string | null;
}
