import { createServer, type Server, type Socket } from "node:net";

/** Answers kept; a benchmark with more different bodies than this computes the rest each time. */
const MAX_ANSWERS = 5000;

/**
 * An HTTP/1.1 server that answers a POST it has seen before from memory, in a few microseconds, so that what
 * is measured is the caller. Speaks only what HTTP clients send here: a body with Content-Length.
 *
 * @param isForgetful while true, every request is answered anew
 */
export function serveMemoised(answer: (body: string) => Promise<string>, isForgetful: () => boolean): Server {
  const known = new Map<string, Buffer>();
  const respond = async (socket: Socket, body: string): Promise<void> => {
    const text = await answer(Buffer.from(body, "latin1").toString());
    const response = Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
    if (known.size < MAX_ANSWERS) known.set(body, response);
    socket.write(response);
  };
  return createServer({ noDelay: true }, (socket) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const message = readMessage(pending);
      if (message === null) return;
      pending = pending.subarray(message.end);
      const response = known.get(message.body);
      if (response && !isForgetful()) socket.write(response);
      else respond(socket, message.body).catch((error: Error) => socket.destroy(error));
    });
  });
}

/** The body of a whole request as Latin-1, or null while a part is missing. */
function readMessage(bytes: Buffer): { readonly body: string; readonly end: number } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, headEnd))?.[1];
  if (length === undefined) throw new Error("a request without Content-Length");
  const end = headEnd + 4 + Number(length);
  return bytes.length < end ? null : { body: bytes.toString("latin1", headEnd + 4, end), end };
}
