import { readFileSync } from "node:fs";
import { buildSchema, parse, print, validate, visit } from "graphql";
import { expect, test } from "vitest";
import * as queries from "../../../../gateway/console/queries.ts";

const sdl = readFileSync(new URL("../../../../gateway/catalog/schema.graphql", import.meta.url), "utf8");

/** The catalog's schema as a client sees it. */
function catalogSchema() {
  const isOurs = (name: string) => name === "deprecated" || name === "specifiedBy";
  const document = visit(parse(sdl), {
    SchemaExtension: () => null,
    Directive: (node) => (isOurs(node.name.value) ? undefined : null),
  });
  return buildSchema(print(document));
}

const texts = Object.entries(queries).flatMap(([name, value]) =>
  typeof value === "string" ? [[name, value] as const] : [],
);

test("there is a query for each page that shows the catalog", () => {
  expect(texts.map(([name]) => name).sort()).toEqual([
    "FIELD",
    "FIELD_LIST",
    "LINEAGE",
    "PRODUCT",
    "PRODUCT_LIST",
  ]);
});

test.each(texts)("%s asks only for what the catalog has", (_name, text) => {
  expect(validate(catalogSchema(), parse(text)).map(({ message }) => message)).toEqual([]);
});
