import type { FastifyInstance, preParsingHookHandler } from "fastify";
import { refuseNestedText } from "./admit-body.ts";
import { decodeBody, isReadable } from "./decode-body.ts";
import { errorBody } from "./graphql-errors.ts";

/**
 * Reads bodies that are compressed; a body in another charset would be misread, so it is refused.
 *
 * @param limit bytes after decompression
 */
export function readEncodings(limit: number): preParsingHookHandler {
  return (request, reply, payload, done) => {
    const { "content-encoding": encoding = "identity", "content-type": type = "" } = request.headers;
    const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1] ?? "utf-8";
    if (/^utf-?8$/i.test(charset) && isReadable(encoding))
      return done(null, encoding === "identity" ? payload : decodeBody(request.raw, encoding, limit));
    const reason = "A body has to be UTF-8, plain or compressed by gzip, deflate or br.";
    reply
      .code(415)
      .header("connection", "close")
      .send(errorBody("BAD_USER_INPUT", reason, request.id));
  };
}

/** Fastify's own parser of JSON, for texts that it reads in time. */
export function parseNestedJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body: string, done) => {
    refuseNestedText(body);
    return parse(request, body, done);
  });
}
