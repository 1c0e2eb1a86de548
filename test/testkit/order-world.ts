import { type Config, readConfig } from "../../gateway/config.ts";
import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { createLog } from "../../shared/log.ts";
import { serveSubgraph } from "../../shared/subgraph/serve-subgraph.ts";
import { orderSubgraph } from "../../subgraphs/order/subgraph.ts";
import { demoSources } from "./demo-sources.ts";
import { freePort } from "./free-port.ts";
import { composeOurs, trust } from "./small-mesh.ts";
import { testSettings } from "./start-domain.ts";
import { TokenIssuer } from "./token-issuer.ts";

/** A gateway over the real order domain, with an issuer of tokens. */
export interface OrderWorld {
  readonly gateway: Gateway;
  readonly issuer: TokenIssuer;
  readonly stop: () => Promise<void>;
}

/** Serves the order domain from a database that has its tables and rows; of the supergraph, only that domain is asked. */
export async function startOrderWorld(
  databaseUrl: string,
  change: (usual: Config) => Partial<Config>,
): Promise<OrderWorld> {
  const issuer = await TokenIssuer.start();
  const port = await freePort();
  const gatewayJwksUrl = `http://127.0.0.1:${port}/.well-known/jwks.json`;
  const subgraph = await serveSubgraph(orderSubgraph, testSettings({ databaseUrl, gatewayJwksUrl }));
  const usual = readConfig(null, {});
  const gateway = await startGateway({
    config: { ...usual, port, auth: { ...usual.auth, issuers: [trust(issuer)] }, ...change(usual) },
    supergraphSdl: composeOurs(demoSources(subgraph.url)),
    log: createLog({ name: "gateway", level: "silent" }),
  });
  const stop = async () => {
    await gateway.stop();
    await subgraph.stop();
    await issuer.stop();
  };
  return { gateway, issuer, stop };
}
