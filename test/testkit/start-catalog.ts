import { readFileSync } from "node:fs";
import { CatalogProjector } from "../../gateway/catalog/catalog-projector.ts";
import { catalogSubgraph } from "../../gateway/catalog/subgraph.ts";
import type { Change } from "../../gateway/registry/check.ts";
import type { GatewayIdentity, TestCaller } from "./gateway-identity.ts";
import { startGatewayIdentity } from "./gateway-identity.ts";
import { startSubgraph, type TestSubgraph } from "./start-domain.ts";
import { STEWARD, startRegistry, type TestRegistry } from "./start-registry.ts";

const root = new URL("../../", import.meta.url);

/** The catalog over a registry of its own, asked as the gateway would. */
export interface TestCatalog extends TestSubgraph {
  readonly tested: TestRegistry;
  /** What the gateway would send for a caller. */
  readonly tokenFor: (caller: TestCaller) => string;
  /** Publishes as the governance team. */
  readonly publish: (changes: readonly Change[], reason?: string) => Promise<void>;
}

/** A domain of the repository as a change: its schema and its descriptor. */
export function domainChange(
  name: string,
  edit: (sdl: string, product: string) => [string, string] = (...both) => both,
): Change {
  const folder = name === "catalog" ? "gateway/catalog" : `subgraphs/${name}`;
  const read = (file: string) => readFileSync(new URL(`${folder}/${file}`, root), "utf8");
  const [sdl, product] = edit(read("schema.graphql"), read("product.yaml"));
  return { name, source: { sdl, product, url: `http://127.0.0.1:1/${name}` } };
}

export async function startCatalog(): Promise<TestCatalog> {
  const tested = await startRegistry();
  const identity: GatewayIdentity = await startGatewayIdentity();
  const databaseUrl = tested.database.partUrl ?? "";
  const projector = new CatalogProjector(databaseUrl);
  const served = await startSubgraph("catalog", catalogSubgraph(projector), identity, databaseUrl);
  return {
    ...served,
    tested,
    tokenFor: (caller) => identity.tokenFor("catalog", caller),
    publish: async (changes, reason = "test") => {
      await tested.registry.publish({ actor: STEWARD, changes, reason, approve: true, acceptBreaking: true });
      // A test waits for as long as it takes; a request would not.
      await projector.catchUp();
    },
    stop: async () => {
      await served.stop();
      await projector.stop();
      await identity.stop();
      await tested.stop();
    },
  };
}
