// Process: one domain of the items' mesh, as fast as can be. Tells its port; hangs and answers again as it is told.
import { once } from "node:events";
import { graphql } from "graphql";
import { buildSubgraphSchema } from "../../shared/subgraph/build-subgraph-schema.ts";
import { serveMemoised } from "../bench/serve-memoised.ts";
import { portOf } from "../testkit/gateway-identity.ts";
import { DOMAINS, RESOLVERS, SDL } from "./items-mesh.ts";

const domain = DOMAINS.find((name) => name === process.argv[2]) ?? "catalogue";
const schema = buildSubgraphSchema(SDL[domain], RESOLVERS[domain]);
let isHung = false;

process.on("message", (message) => {
  isHung = message === "hang";
  process.send?.(message);
});
process.on("disconnect", () => process.exit());

const server = serveMemoised(
  async (body) => {
    if (isHung) return new Promise<string>(() => {});
    const { query, variables } = JSON.parse(body);
    return JSON.stringify(await graphql({ schema, source: query, variableValues: variables }));
  },
  () => isHung,
);
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.(portOf(server.address()));
