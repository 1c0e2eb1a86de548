import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { HeaderMap } from "@apollo/server";
import type { Logger } from "../../shared/log.ts";
import type { ClientIdentity, HandleOperation } from "../request/handle-operation.ts";
import type { OperationStore, PreparedOperation } from "../request/prepare-operation.ts";
import type { RateLimits } from "../request/rate-limits.ts";
import type { SafeList } from "../request/safe-list.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { cancelOnClose } from "./cancel-on-close.ts";
import { chooseMediaType } from "./choose-media-type.ts";
import { COMMON_HEADERS, requestIdOf } from "./common-headers.ts";
import type { ForwardHeaders } from "./forward-headers.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { identifyClient } from "./identify-client.ts";
import { errorStatus } from "./legacy-status.ts";
import type { PublicError } from "./public-error.ts";
import { readSentOperation, type SentOperation } from "./read-sent-operation.ts";
import type { AnsweredRequest, RequestObserver } from "./request-observer.ts";
import { responseText } from "./response-text.ts";
import { takeBody } from "./take-body.ts";
import { PRODUCTS_HEADER, type WantsCost } from "./wants-cost.ts";

export interface HotLaneOptions {
  readonly operations: OperationStore;
  readonly handleOperation: HandleOperation;
  readonly identify: IdentifyCaller;
  /** Null where nothing is limited. */
  readonly rateLimits: RateLimits | null;
  readonly wantsCost: WantsCost;
  readonly safeList: SafeList | null;
  readonly current: () => Supergraph;
  /** The contract served at each path, by its name. */
  readonly paths: ReadonlyMap<string, string>;
  readonly bodyBytes: number;
  readonly publicError: PublicError;
  readonly observer: RequestObserver;
  readonly countLane: CountLane;
  readonly forwardHeaders: ForwardHeaders;
  readonly log: Logger;
}

/** Told of each GraphQL request which way it takes. */
export type CountLane = (lane: "apollo" | "hot") => void;

export interface HotLane {
  /** Answers the request, or leaves it untouched and calls `otherwise`. */
  readonly offer: (request: IncomingMessage, response: ServerResponse, otherwise: () => void) => void;
  /** From now on each answer is the last one of its connection. */
  readonly closeConnections: () => void;
  /** Takes no more requests. */
  readonly retire: () => void;
}

/**
 * The short way from socket to `handle-operation.ts` for operations that Apollo Server has parsed and validated
 * before: plain POSTs of a text already prepared in this generation. Whatever is unusual is left to Apollo Server.
 * Same limits, authentication, headers and error bodies (performance.md, "How", 6).
 */
export function createHotLane(options: HotLaneOptions): HotLane {
  let isRetired = false;
  let isClosing = false;
  return {
    closeConnections: () => {
      isClosing = true;
    },
    retire: () => {
      isRetired = true;
    },
    offer: (request, response, otherwise) => {
      const head = isRetired ? null : readHead(request, options);
      if (head === null) return otherwise();
      const take = (body: Buffer): boolean => {
        const sent = readSentOperation(body.toString(), options.safeList);
        const prepared = sent && findPrepared(options, head.contract, sent);
        if (!sent || !prepared) return false;
        const reply: Reply = {
          response,
          mediaType: head.mediaType,
          requestId: requestIdOf(request),
          isLast: () => isClosing,
        };
        options.countLane("hot");
        void answer(options, { request, reply, sent, prepared });
        return true;
      };
      takeBody(request, head.length, take, otherwise);
    },
  };
}

function findPrepared(
  { operations, current }: HotLaneOptions,
  name: string,
  { query, operationName }: SentOperation,
): PreparedOperation | undefined {
  const supergraph = current();
  const contract = supergraph.contracts.get(name);
  return contract && operations.find({ supergraph, contract, source: query, operationName });
}

interface Head {
  /** Name of the contract that is asked. */
  readonly contract: string;
  /** Bytes of the body. */
  readonly length: number;
  /** Of the response. */
  readonly mediaType: string;
}

