// Process: Apollo Server with Apollo Gateway as their documentation shows them; the supergraph is a file.
import { readFileSync } from "node:fs";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const [, , file = ""] = process.argv;
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(file, "utf8") });
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { port: 0, host: "127.0.0.1" },
});
process.on("disconnect", () => process.exit());
process.send?.({ url });
