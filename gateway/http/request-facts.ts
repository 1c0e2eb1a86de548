import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLFormattedError } from "graphql";
import type { ClientIdentity } from "../request/handle-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import type { RequestTrace } from "../request/request-trace.ts";
import type { RequestObserver } from "./request-observer.ts";

/** What comes to be known of a request on its way through Apollo Server. */
export interface RequestFacts {
  readonly since: number;
  readonly trace: RequestTrace | null;
  prepared: PreparedOperation | null;
  client: ClientIdentity | null;
  errors: readonly Pick<GraphQLFormattedError, "extensions">[];
}

/** Keeps the facts of requests while they are under way, and tells the observer once they are answered. */
export class FactsOfRequests {
  readonly #observer: RequestObserver;
  readonly #known = new WeakMap<IncomingMessage, RequestFacts>();

  constructor(observer: RequestObserver) {
    this.#observer = observer;
  }

  of({ raw, id }: FastifyRequest): RequestFacts {
    const known = this.#known.get(raw);
    if (known) return known;
    const trace = this.#observer.trace?.(raw, id) ?? null;
    const facts = { since: performance.now(), trace, prepared: null, client: null, errors: NONE };
    this.#known.set(raw, facts);
    return facts;
  }

  answered(request: FastifyRequest, { statusCode: status }: FastifyReply): void {
    const { since, trace, prepared, client, errors } = this.of(request);
    this.#observer.answered({
      requestId: request.id,
      lane: "apollo",
      prepared,
      client,
      status,
      milliseconds: performance.now() - since,
      errors: errors.length === 0 && status >= 400 ? refusal(status) : errors,
      trace,
    });
  }
}

const NONE: RequestFacts["errors"] = Object.freeze([]);

/** What the server in front of the operation refused. */
function refusal(status: number): RequestFacts["errors"] {
  return [{ extensions: { code: status === 413 ? "REQUEST_TOO_LARGE" : "BAD_REQUEST" } }];
}
