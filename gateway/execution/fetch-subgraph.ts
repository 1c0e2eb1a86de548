import { isAscii } from "node:buffer";
import type { LookupFunction } from "node:net";
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";
import { type Dispatcher, Pool } from "undici";
import type { Cancellable, Cancellation } from "./cancellation.ts";
import { type Phase, PhaseClock, type PhaseLimits, type Timed } from "./phase-clock.ts";
import { invalidReply, type SubgraphFailure, type SubgraphReply, timedOut } from "./subgraph-reply.ts";
import type { TurnQueue } from "./turn-queue.ts";

export interface SubgraphClientOptions {
  readonly name: string;
  /** Where the subgraph answers POST requests, `http:` or `https:`. */
  readonly url: string;
  /** Milliseconds from the call to the last byte of the answer, waiting for a connection included. */
  readonly timeoutMs: number;
  /** Bytes of the answer, after decompression. */
  readonly maxResponseBytes: number;
  /** Connections kept to the subgraph; more calls wait for a free one. */
  readonly connections: number;
  /** Resolves the host's name for each connection anew; by default as the system does. */
  readonly lookup?: LookupFunction;
  /** Milliseconds to connect, as long as that is less than {@link timeoutMs}. */
  readonly connectTimeoutMs?: number;
  /** What the parts of a call may take, where that is less than the whole. */
  readonly phases?: PhaseLimits;
  /** Contents of PEM files: whom to trust in place of the system's authorities, and who the gateway is. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Where answers wait for their turn; without it they are passed on as they come. */
  readonly turns?: TurnQueue;
}

/** What one call carries besides its body. */
export interface CallOptions {
  /** The Authorization header with the gateway's identity token, or null. */
  readonly authorization: string | null;
  readonly requestId: string;
  readonly traceparent?: string;
  /** Mutations are sent once, whatever happens. */
  readonly kind?: "query" | "mutation";
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline?: number;
  /** Milliseconds for this call, where that is less than the subgraph's own. */
  readonly timeoutMs?: number;
  /** Called once with what came back; what it returns is what the call resolves with. */
  readonly settled?: (reply: SubgraphReply) => SubgraphReply | Promise<SubgraphReply>;
  /** Names and values of more headers, one after the other. */
  readonly headers?: readonly string[];
  /** Ends the call when the client has gone; null for mutations, which finish once sent. */
  readonly cancellation: Cancellation | null;
}

export interface SubgraphClient {
  /** Sends `body` (the JSON text of a GraphQL request). Never rejects. */
  readonly call: (body: string, options: CallOptions) => Promise<SubgraphReply>;
  /** Lets running calls finish, then closes the connections. */
  readonly close: () => Promise<void>;
}

/** One subgraph over HTTP: its connections, and what is accepted as an answer (hardening.md F). */
export function createSubgraphClient(options: SubgraphClientOptions): SubgraphClient {
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
  return {
    call: (body, call) =>
      new Promise((resolve) => {
        const exchange = new Exchange(options, call, resolve);
        pool.dispatch({ path, method: "POST", headers: requestHeaders(call), body }, exchange);
      }),
    close: () => pool.close(),
  };
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

/** One call under way: collects the answer, and settles exactly once. */
class Exchange implements Dispatcher.DispatchHandler, Cancellable, Timed {
  readonly #options: SubgraphClientOptions;
  readonly #call: CallOptions;
  readonly #resolve: (reply: SubgraphReply | Promise<SubgraphReply>) => void;
  readonly #deadline: NodeJS.Timeout;
  #phases: PhaseClock | null = null;
  #abort: ((reason?: Error) => void) | null = null;
  #settled = false;
  #encoding = "";
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    options: SubgraphClientOptions,
    call: CallOptions,
    resolve: (reply: SubgraphReply | Promise<SubgraphReply>) => void,
  ) {
    this.#options = options;
    this.#call = call;
    this.#resolve = resolve;
    this.#deadline = setTimeout(expire, call.timeoutMs ?? options.timeoutMs, this);
    call.cancellation?.add(this);
  }

  giveUp(): void {
    this.#stop({
      kind: "failed",
      code: "SUBGRAPH_TIMEOUT",
      message: `The call to subgraph "${this.#options.name}" was given up.`,
      isGivenUp: true,
    });
  }

  expire(): void {
    const milliseconds = this.#call.timeoutMs ?? this.#options.timeoutMs;
    this.#stop(
      timedOut("call", `Subgraph "${this.#options.name}" did not answer within ${milliseconds} ms.`),
    );
  }

  phaseExpired(phase: Phase, milliseconds: number): void {
    const did =
      phase === "headers" ? "did not begin to answer within" : "sent nothing more of its answer for";
    this.#stop(timedOut(phase, `Subgraph "${this.#options.name}" ${did} ${milliseconds} ms.`));
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#settled) abort();
    else if (this.#options.phases) this.#phases = new PhaseClock(this.#options.phases, this);
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.#phases?.progressed();
    this.#encoding = headerValue(headers, "content-encoding");
    const refusal = refuse(this.#options.name, status, headers);
    if (refusal !== null) this.#stop(refusal);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#phases?.progressed();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.maxResponseBytes) this.#stop(tooLarge(this.#options));
    else if (!this.#settled) this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#settled) return;
    this.#phases?.stop();
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    if (this.#encoding === "" || this.#encoding === "identity") {
      this.#settle({ kind: "answer", text: decode(body) });
    } else {
      decompress(this.#options, this.#encoding, body, (reply) => this.#settle(reply));
    }
  }

  onError(error: Error): void {
    this.#settle(describeFault(this.#options.name, error));
  }

  #stop(reply: SubgraphFailure): void {
    this.#settle(reply);
    this.#abort?.();
  }

  #settle(reply: SubgraphReply): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#phases?.stop();
    this.#call.cancellation?.remove(this);
    this.#chunks = [];
    const result = this.#call.settled ? this.#call.settled(reply) : reply;
    const { turns } = this.#options;
    if (turns === undefined) this.#resolve(result);
    else turns.run(() => this.#resolve(result));
  }
}

/** UTF-8 to text; mostly it is ASCII, which is several times faster to decode. */
function decode(body: Buffer): string {
  return body.toString(isAscii(body) ? "latin1" : "utf8");
}

function expire(exchange: Exchange): void {
  exchange.expire();
}

/** The value of a header among undici's raw name, value, name, value …, in lower case; "" without one. */
function headerValue(headers: readonly Buffer[], name: string): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const key = headers[i];
    if (key?.length === name.length && key.toString("latin1").toLowerCase() === name) {
      return headers[i + 1]?.toString("latin1").toLowerCase() ?? "";
    }
  }
  return "";
}

