import { connect, createServer, type Server, type Socket } from "node:net";
import { portOf } from "./gateway-identity.ts";

/** A TCP port before the tests' Postgres that a test can take away. */
export class DatabaseRelay {
  #state: "working" | "refusing" | "hanging" = "working";
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  private constructor(socketPath: string) {
    this.#server = createServer((client) => {
      if (this.#state === "refusing") return void client.destroy();
      const server = connect(socketPath);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#connections.add(from);
        from.on("data", (chunk) => {
          if (this.#state !== "hanging") to.write(chunk);
        });
        from.on("error", () => {});
        from.on("close", () => {
          this.#connections.delete(from);
          to.destroy();
        });
      }
    });
  }

  /** @param databaseUrl of a server that listens on a Unix socket */
  static async start(databaseUrl: string): Promise<{ relay: DatabaseRelay; url: string }> {
    const url = new URL(databaseUrl);
    const relay = new DatabaseRelay(`${url.searchParams.get("host")}/.s.PGSQL.5432`);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    url.searchParams.delete("host");
    url.host = `127.0.0.1:${portOf(relay.#server.address())}`;
    return { relay, url: url.href };
  }

  /** Ends all connections and takes no new ones. */
  refuse(): void {
    this.#state = "refusing";
    for (const connection of this.#connections) connection.destroy();
  }

  /** Takes everything and passes nothing on; what was swallowed is lost. */
  hang(): void {
    this.#state = "hanging";
  }

  /** New connections work; those that hung are ended. */
  restore(): void {
    for (const connection of this.#connections) connection.destroy();
    this.#state = "working";
  }

  stop(): Promise<void> {
    this.refuse();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
