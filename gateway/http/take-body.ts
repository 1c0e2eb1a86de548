import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body and lets `take` decide about it. What is not taken is put back, so that whoever gets the
 * request next reads it as if nobody had.
 *
 * @param length bytes of the body, from its Content-Length; node ends a request that sends more
 */
export function takeBody(
  request: IncomingMessage,
  length: number,
  take: (body: Buffer) => boolean,
  otherwise: () => void,
): void {
  const chunks: Buffer[] = [];
  let received = 0;
  const read = (chunk: Buffer): void => {
    chunks.push(chunk);
    received += chunk.length;
    if (received < length) return;
    request.off("data", read);
    const body = chunks.length === 1 ? chunk : Buffer.concat(chunks, received);
    if (take(body)) return;
    request.pause();
    request.unshift(body);
    otherwise();
  };
  request.on("data", read);
}