/** Null unless the request is a plain POST of JSON, of an announced and acceptable size. */
function readHead(
  { method, url = "", headers }: IncomingMessage,
  { paths, bodyBytes }: HotLaneOptions,
): Head | null {
  const contract = paths.get(url);
  if (method !== "POST" || contract === undefined || !isPlainJson(headers)) return null;
  const length = Number(headers["content-length"]);
  if (!(length > 0 && length <= bodyBytes)) return null;
  const mediaType = chooseMediaType(headers.accept);
  return mediaType === null ? null : { contract, length, mediaType };
}

/** A type that browsers send across origins only after a preflight, so that no CSRF check is needed. */
function isPlainJson(headers: IncomingHttpHeaders): boolean {
  const type = headers["content-type"];
  return (
    (type === "application/json" || type === "application/json; charset=utf-8") &&
    headers["content-encoding"] === undefined &&
    headers["transfer-encoding"] === undefined
  );
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly reply: Reply;
  readonly sent: SentOperation;
  readonly prepared: PreparedOperation;
}

async function answer(options: HotLaneOptions, { request, reply, sent, prepared }: Exchange): Promise<void> {
  const { identify, rateLimits, wantsCost, handleOperation, publicError, observer, log } = options;
  const { requestId, response } = reply;
  const since = performance.now();
  const trace = observer.trace === null ? null : observer.trace(request, requestId);
  let client: ClientIdentity | null = null;
  const answered = (status: number, errors: AnsweredRequest["errors"]): void => {
    const milliseconds = performance.now() - since;
    observer.answered({ requestId, lane: "hot", prepared, client, status, milliseconds, errors, trace });
  };
  try {
    trace?.enter("authenticate");
    const identified = identify(request);
    const caller = identified instanceof Promise ? await identified : identified;
    const { variables } = sent;
    const cancellation = cancelOnClose(response);
    client = identifyClient(request.headers, caller);
    const address = request.socket.remoteAddress ?? "";
    if (rateLimits) await rateLimits.countRequest({ caller, client, address });
    const result = await handleOperation({
      prepared,
      variables,
      caller,
      client,
      address,
      wantsCost: wantsCost(request.headers),
      wantsProducts: request.headers[PRODUCTS_HEADER] !== undefined,
      requestId,
      cancellation,
      trace,
      forwarded: options.forwardHeaders(request.headers),
    });
    const errors = result.errors.map((error) => publicError(error, requestId));
    send(reply, result.status, responseText(result.dataText, errors, result.extensions));
    answered(result.status, errors);
  } catch (error) {
    const { message, extensions } = toGraphQLError(error, requestId, log);
    const { http, ...shown } = extensions;
    const status = errorStatus(statusOf(http), extensions.code, request.headers.accept);
    send(reply, status, JSON.stringify({ errors: [{ message, extensions: shown }] }), headersOf(http));
    answered(status, [{ extensions: shown }]);
  }
}

function statusOf(http: unknown): number {
  return isHttp(http) ? http.status : 500;
}

function headersOf(http: unknown): readonly (readonly [string, string])[] {
  return isHttp(http) && http.headers ? [...http.headers] : [];
}

function isHttp(value: unknown): value is { readonly status: number; readonly headers?: HeaderMap } {
  return typeof value === "object" && value !== null && "status" in value && typeof value.status === "number";
}

/** What the response of one request is made with. */
interface Reply {
  readonly response: ServerResponse;
  readonly mediaType: string;
  readonly requestId: string;
  /** Whether the connection is to be closed after it. */
  readonly isLast: () => boolean;
}

function send(
  { response, mediaType, requestId, isLast }: Reply,
  status: number,
  text: string,
  headers: readonly (readonly [string, string])[] = NO_HEADERS,
): void {
  if (response.destroyed) return;
  const length = String(Buffer.byteLength(text));
  const head = ["content-type", mediaType, "content-length", length, "x-request-id", requestId];
  head.push(...FLAT_COMMON_HEADERS);
  for (const [name, value] of headers) head.push(name, value);
  if (isLast()) head.push("connection", "close");
  response.writeHead(status, head).end(text);
}

const NO_HEADERS: readonly (readonly [string, string])[] = [];
const FLAT_COMMON_HEADERS = COMMON_HEADERS.flat();
