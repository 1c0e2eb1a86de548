import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { exportProduct, importProduct } from "../../../../gateway/commands/product.ts";

const SCHEMA = fileURLToPath(new URL("../../../../subgraphs/customer/schema.graphql", import.meta.url));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dpg-product-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a contract that is exported, imported and exported again is the same", () => {
  const first = exportProduct({ standard: "odcs", schema: SCHEMA }).text;
  const file = join(folder, "contract.yaml");
  writeFileSync(file, first);
  const output = join(folder, "copy");
  expect(importProduct(file, { output, force: false }).text.split("\n")).toEqual([
    join(output, "product.yaml"),
    join(output, "schema.graphql"),
  ]);
  const again = exportProduct({ standard: "odcs", schema: join(output, "schema.graphql") }).text;
  expect(parse(again)).toEqual(parse(first));
});

test("a product gives a descriptor, and overwrites nothing unless it is told to", () => {
  const file = join(folder, "product.odps.yaml");
  writeFileSync(file, exportProduct({ standard: "odps", schema: SCHEMA }).text);
  const output = join(folder, "described");
  importProduct(file, { output, force: false });
  expect(parse(readFileSync(join(output, "product.yaml"), "utf8"))).toMatchObject({
    id: "customer.customers",
  });
  expect(() => importProduct(file, { output, force: false })).toThrow(
    expect.objectContaining({ code: "USAGE" }),
  );
  expect(importProduct(file, { output, force: true }).data).toMatchObject({ id: "customer.customers" });
});

test("a file that is not there, or no YAML, is refused", () => {
  const options = { output: folder, force: false };
  expect(() => importProduct(join(folder, "none.yaml"), options)).toThrow(
    expect.objectContaining({ code: "FILE_UNREADABLE" }),
  );
  const file = join(folder, "broken.yaml");
  writeFileSync(file, "a: [");
  expect(() => importProduct(file, options)).toThrow(
    expect.objectContaining({ code: "STANDARD_DOCUMENT_INVALID" }),
  );
});
