import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What is sent: requests in turn, each with the bodies that are right answers to it. */
export interface LoadRequest {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Every answer must be one of these, byte for byte; null for requests whose answers are not checked. */
  readonly answers: readonly string[] | null;
}

export interface LoadResult {
  readonly requests: number;
  /** Milliseconds from first to last. */
  readonly elapsed: number;
  /** Milliseconds each, sorted. */
  readonly latencies: Float64Array;
}

/**
 * Closed loop: each connection sends its next request when the last one was answered.
 *
 * @param until called before each request with its number; false ends the run
 * @throws Error for the first answer that is not 200 or not right
 */
export async function generateLoad(
  connections: number,
  requestAt: (index: number) => LoadRequest,
  until: (index: number) => boolean,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const messages = new Map<LoadRequest, Message>();
  let next = 0;
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    let socket: Connection | null = null;
    for (let index = next++; until(index); index = next++) {
      const request = requestAt(index);
      const message = messages.get(request) ?? prepare(request);
      if (request.answers !== null) messages.set(request, message);
      socket ??= await Connection.open(new URL(request.url));
      const sentAt = performance.now();
      check(await socket.exchange(message.bytes), request, message);
      latencies.push(performance.now() - sentAt);
    }
    socket?.close();
  };
  await Promise.all(Array.from({ length: connections }, client));
  return {
    requests: latencies.length,
    elapsed: performance.now() - startedAt,
    latencies: Float64Array.from(latencies).sort(),
  };
}

interface Message {
  readonly bytes: Buffer;
  readonly answers: readonly Buffer[];
}

function prepare({ url, body, headers, answers }: LoadRequest): Message {
  const { host, pathname } = new URL(url);
  const extra = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\naccept: */*\r\n${extra.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return {
    bytes: Buffer.from(head + body),
    answers: (answers ?? []).map((text) => Buffer.from(text)),
  };
}

function check(answer: Answer, request: LoadRequest, message: Message): void {
  if (answer.status !== 200)
    throw new Error(`${request.url} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
  if (request.answers !== null && !message.answers.some((right) => right.equals(answer.body)))
    throw new Error(`${request.url} gave a wrong answer: ${answer.body.toString().slice(0, 500)}`);
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One keep-alive connection with one request at a time; needs Content-Length in answers. */
class Connection {
  readonly #socket: Socket;
  #pending: Buffer[] = [];
  #bytes = 0;
  #expected = 0;
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", (error) => this.#settle?.reject(error));
    socket.on("close", () => this.#settle?.reject(new Error("the connection was closed")));
  }

  static async open({ hostname, port }: URL): Promise<Connection> {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    return new Connection(socket);
  }

  exchange(message: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(message);
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pending.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#expected) return;
    const all = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending);
    this.#pending = [all];
    const headEnd = all.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = all.toString("latin1", 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`);
    this.#expected = headEnd + 4 + Number(length);
    if (this.#bytes < this.#expected) return;
    this.#pending = [];
    this.#bytes = 0;
    this.#expected = 0;
    this.#settle?.resolve({ status: Number(head.slice(9, 12)), body: all.subarray(headEnd + 4) });
  }
}
