import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SubgraphSource } from "../registry/compose.ts";
import { ServiceProcess } from "./service-process.ts";
import type { Stoppable } from "./stop-on-signal.ts";

const FOLDER = fileURLToPath(new URL("../catalog/", import.meta.url));
const NAME = "catalog";

export interface CatalogOptions {
  /** The registry's, as the catalog's role. */
  readonly databaseUrl: string;
  readonly port: number;
  readonly gatewayPort: number;
  readonly logs: string;
}

/** The catalog as a service of its own, over the registry's database; what is to be published of it. */
export async function startCatalog(
  { databaseUrl, port, gatewayPort, logs }: CatalogOptions,
  keep: (part: Stoppable) => void,
): Promise<SubgraphSource> {
  const service = new ServiceProcess({
    name: NAME,
    module: join(FOLDER, "main.js"),
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      DPG_GATEWAY_JWKS_URL: `http://127.0.0.1:${gatewayPort}/.well-known/jwks.json`,
    },
    logFile: join(logs, `${NAME}.log`),
  });
  keep(service);
  await service.ready(`http://127.0.0.1:${port}/health/live`);
  const [sdl, product] = ["schema.graphql", "product.yaml"].map((file) =>
    readFileSync(join(FOLDER, file), "utf8"),
  );
  return { name: NAME, url: `http://127.0.0.1:${port}/graphql`, sdl: sdl ?? "", product: product ?? null };
}
