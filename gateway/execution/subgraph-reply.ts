import type { ErrorCode } from "../../shared/errors.ts";

/** What came back from one subgraph call. */
export type SubgraphReply = SubgraphAnswer | SubgraphFailure;

/** The subgraph answered; whether with a GraphQL response shows when it is read ({@link readAnswer}). */
export interface SubgraphAnswer {
  readonly kind: "answer";
  /** The body, decoded. */
  readonly text: string;
}

export interface SubgraphFailure {
  readonly kind: "failed";
  readonly code: ErrorCode;
  /** Written for the client: no address, no body, no value. */
  readonly message: string;
  /** The subgraph did answer, with a refusal of this one call: it is well, and asking again would not help. */
  readonly isAnswered?: true;
  /** Nobody waits for the answer any more: this says nothing about the subgraph. */
  readonly isGivenUp?: true;
  /** Of a time-out: which time was over. */
  readonly phase?: TimedPhase;
  /** When the subgraph wants to be asked again. */
  readonly retryAfterMs?: number;
}

/** To connect, to the head of the answer, between two pieces of its body, of the whole call, or of all calls of the request. */
export type TimedPhase = "connect" | "headers" | "body" | "call" | "request";

/** A GraphQL response. Whoever read it owns `data` and may change it while merging. */
export interface GraphQLAnswer {
  readonly kind: "response";
  /** Null where the subgraph had errors only. */
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphError[];
}

/** An entry of the subgraph's `errors`, reduced to what may be passed on. */
export interface SubgraphError {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/**
 * Parses the body of a GraphQL response strictly (GraphQL specification, section 7.1): what is not one,
 * or says nothing (`{}`, `{"data":null}`), is a failure, never a silent null.
 */
export function readAnswer(subgraph: string, text: string): GraphQLAnswer | SubgraphFailure {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return invalidReply(subgraph, text.trim() === "" ? "an empty body" : "something that is not JSON");
  }
  if (!isRecord(body)) return invalidReply(subgraph, "JSON that is not an object");
  const data = Object.hasOwn(body, "data") ? body.data : undefined;
  const listed = Object.hasOwn(body, "errors") ? (body.errors ?? NO_ERRORS) : NO_ERRORS;
  if (!Array.isArray(listed)) return invalidReply(subgraph, "`errors` that are not a list");
  if (data !== undefined && data !== null && !isRecord(data)) {
    return invalidReply(subgraph, "`data` that is not an object");
  }
  if (listed.length === 0) {
    return data ? { kind: "response", data, errors: NO_ERRORS } : invalidReply(subgraph, "no data");
  }
  const errors = listed.map((entry) => (isRecord(entry) ? reduceError(subgraph, entry) : null));
  if (!errors.every((error) => error !== null)) {
    return invalidReply(subgraph, "an entry of `errors` that is not an object");
  }
  return { kind: "response", data: data ?? null, errors };
}

/** The failure of a subgraph that answered something that is not a GraphQL response. */
export function invalidReply(subgraph: string, what: string): SubgraphFailure {
  return {
    kind: "failed",
    code: "SUBGRAPH_INVALID_RESPONSE",
    message: `Subgraph "${subgraph}" answered ${what}.`,
  };
}

/** The failure of a call that took too long. */
export function timedOut(phase: TimedPhase, message: string): SubgraphFailure {
  return { kind: "failed", code: "SUBGRAPH_TIMEOUT", message, phase };
}

/** The failure of a subgraph that did not answer, or not as one that is well. */
export function unavailable(message: string): SubgraphFailure {
  return { kind: "failed", code: "SUBGRAPH_UNAVAILABLE", message };
}

/** The failure of an answer with more bytes than are accepted. Who asks for too much must not have it taken for broken. */
export function tooLarge(subgraph: string, maxBytes: number): SubgraphFailure {
  return {
    kind: "failed",
    code: "SUBGRAPH_RESPONSE_TOO_LARGE",
    message: `Subgraph "${subgraph}" answered more than ${maxBytes} bytes.`,
    isAnswered: true,
  };
}

/** What servers put into `extensions` about their own insides. */
const PRIVATE_EXTENSIONS: ReadonlySet<string> = new Set([
  "__proto__",
  "debug",
  "exception",
  "originalError",
  "request",
  "response",
  "service",
  "serviceName",
  "stack",
  "stacktrace",
  "stackTrace",
  "trace",
  "url",
]);

/** Characters of a subgraph's message that are passed on. */
const MAX_MESSAGE = 2000;

function reduceError(subgraph: string, entry: Record<string, unknown>): SubgraphError {
  const { message, path, extensions } = entry;
  return {
    message:
      typeof message === "string" && message !== ""
        ? message.slice(0, MAX_MESSAGE)
        : `Subgraph "${subgraph}" failed.`,
    path: Array.isArray(path) && path.every(isPathSegment) ? path : undefined,
    extensions: isRecord(extensions)
      ? Object.fromEntries(Object.entries(extensions).filter(([key]) => !PRIVATE_EXTENSIONS.has(key)))
      : {},
  };
}

function isPathSegment(segment: unknown): segment is string | number {
  return typeof segment === "string" || typeof segment === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NO_ERRORS: readonly SubgraphError[] = Object.freeze([]);
