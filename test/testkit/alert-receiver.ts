import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "./gateway-identity.ts";

export interface ReceivedAlert {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  readonly body: any;
}

/** A service that takes alerts over HTTP. */
export interface AlertReceiver {
  readonly url: string;
  readonly received: ReceivedAlert[];
  /** Resolves with the first alert that fits, whether it has come or is still to come. */
  readonly next: (fits: (alert: ReceivedAlert) => boolean) => Promise<ReceivedAlert>;
  readonly stop: () => Promise<void>;
}

/** @param answer the status and headers of each answer, by its number from 0; usually 200 */
export async function startAlertReceiver(
  answer: (index: number) => { readonly status: number; readonly headers?: Record<string, string> } = () => ({
    status: 200,
  }),
): Promise<AlertReceiver> {
  const received: ReceivedAlert[] = [];
  let wake = () => {};
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { status, headers = {} } = answer(received.length);
    received.push({ headers: request.headers, text: body, body: JSON.parse(body) });
    response.writeHead(status, headers).end();
    wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/alerts`,
    received,
    next: async (fits) => {
      for (;;) {
        const found = received.find(fits);
        if (found) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