const JSON_MEDIA_TYPE = /^application\/(?:graphql-response\+)?json\s*(?:;|$)/;
const RESPONSE_MEDIA_TYPE = /^application\/graphql-response\+json/;

/** Statuses of a subgraph that is well and refuses this call. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

/** Why an answer with this head is not read further, or null. */
function refuse(subgraph: string, status: number, headers: readonly Buffer[]): SubgraphFailure | null {
  if (status >= 300 && status < 400) return invalidReply(subgraph, "with a redirect, which is not followed");
  const contentType = headerValue(headers, "content-type");
  const typed = RESPONSE_MEDIA_TYPE.test(contentType);
  if (status >= 500 || (status >= 300 && !typed)) {
    const failure = unavailable(`Subgraph "${subgraph}" answered with HTTP status ${status}.`);
    return { ...failure, ...(isRefusal(status) ? { isAnswered: true } : retryAfter(headers)) };
  }
  return JSON_MEDIA_TYPE.test(contentType) ? null : invalidReply(subgraph, "something that is not JSON");
}

/** Of `Retry-After: 2`; a date depends on two clocks and is passed over. */
function retryAfter(headers: readonly Buffer[]): { readonly retryAfterMs?: number } {
  const value = headerValue(headers, "retry-after");
  return /^\d{1,6}$/.test(value) ? { retryAfterMs: Number(value) * 1000 } : {};
}

function unavailable(message: string): SubgraphFailure {
  return { kind: "failed", code: "SUBGRAPH_UNAVAILABLE", message };
}

function tooLarge(options: SubgraphClientOptions): SubgraphFailure {
  return {
    kind: "failed",
    code: "SUBGRAPH_RESPONSE_TOO_LARGE",
    message: `Subgraph "${options.name}" answered more than ${options.maxResponseBytes} bytes.`,
    // Who asks for too much must not have it taken for broken.
    isAnswered: true,
  };
}

/** undici's error as a failure; its message may hold an address, so it is not used. */
function describeFault(subgraph: string, error: Error): SubgraphFailure {
  const code = "code" in error ? error.code : "";
  switch (code) {
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
    case "HPE_INVALID_CONSTANT":
      return invalidReply(subgraph, "with a response that breaks HTTP");
    case "UND_ERR_CONNECT_TIMEOUT":
      return timedOut("connect", `Subgraph "${subgraph}" could not be connected to in time.`);
    default:
      return String(code).startsWith("HPE_")
        ? invalidReply(subgraph, "with a response that breaks HTTP")
        : unavailable(`Subgraph "${subgraph}" could not be reached, or broke off the connection.`);
  }
}

/** For subgraphs that compress although `identity` was asked for; the cap holds for what comes out. */
function decompress(
  options: SubgraphClientOptions,
  encoding: string,
  body: Buffer,
  deliver: (reply: SubgraphReply) => void,
): void {
  const limit: ZlibOptions = { maxOutputLength: options.maxResponseBytes };
  const done = (error: (Error & { code?: string }) | null, text: Buffer): void => {
    if (error === null) deliver({ kind: "answer", text: decode(text) });
    else if (error.code === "ERR_BUFFER_TOO_LARGE") deliver(tooLarge(options));
    else deliver(invalidReply(options.name, "a compressed body that is damaged"));
  };
  if (encoding === "gzip" || encoding === "x-gzip") gunzip(body, limit, done);
  else if (encoding === "br") brotliDecompress(body, { maxOutputLength: options.maxResponseBytes }, done);
  else if (encoding === "deflate") inflate(body, limit, done);
  else deliver(invalidReply(options.name, "in a content encoding that is not supported"));
}
