import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server, so that it can stop without waiting for those that ask nothing. */
export class OpenConnections {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  /** @param server that has no connections yet */
  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  [Symbol.iterator](): Iterator<Socket> {
    return this.#open.values();
  }

  /**
   * Closes connections that are between two requests, and those without any: a client that gave up a request may have
   * opened the next connection already, and node's `closeIdleConnections` takes that one for busy.
   */
  closeUnused(): void {
    this.#server.closeIdleConnections();
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }
}
