import { z } from "zod";
import { ClientError, isErrorCode } from "../../shared/errors.ts";
import type { UsageSink } from "./usage-reporter.ts";

/** Milliseconds for one batch; a gateway that stops waits for its last one. */
const DEADLINE = 3000;

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * Sends usage to a registry over HTTP.
 *
 * @param access address of the registry's server, without a path, and a deploy token of the domain `gateway`
 */
export function sendUsage({ url, token }: { readonly url: string; readonly token: string }): UsageSink {
  return async (batch) => {
    const response = await fetch(`${url.replace(/\/+$/, "")}/registry/v1/usage`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(batch),
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (response.ok) return;
    const { error } = refusal.parse(await response.json());
    throw new ClientError(isErrorCode(error.code) ? error.code : "REGISTRY_UNAVAILABLE", error.message);
  };
}
