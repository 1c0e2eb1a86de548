import type { ErrorCode } from "../../shared/errors.ts";

/** What came back from one subgraph call. */
export type SubgraphReply = SubgraphAnswer | SubgraphFailure;

export interface SubgraphAnswer {
  readonly kind: "answer";
  /**
   * Null where the subgraph had errors only. Whoever runs a plan owns this object and changes it while
   * merging: a second reader of the same answer takes a {@link copyReply}.
   */
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphError[];
  /** The body as received, decoded: what a copy is parsed from. */
  readonly text: string;
}

export interface SubgraphFailure {
  readonly kind: "failed";
  readonly code: ErrorCode;
  /** Written for the client: no address, no body, no value. */
  readonly message: string;
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
export function readReply(subgraph: string, text: string): SubgraphReply {
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
    return data ? { kind: "answer", data, errors: NO_ERRORS, text } : invalidReply(subgraph, "no data");
  }
  const errors = listed.map((entry) => (isRecord(entry) ? reduceError(subgraph, entry) : null));
  if (!errors.every((error) => error !== null)) {
    return invalidReply(subgraph, "an entry of `errors` that is not an object");
  }
  return { kind: "answer", data: data ?? null, errors, text };
}

/** The same reply for one more reader, sharing no mutable data with the first one. */
export function copyReply(subgraph: string, reply: SubgraphReply): SubgraphReply {
  return reply.kind === "answer" ? readReply(subgraph, reply.text) : reply;
}

/** The failure of a subgraph that answered something that is not a GraphQL response. */
export function invalidReply(subgraph: string, what: string): SubgraphFailure {
  return {
    kind: "failed",
    code: "SUBGRAPH_INVALID_RESPONSE",
    message: `Subgraph "${subgraph}" answered ${what}.`,
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
