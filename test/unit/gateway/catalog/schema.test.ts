import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { noReadModels } from "../../../../gateway/catalog/read-models.ts";
import { compose } from "../../../../gateway/registry/compose.ts";

const root = new URL("../../../../", import.meta.url);
const source = (name: string, folder: string) => ({
  name,
  url: `http://127.0.0.1:1/${name}`,
  sdl: readFileSync(new URL(`${folder}/schema.graphql`, root), "utf8"),
});

test("the catalog composes with the domains, without a remark", () => {
  const domains = ["customer", "product", "order"].map((name) => source(name, `subgraphs/${name}`));
  const composed = compose([...domains, source("catalog", "gateway/catalog")]);
  expect(composed).toMatchObject({ kind: "composed", findings: [] });
});

test("where nothing measures, nothing is said", async () => {
  const models = noReadModels({ query: () => Promise.reject(new Error("asked")) });
  expect(await models.qualityResults([{ product: "a.b", rule: "c" }], 1)).toEqual([null]);
  expect(await models.lineage({ of: "A.b", direction: "BOTH", depth: 1 })).toBeNull();
});
