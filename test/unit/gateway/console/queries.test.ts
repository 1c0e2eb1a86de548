import { readdirSync, readFileSync } from "node:fs";
import { buildSchema, parse, print, validate, visit } from "graphql";
import { expect, test } from "vitest";

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

const QUERIES = new URL("../../../../gateway/console/queries/", import.meta.url);
const modules: readonly object[] = await Promise.all(
  readdirSync(QUERIES).map((file) => import(new URL(file, QUERIES).href)),
);
/** What is sent: queries by their names, without the parts that several of them have. */
const texts = modules
  .flatMap(Object.entries)
  .flatMap(([name, value]) =>
    typeof value === "string" && value.includes("query ") ? [[name, value] as const] : [],
  );

test("there is a query for each page that shows the catalog", () => {
  expect(texts.map(([name]) => name).sort()).toEqual([
    "FIELD",
    "FIELD_LIST",
    "LINEAGE",
    "MESH",
    "PRODUCT",
    "PRODUCT_LIST",
    "SCHEMA",
  ]);
});

test.each(texts)("%s asks only for what the catalog has", (_name, text) => {
  expect(validate(catalogSchema(), parse(text)).map(({ message }) => message)).toEqual([]);
});
