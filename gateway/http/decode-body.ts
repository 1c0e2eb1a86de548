import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { RequestPayload } from "fastify";
import { ClientError } from "../../shared/errors.ts";

const DECODERS = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

/** Whether a body with this Content-Encoding can be read. */
export function isReadable(encoding: string): boolean {
  return encoding === "identity" || DECODERS.has(encoding);
}

/**
 * The bytes that a compressed body stands for, counted while they come: what grows beyond the limit is given up
 * there, however much more would follow.
 *
 * @param limit bytes after decompression
 * @returns a stream that fails with REQUEST_TOO_LARGE, or BAD_USER_INPUT for what is not compressed as it says
 */
export function decodeBody(request: IncomingMessage, encoding: string, limit: number): RequestPayload {
  const decoder = DECODERS.get(encoding)?.();
  if (!decoder) return request;
  let received = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      received += chunk.length;
      if (received <= limit) return done(null, chunk);
      request.unpipe(decoder);
      decoder.destroy();
      done(new ClientError("REQUEST_TOO_LARGE", "The request body is too large once it is decompressed."));
    },
  });
  request.once("error", (error) => counted.destroy(error));
  decoder.once("error", () => {
    request.unpipe(decoder);
    counted.destroy(new ClientError("BAD_USER_INPUT", `The body is not ${encoding} as its header says.`));
  });
  // Fastify compares it with the Content-Length, which is of the compressed body.
  Object.defineProperty(counted, "receivedEncodedLength", { get: () => decoder.bytesWritten });
  return request.pipe(decoder).pipe(counted);
}
