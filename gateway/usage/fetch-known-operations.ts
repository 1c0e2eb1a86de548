import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { type KnownOperations, knownOperation } from "../../shared/known-operation.ts";

/** Milliseconds for one answer. */
const DEADLINE = 3000;

const answer = z.object({ data: z.array(knownOperation) });

/**
 * Asks a registry over HTTP which operations are used most.
 *
 * @param access address of the registry's server, without a path, and a deploy token
 */
export function fetchKnownOperations({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): KnownOperations {
  return async () => {
    const response = await fetch(`${url.replace(/\/+$/, "")}/registry/v1/usage/texts`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (!response.ok)
      throw new ClientError("REGISTRY_UNAVAILABLE", `The registry answers with status ${response.status}.`);
    return answer.parse(await response.json()).data;
  };
}
