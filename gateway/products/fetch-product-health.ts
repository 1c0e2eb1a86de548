import { z } from "zod";
import { productHealth } from "../../shared/product-health.ts";
import type { ReadProductHealth } from "./product-watch.ts";

const DEADLINE = 3000;
const answer = z.object({ data: z.array(productHealth) });

/**
 * Asks a registry over HTTP.
 *
 * @param access address of the registry's server, without a path, and a deploy token
 */
export function fetchProductHealth(access: {
  readonly url: string;
  readonly token: string;
}): ReadProductHealth {
  const url = `${access.url.replace(/\/+$/, "")}/registry/v1/quality`;
  return async () => {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${access.token}` },
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    return answer.parse(await response.json()).data;
  };
}
