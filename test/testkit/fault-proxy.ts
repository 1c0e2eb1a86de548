import { createServer, type IncomingMessage, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Fault } from "./faulty-subgraph.ts";
import { portOf } from "./gateway-identity.ts";

/** What happens to one call. */
export interface Trouble {
  /** Whether the subgraph gets it; then it does what it is asked, whatever becomes of the answer. */
  readonly arrives: boolean;
  readonly fault: Fault;
}

/** A call that reached the proxy. */
export interface ProxiedCall {
  readonly requestId: string;
  readonly body: string;
}

/** The network before a real subgraph, where calls and answers can be lost, cut off or spoiled. */
export class FaultProxy {
  readonly calls: ProxiedCall[] = [];
  /** Decides about each call; null lets it pass. */
  trouble: () => Trouble | null = () => null;
  /** The subgraph, once it is there. */
  target = "";
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${portOf(server.address())}/graphql`;
  }

  static async start(): Promise<FaultProxy> {
    const server = createServer(async (request, response) => {
      const body = await buffer(request);
      proxy.calls.push({ requestId: String(request.headers["x-request-id"]), body: body.toString() });
      const trouble = proxy.trouble();
      const answer = trouble?.arrives === false ? "" : await forward(proxy.target, request, body);
      if (trouble) return trouble.fault({ request, response, answer });
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new FaultProxy(server);
    return proxy;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function forward(url: string, { headers }: IncomingMessage, body: Buffer): Promise<string> {
  const { authorization = "", "x-request-id": requestId = "" } = headers;
  const sent = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization, "x-request-id": String(requestId) },
    body: new Uint8Array(body),
  });
  return await sent.text();
}
