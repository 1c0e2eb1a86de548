import type { SubgraphCaller } from "../identity-token.ts";
import type { Logger } from "../log.ts";
import type { CursorCodec } from "./cursor.ts";
import type { RequestDatabase } from "./request-database.ts";

/** One request as a subgraph sees it. */
export interface SubgraphRequest {
  readonly caller: SubgraphCaller;
  readonly requestId: string;
  readonly log: Logger;
  /** Throws when used by a subgraph that declared `database: "none"`. */
  readonly database: RequestDatabase;
  readonly cursors: CursorCodec;
}

/** The context of resolvers: the request, and the loaders made for it. */
export interface SubgraphContext<Loaders> extends SubgraphRequest {
  readonly loaders: Loaders;
}

/** A subgraph: its folder, what answers its fields and what loads its rows. */
export interface SubgraphDefinition<Loaders = unknown> {
  /** The folder with `schema.graphql` and `product.yaml`. */
  readonly directory: URL;
  /** Resolvers by type and field; a name that the schema does not have is refused at start. */
  readonly resolvers: object;
  /** Loaders of one request; nothing in them outlives it. */
  readonly createLoaders: (request: SubgraphRequest) => Loaders;
  readonly database: "postgres" | "none";
}
