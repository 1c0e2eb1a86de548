import type { Schema } from "@apollo/federation-internals";
import type { QueryPlan } from "@apollo/query-planner";
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from "graphql";
import type { RowRequest } from "../../shared/define-directive.ts";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import type { OperationShape } from "./operation-shape.ts";
import type { ShapedResponse } from "./shape-response.ts";
import type { SubgraphReply } from "./subgraph-reply.ts";
import type { Tally } from "./tally.ts";

/** Everything a program is compiled from; nothing in it belongs to one request. */
export interface ProgramInput {
  readonly plan: QueryPlan;
  readonly shape: OperationShape;
  /** What was planned: the operation filtered for this decision, conditions evaluated. */
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** What clients see; introspection is answered from it. */
  readonly apiSchema: GraphQLSchema;
  /** API schema plus what is hidden: types and fields that only plans mention. */
  readonly supergraphSchema: GraphQLSchema;
  /** The same as {@link supergraphSchema}, with what each subgraph has of it. */
  readonly joined: JoinedSchema;
  /** The same as Apollo's libraries hold it, made when first asked for; only the reference executor needs it. */
  readonly federatedSchema: () => Schema;
}

/** What one request brings. */
export interface ExecutionRequest extends RowRequest {
  /** Coerced variables, as the client's operation declares them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly callSubgraph: CallSubgraph;
}

/** One subgraph call on behalf of this request; never rejects. */
export type CallSubgraph = (
  subgraph: string,
  body: string,
  kind: "query" | "mutation",
) => Promise<SubgraphReply>;

export interface ExecutionResult {
  /** The JSON text of `data`. */
  readonly dataText: string;
  readonly errors: readonly GraphQLFormattedError[];
  /** Set where the shape has counted fields. */
  readonly counted?: CountedDelivery;
}

/** A response whose delivery is to be recorded before, or when, it is given out. */
export interface CountedDelivery {
  readonly tally: Tally;
  /** The same data once more, in a shape that holds back some of it. */
  readonly reshape: (shape: OperationShape) => Promise<ShapedResponse>;
}

/** A compiled operation: the plan to run and the shape to deliver. Requests only run it. */
export interface Program {
  readonly run: (request: ExecutionRequest) => Promise<ExecutionResult>;
}

export type CompileProgram = (input: ProgramInput) => Program;
