import { z } from "zod";
import { ClientError, isErrorCode } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { readDevelopmentAccess } from "./development-registry.ts";

/** Milliseconds for one answer. */
const DEADLINE = 30_000;

/** The gateway that commands ask: DPG_GATEWAY_URL, else the one of the data directory, else the usual local address. */
export function gatewayUrl(env: Environment): string {
  const known = env.DPG_GATEWAY_URL || readDevelopmentAccess(env.DPG_DATA_DIR ?? ".data")?.url;
  return (known ?? `http://127.0.0.1:${env.PORT ?? 4000}`).replace(/\/+$/, "");
}

export interface GatewayQuestion {
  readonly url: string;
  readonly path: string;
  /** Null asks as nobody. */
  readonly token: string | null;
  /** Of the request, where the token leaves a choice. */
  readonly purpose: string | null;
  readonly body: object;
}

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * Asks a running gateway; the `data` of its answer.
 *
 * @throws ClientError with the gateway's code and message, or GATEWAY_UNAVAILABLE
 */
export async function askGateway<Data>(question: GatewayQuestion, schema: z.ZodType<Data>): Promise<Data> {
  const { url, path, token, purpose, body } = question;
  let answer: unknown;
  try {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(purpose === null ? {} : { "x-purpose": purpose }),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    answer = await response.json();
  } catch {
    throw new ClientError("GATEWAY_UNAVAILABLE", `The gateway at ${url} does not answer.`);
  }
  const refused = refusal.safeParse(answer);
  if (refused.success) {
    const { code, message } = refused.data.error;
    throw new ClientError(isErrorCode(code) ? code : "INTERNAL", message);
  }
  const parsed = z.object({ data: schema }).safeParse(answer);
  if (!parsed.success)
    throw new ClientError("GATEWAY_UNAVAILABLE", `What answers at ${url} explains nothing.`);
  return parsed.data.data;
}
