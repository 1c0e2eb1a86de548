import type { Connection, Edge } from "./connection.ts";

/** `PageInfo` of the Relay specification. */
export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** Resolvers of any connection type: the page is read where its items are selected, the count where it is. */
export const connectionResolvers = {
  edges: async <Row>(connection: Connection<Row>): Promise<readonly Edge<Row>[]> =>
    (await connection.page()).edges,
  nodes: async <Row>(connection: Connection<Row>): Promise<readonly Row[]> =>
    (await connection.page()).edges.map((edge) => edge.node),
  pageInfo: async <Row>(connection: Connection<Row>): Promise<PageInfo> => {
    const { edges, hasNextPage, hasPreviousPage } = await connection.page();
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges.at(0)?.cursor() ?? null,
      endCursor: edges.at(-1)?.cursor() ?? null,
    };
  },
  totalCount: <Row>(connection: Connection<Row>): Promise<number> => connection.totalCount(),
};

/** Resolvers of any edge type. */
export const edgeResolvers = {
  cursor: <Row>(edge: Edge<Row>): string => edge.cursor(),
  node: <Row>(edge: Edge<Row>): Row => edge.node,
};
