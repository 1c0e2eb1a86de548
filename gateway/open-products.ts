import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { ProductWatch, type ReadProductHealth } from "./products/product-watch.ts";
import { tellProducts } from "./products/tell-products.ts";
import type { HandleOperation } from "./request/handle-operation.ts";

export interface ProductsLife {
  /** The same path, telling of products; where nobody knows of them it is the very same. */
  readonly tell: (handle: HandleOperation) => HandleOperation;
  readonly stop: () => void;
}

/** Opens the watch over products where there is a registry to ask. */
export function openProducts(config: Config, read: ReadProductHealth | undefined, log: Logger): ProductsLife {
  if (!read || !config.products.watch) return { tell: (handle) => handle, stop: () => undefined };
  const watch = new ProductWatch({ read, intervalMs: config.products.intervalMs, log });
  return { tell: (handle) => tellProducts(handle, watch), stop: () => watch.stop() };
}
