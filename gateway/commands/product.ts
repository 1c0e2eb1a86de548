import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml, stringify } from "yaml";
import { ClientError } from "../../shared/errors.ts";
import { parseProductDescriptor } from "../../shared/product-descriptor.ts";
import { bareProduct, describeAlone, importStandard } from "../catalog/standards/import-standard.ts";
import { toContract } from "../catalog/standards/to-contract.ts";
import { toProduct } from "../catalog/standards/to-product.ts";
import { readProduct } from "./read-product.ts";
import { readText } from "./read-text.ts";
import type { Outcome } from "./report.ts";

export interface ExportOptions {
  readonly standard: "odcs" | "odps";
  /** File of the SDL; the descriptor is `product.yaml` beside it. */
  readonly schema: string;
  readonly product?: string;
}

/** `dpg product export`: the contract, or the product, of one subgraph as YAML. @throws ClientError */
export function exportProduct({ standard, schema, product: file }: ExportOptions): Outcome {
  const product = readProduct({ schema, ...(file === undefined ? {} : { product: file }) });
  if (product === undefined)
    throw new ClientError(
      "FILE_UNREADABLE",
      `There is no product.yaml beside ${schema}; name it with --product.`,
    );
  const descriptor = parseProductDescriptor(product, file ?? "product.yaml");
  if (standard === "odps") {
    const document = toProduct(bareProduct(descriptor), () => null);
    return { data: { document }, text: stringify(document).trimEnd() };
  }
  const document = toContract(
    describeAlone({ name: descriptor.domain, url: "http://127.0.0.1:1/", sdl: readText(schema), product }),
  );
  return { data: { document }, text: stringify(document).trimEnd() };
}

export interface ImportOptions {
  /** Folder that gets the files. */
  readonly output: string;
  readonly force: boolean;
}

/** `dpg product import`: writes `product.yaml`, and of a contract `schema.graphql`. @throws ClientError */
export function importProduct(file: string, { output, force }: ImportOptions): Outcome {
  const { product, sdl, descriptor } = importStandard(readYaml(file));
  const files = [
    ["product.yaml", product] as const,
    ...(sdl === null ? [] : [["schema.graphql", sdl] as const]),
  ].map(([name, text]) => ({ path: join(output, name), text }));
  const taken = files.find(({ path }) => existsSync(path));
  if (taken && !force) throw new ClientError("USAGE", `${taken.path} exists; --force overwrites it.`);
  mkdirSync(output, { recursive: true });
  for (const { path, text } of files) writeFileSync(path, text);
  const written = files.map(({ path }) => path);
  return { data: { id: descriptor.id, files: written }, text: written.join("\n") };
}

function readYaml(file: string): unknown {
  try {
    return parseYaml(readText(file));
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError("STANDARD_DOCUMENT_INVALID", `${file} is not YAML.`);
  }
}
