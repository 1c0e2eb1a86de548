import type { LookupFunction } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { Exchange, type ExchangeCall, type ExchangeLimits } from "./exchange.ts";
import type { SubgraphFailure, SubgraphReply } from "./subgraph-reply.ts";
import { WaitingLine } from "./waiting-line.ts";

export interface SubgraphClientOptions extends ExchangeLimits {
  /** Where the subgraph answers POST requests, `http:` or `https:`. */
  readonly url: string;
  /** Connections kept to the subgraph; more calls wait for a free one. */
  readonly connections: number;
  /** Resolves the host's name for each connection anew; by default as the system does. */
  readonly lookup?: LookupFunction;
  /** Milliseconds to connect, as long as that is less than {@link timeoutMs}. */
  readonly connectTimeoutMs?: number;
  /** Contents of PEM files: whom to trust in place of the system's authorities, and who the gateway is. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** What one call carries besides its body. */
export interface CallOptions extends ExchangeCall {
  /** The Authorization header with the gateway's identity token, or null. */
  readonly authorization: string | null;
  readonly requestId: string;
  readonly traceparent?: string;
  /** Mutations are sent once, whatever happens. */
  readonly kind?: "query" | "mutation";
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline?: number;
  /** Names and values of more headers, one after the other. */
  readonly headers?: readonly string[];
}

export interface SubgraphClient {
  /** Sends `body` (the JSON text of a GraphQL request). Never rejects. */
  readonly call: (body: string, options: CallOptions) => Promise<SubgraphReply>;
  /** Lets running calls finish, then closes the connections. */
  readonly close: () => Promise<void>;
}

/** A client with so many connections, for which calls wait. */
export interface QueueingClient extends SubgraphClient {
  /** Ends, with this very reply and within so many milliseconds, the calls that wait for a connection; none of them is sent any more. */
  readonly refuseWaiting: (reply: SubgraphFailure, spreadMs: number) => void;
}

/** One subgraph over HTTP: its connections, and what is accepted as an answer (hardening.md F). */
export function createSubgraphClient(options: SubgraphClientOptions): QueueingClient {
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    connections: options.connections,
    pipelining: 1,
    connectTimeout: Math.min(options.timeoutMs, options.connectTimeoutMs ?? options.timeoutMs),
    ...(options.lookup || options.tls
      ? { connect: { ...(options.lookup ? { lookup: options.lookup } : {}), ...options.tls } }
      : {}),
    keepAliveTimeout: 30_000,
    // The deadline of each call covers headers and body; PhaseClock times them where they have limits of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const path = url.pathname + url.search;
  const line = new WaitingLine<Exchange>(options.connections);
  return {
    call: (body, call) =>
      new Promise((resolve) => {
        const exchange = new Exchange(options, call, line, resolve);
        line.enter(exchange, () =>
          pool.dispatch({ path, method: "POST", headers: requestHeaders(call), body }, exchange),
        );
      }),
    refuseWaiting: (reply, spreadMs) => void refuseAll(line.dismiss(), reply, spreadMs),
    close: async () => {
      await line.empty();
      await pool.close();
    },
  };
}

/**
 * One after the other: each is an answer to be written, there may be a thousand, and requests that need other subgraphs
 * are to hear nothing of it (hardening 96).
 */
async function refuseAll(
  exchanges: readonly Exchange[],
  reply: SubgraphFailure,
  spreadMs: number,
): Promise<void> {
  const since = performance.now();
  for (const exchange of exchanges) exchange.dismiss(reply);
  for (const [index, exchange] of exchanges.entries()) {
    const early = since + (spreadMs * index) / exchanges.length - performance.now();
    await (early > 0 ? pause(early) : nextTurn());
    exchange.expire();
  }
}

function requestHeaders(call: CallOptions): string[] {
  const headers = [
    "content-type",
    "application/json",
    "accept",
    "application/graphql-response+json, application/json;q=0.9",
    "accept-encoding",
    "identity",
    "x-request-id",
    call.requestId,
  ];
  if (call.authorization !== null) headers.push("authorization", call.authorization);
  if (call.traceparent !== undefined) headers.push("traceparent", call.traceparent);
  if (call.headers !== undefined) headers.push(...call.headers);
  return headers;
}
