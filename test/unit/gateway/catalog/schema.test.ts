import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compose } from "../../../../gateway/registry/compose.ts";

const root = new URL("../../../../", import.meta.url);
const source = (name: string, folder: string) => ({
  name,
  url: `http://127.0.0.1:1/${name}`,
  sdl: readFileSync(new URL(`${folder}/schema.graphql`, root), "utf8"),
  product: readFileSync(new URL(`${folder}/product.yaml`, root), "utf8"),
});

test("the catalog composes with the domains, and nothing is to be said of it", () => {
  const domains = ["customer", "product", "order"].map((name) => source(name, `subgraphs/${name}`));
  const alone = compose(domains);
  const composed = compose([...domains, source("catalog", "gateway/catalog")]);
  expect(composed.kind).toBe("composed");
  // An address of support is a `mailto:` as well, which is no URL of the standard's.
  const own = composed.findings.filter(({ coordinate }) => coordinate !== "SupportChannel.url");
  expect(own).toEqual(alone.findings);
});
