import type { Config } from "../../gateway/config.ts";
import { type SmallMesh, startSmallMesh } from "./small-mesh.ts";
import type { TokenIssuer } from "./token-issuer.ts";

const shop = {
  sdl: "type Query { me: Me list(first: Int): [Me] } type Me { id: ID }",
  resolvers: { Query: { me: () => ({ id: "1" }), list: () => [{ id: "1" }] } },
};

/** A mesh of one subgraph, for what `rateLimits` do; their window is one that no test outlives. */
export function startLimitedShop(
  issuer: TokenIssuer,
  rateLimits: Partial<Config["rateLimits"]>,
): Promise<SmallMesh> {
  return startSmallMesh({
    subgraphs: { shop },
    issuers: [issuer],
    config: (config) => ({
      ...config,
      rateLimits: { ...config.rateLimits, windowSeconds: 3600, ...rateLimits },
    }),
  });
}
