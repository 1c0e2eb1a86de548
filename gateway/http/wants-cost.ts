import type { IncomingHttpHeaders } from "node:http";

/** Whether a response is to say what it cost. */
export type WantsCost = (headers: IncomingHttpHeaders) => boolean;

/** Requests with it are told of the data products that they read, in `extensions.dataProducts`. */
export const PRODUCTS_HEADER = "x-report-products";

/** @param mode who gets the cost in `extensions.cost`: requests with the header `x-report-cost`, all, or none */
export function createWantsCost(mode: "asked" | "always" | "off"): WantsCost {
  if (mode === "asked") return (headers) => headers["x-report-cost"] !== undefined;
  return () => mode === "always";
}
