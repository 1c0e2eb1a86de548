import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { graphql } from "graphql";
import type { SubgraphSource } from "../../gateway/registry/compose.ts";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { portOf } from "./gateway-identity.ts";
import type { TestSubgraphSource } from "./small-mesh.ts";

/** One call to answer wrongly; `answer` is what a healthy subgraph would send. */
export interface FaultyExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: string;
}

export type Fault = (exchange: FaultyExchange) => void;

/** A call that a faulty subgraph received. */
export interface FaultyCall {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

/** A subgraph over real HTTP whose answers can be made wrong, or not to come. */
export class FaultySubgraph {
  readonly source: SubgraphSource;
  readonly calls: FaultyCall[] = [];
  /** Null: healthy. */
  fault: Fault | null = null;
  /** Calls that were given up before they were answered. */
  abandoned = 0;
  readonly #server: Server;
  readonly #port: number;

  private constructor(server: Server, source: SubgraphSource) {
    this.#server = server;
    this.#port = portOf(server.address());
    this.source = source;
  }

  static async start(name: string, { sdl, resolvers }: TestSubgraphSource): Promise<FaultySubgraph> {
    const schema = buildSubgraphSchema(sdl, resolvers);
    const server = createServer(async (request, response) => {
      const { query, variables } = JSON.parse(await text(request));
      started.calls.push({ query, variables, at: performance.now() });
      response.once("close", () => {
        if (!response.writableFinished) started.abandoned += 1;
      });
      const answer = JSON.stringify(await graphql({ schema, source: query, variableValues: variables }));
      if (started.fault) return started.fault({ request, response, answer });
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
    await listen(server, 0);
    const url = `http://127.0.0.1:${portOf(server.address())}/graphql`;
    const started = new FaultySubgraph(server, { name, sdl, url });
    return started;
  }

  /** Nobody listens at its address until it is {@link open} again. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  open(): Promise<void> {
    return listen(this.#server, this.#port);
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
