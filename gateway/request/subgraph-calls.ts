import type { IdentitySigner } from "../../shared/identity-token.ts";
import type { Cancellation } from "../execution/cancellation.ts";
import type { CallSubgraph } from "../execution/executor.ts";
import type { SubgraphClient } from "../execution/fetch-subgraph.ts";
import type { SubgraphReply } from "../execution/subgraph-reply.ts";
import type { OperationRequest } from "./handle-operation.ts";
import { InFlight } from "./in-flight.ts";
import type { CallTrace } from "./request-trace.ts";

export interface SubgraphCallsOptions {
  /** By name of the subgraph. */
  readonly clients: ReadonlyMap<string, SubgraphClient>;
  readonly identity: IdentitySigner;
  /** The claims that row filters read: only these travel to subgraphs. */
  readonly rowClaims: readonly string[];
  /** Whether queries that are the same, for the same caller, are sent once while one is under way. */
  readonly isShared: boolean;
  /** Milliseconds for all calls of a request together. */
  readonly requestMs: number;
  /** Names, in lower case, of the client's headers that a subgraph gets. */
  readonly headersOf: (subgraph: string) => readonly string[];
}

/**
 * Calls on behalf of one request: with its identity, and given up when its client leaves. A mutation that was
 * sent finishes, and so does a query that several requests wait for.
 */
export function createSubgraphCalls(
  options: SubgraphCallsOptions,
): (request: OperationRequest) => CallSubgraph {
  const { clients, identity, rowClaims, isShared, requestMs, headersOf } = options;
  const inFlight = new InFlight<SubgraphReply>();
  return ({ caller, requestId, cancellation, trace, forwarded = NO_HEADERS }) => {
    const deadline = performance.now() + requestMs;
    const { principal, purpose } = caller;
    return (subgraph, body, kind) => {
      const client = clients.get(subgraph);
      if (!client) return Promise.resolve({ kind: "failed", code: "INTERNAL", message: "Internal error" });
      const headers = forwarded.length === 0 ? forwarded : select(forwarded, headersOf(subgraph));
      const send = (until: Cancellation | null) => {
        const authorization = `Bearer ${identity.sign({ audience: subgraph, principal, purpose, rowClaims })}`;
        const call = { authorization, requestId, kind, deadline, headers, cancellation: until };
        return trace === null
          ? client.call(body, call)
          : traced(trace.call(subgraph, kind), (traceparent) => client.call(body, { ...call, traceparent }));
      };
      if (kind === "mutation") return send(null);
      if (!isShared) return send(cancellation);
      // Who sends other headers may get another answer.
      const key = headers.length === 0 ? body : `${JSON.stringify(headers)}${body}`;
      return inFlight.run(client, caller, key, () => send(null));
    };
  };
}

function traced(
  span: CallTrace,
  call: (traceparent: string) => Promise<SubgraphReply>,
): Promise<SubgraphReply> {
  return call(span.traceparent).then((reply) => {
    span.end(reply.kind === "failed" ? reply.code : null);
    return reply;
  });
}

const NO_HEADERS: readonly string[] = Object.freeze([]);

function select(forwarded: readonly string[], names: readonly string[]): readonly string[] {
  return forwarded.filter((_, index) => names.includes(forwarded[index - (index % 2)] ?? ""));
}
