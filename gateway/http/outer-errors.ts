import { randomUUID } from "node:crypto";
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { ErrorCode } from "../../shared/errors.ts";
import { COMMON_HEADERS, requestIdOf } from "./common-headers.ts";
import { errorBody } from "./graphql-errors.ts";

/**
 * Options of every HTTP server of this project: what is refused before any route sees it has a code and a request id
 * as well (hardening 46), and quotes nothing that was sent.
 */
export const OUTER_ERRORS = {
  genReqId: requestIdOf,
  clientErrorHandler: answerBrokenRequest,
  frameworkErrors: answerBadAddress,
} as const;

/** The id, and the headers of every response; an address that nothing is at. */
export function answerEverything(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    for (const [name, value] of COMMON_HEADERS) reply.header(name, value);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBody("BAD_USER_INPUT", "There is nothing at this address.", request.id)),
  );
}

/** An address that Fastify cannot read; no hook runs for it. */
function answerBadAddress(_error: Error, { id }: { readonly id: string }, { raw }: Answerable): void {
  const body = JSON.stringify(errorBody("BAD_REQUEST", "The address cannot be read.", id));
  raw.writeHead(400, Object.fromEntries(headersOf(id, body))).end(body);
}

interface Answerable {
  readonly raw: ServerResponse;
}

function headersOf(requestId: string, body: string): readonly (readonly [string, string])[] {
  return [
    ["content-type", "application/json; charset=utf-8"],
    ["content-length", String(Buffer.byteLength(body))],
    ["x-request-id", requestId],
    ...COMMON_HEADERS,
  ];
}

/** What is no HTTP request, or came too slowly: there is no response object to answer it with. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code !== "ECONNRESET" && socket.writable) {
    const { status, code, message } = REFUSALS[error.code ?? ""] ?? NO_HTTP;
    const requestId = randomUUID();
    const body = JSON.stringify(errorBody(code, message, requestId));
    const headers = [...headersOf(requestId, body), ["connection", "close"]];
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...headers.map((pair) => pair.join(": "))];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
  socket.destroy();
}

interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

const NO_HTTP: Refusal = { status: 400, code: "BAD_REQUEST", message: "This is no valid HTTP request." };
/** By the codes of node's HTTP server. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "HEADERS_TOO_LARGE",
    message: "The request's headers are too large.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "REQUEST_TIMEOUT",
    message: "The request did not arrive in time.",
  },
};
