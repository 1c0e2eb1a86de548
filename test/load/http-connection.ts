import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Status line and headers, in lower case. */
  readonly head: string;
  readonly body: Buffer;
}

/** Milliseconds until an answer counts as never coming. */
const PATIENCE = 20_000;

/** One keep-alive connection with one request at a time; answers need a Content-Length. Cheaper than any HTTP client. */
export class HttpConnection {
  /** Resolves when it is connected, or cannot be, which the first request then tells. */
  readonly connected: Promise<unknown>;
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #expected = 0;
  #settle: { readonly resolve: (answer: RawAnswer) => void; readonly reject: (error: Error) => void } | null =
    null;
  #isOpen = true;

  constructor({ hostname, port }: URL) {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.connected = new Promise((resolve) => {
      this.#socket.once("connect", resolve);
      this.#socket.once("close", resolve);
    });
    this.#socket.setTimeout(PATIENCE, () => this.#socket.destroy(new Error("no answer in time")));
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the connection was closed")));
    this.#socket.on("end", () => this.#fail(new Error("the connection was ended")));
  }

  /** Whether it can take another request. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  exchange(message: Buffer): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(message);
    });
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#isOpen = false;
    this.#socket.destroy();
    this.#settle?.reject(error);
    this.#settle = null;
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#expected) return;
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    const headEnd = all.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = all.toString("latin1", 0, headEnd).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`an answer without Content-Length: ${head}`));
      return;
    }
    this.#expected = headEnd + 4 + Number(length);
    if (this.#bytes < this.#expected) return;
    const body = all.subarray(headEnd + 4, this.#expected);
    this.#chunks = [];
    this.#bytes = 0;
    this.#expected = 0;
    if (/\r\nconnection: *close/.test(head)) this.close();
    this.#settle?.resolve({ status: Number(head.slice(9, 12)), head, body });
    this.#settle = null;
  }
}
