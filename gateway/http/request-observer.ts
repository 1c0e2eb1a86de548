import type { IncomingMessage } from "node:http";
import type { GraphQLFormattedError } from "graphql";
import type { ClientIdentity } from "../request/handle-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import type { RequestTrace } from "../request/request-trace.ts";

/** A GraphQL request whose answer is known. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly lane: "apollo" | "hot";
  /** Null where it did not come to an operation. */
  readonly prepared: PreparedOperation | null;
  /** Null where its caller could not be identified. */
  readonly client: ClientIdentity | null;
  /** Of HTTP. */
  readonly status: number;
  readonly milliseconds: number;
  readonly errors: readonly Pick<GraphQLFormattedError, "extensions">[];
  readonly trace: RequestTrace | null;
}

/** Sees requests for metrics, log and traces. Never throws: what goes wrong with it fails no request. */
export interface RequestObserver {
  /** Begins the trace of a request; null where traces are off. */
  readonly trace: ((request: IncomingMessage, requestId: string) => RequestTrace) | null;
  readonly answered: (request: AnsweredRequest) => void;
}
