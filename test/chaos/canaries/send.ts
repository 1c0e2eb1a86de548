import type { Dispatcher } from "undici";
import type { Asked } from "./questions.ts";

export interface Received {
  readonly status: number;
  /** Names and values. */
  readonly headers: string;
  readonly text: string;
}

/** Sends one request over kept connections, as cheaply as that goes; rejects where no answer comes. */
export function send(pool: Dispatcher, { method, path, headers, body }: Asked["request"]): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let head = "";
    pool.dispatch(
      { method, path, headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, code, received) {
          status = code;
          head = JSON.stringify(received);
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ status, headers: head, text: Buffer.concat(chunks).toString() });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
