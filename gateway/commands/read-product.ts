import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText } from "./read-text.ts";

/** Where a schema lies, and the descriptor of its product where that is said. */
export interface ProductLocation {
  /** File of the SDL, `-` for standard input. */
  readonly schema: string;
  /** File of the descriptor; by default `product.yaml` beside the schema, if there is one. */
  readonly product?: string;
}

/**
 * The text of a product's descriptor; undefined where there is none.
 *
 * @throws ClientError FILE_UNREADABLE
 */
export function readProduct({ schema, product }: ProductLocation): string | undefined {
  if (product !== undefined) return readText(product);
  const beside = join(dirname(schema), "product.yaml");
  return schema !== "-" && existsSync(beside) ? readText(beside) : undefined;
}
