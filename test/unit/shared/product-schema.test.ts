import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseProductDescriptor } from "../../../shared/product-descriptor.ts";
import { productJsonSchema } from "../../../shared/product-schema.ts";

const root = new URL("../../../", import.meta.url);
const FILES = [
  ...["customer", "product", "order", "template"].map((domain) => `subgraphs/${domain}/product.yaml`),
  "gateway/catalog/product.yaml",
];

test("the JSON Schema that editors use says what publishing checks", () => {
  const published: unknown = JSON.parse(readFileSync(new URL("shared/product.schema.json", root), "utf8"));
  expect(published).toEqual(JSON.parse(JSON.stringify(productJsonSchema())));
});

test.each(FILES)("%s names the schema for editors, and is as it says", (file) => {
  const yaml = readFileSync(new URL(file, root), "utf8");
  const [, reference = ""] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(yaml) ?? [];
  expect(new URL(reference, new URL(file, root)).href).toBe(new URL("shared/product.schema.json", root).href);
  expect(parseProductDescriptor(yaml, file).quality.length).toBeGreaterThanOrEqual(
    file.startsWith("sub") ? 1 : 0,
  );
});

test("every entry of the schema says what it is for", () => {
  const silent: string[] = [];
  const look = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    if ("properties" in node && typeof node.properties === "object" && node.properties !== null)
      for (const [name, child] of Object.entries(node.properties))
        if (!("description" in child) && !("const" in child)) silent.push(`${path}.${name}`);
    for (const [name, child] of Object.entries(node)) look(child, `${path}.${name}`);
  };
  look(productJsonSchema(), "");
  expect(silent).toEqual([]);
});
