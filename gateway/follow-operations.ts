import { z } from "zod";
import { ClientError } from "../shared/errors.ts";
import { type OperationFeed, operationList } from "../shared/listed-operations.ts";

const answer = z.object({ data: operationList.nullable() });

/** Milliseconds for one answer. */
const DEADLINE = 10_000;

/**
 * Listed operations from a registry over HTTP.
 *
 * @param access address of the registry's server, without a path, and a gateway's deploy token
 * @returns a feed that rejects with ClientError GATEWAYS_ONLY or REGISTRY_UNAVAILABLE
 */
export function followOperations(access: { readonly url: string; readonly token: string }): OperationFeed {
  return async (known) => {
    const query = `?scope=all${known === null ? "" : `&newerThan=${encodeURIComponent(known)}`}`;
    const response = await fetch(`${access.url.replace(/\/+$/, "")}/registry/v1/operations${query}`, {
      headers: { authorization: `Bearer ${access.token}` },
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (response.status === 403)
      throw new ClientError("GATEWAYS_ONLY", "The deploy token may not read what all applications may send.");
    if (!response.ok)
      throw new ClientError("REGISTRY_UNAVAILABLE", `The registry answers with status ${response.status}.`);
    return answer.parse(await response.json()).data;
  };
}
