import { readFileSync } from "node:fs";
import type { SubgraphSource } from "../../gateway/registry/compose.ts";

/** The schemas of the three domains, all said to be served at one address: for tests that ask one of them only. */
export function demoSources(url: string): readonly SubgraphSource[] {
  return ["customer", "product", "order"].map((name) => {
    const schema = new URL(`../../subgraphs/${name}/schema.graphql`, import.meta.url);
    return { name, sdl: readFileSync(schema, "utf8"), url };
  });
}
