import { z } from "zod";
import { ClientError, isErrorCode } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { readDevelopmentAccess } from "./development-registry.ts";

/** Where a registry answers, and as whom it is asked. */
export interface RegistryAccess {
  readonly url: string;
  readonly token: string;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Milliseconds for one answer: a check composes the whole supergraph. */
const DEADLINE = 90_000;

/**
 * The registry that commands work with: DPG_REGISTRY_URL, else the one of the data directory, else the usual
 * address of a local gateway; as the bearer of DPG_TOKEN.
 *
 * @throws ClientError DEPLOY_TOKEN_INVALID where there is no token
 */
export function registryAccess(env: Environment): RegistryAccess {
  const token = env.DPG_TOKEN;
  if (!token) throw new ClientError("DEPLOY_TOKEN_INVALID", "DPG_TOKEN is not set.");
  return { url: registryUrl(env), token };
}

/** The same as the governance team of the development registry. */
export function developmentAccess(env: Environment): RegistryAccess {
  const known = readDevelopmentAccess(env.DPG_DATA_DIR ?? ".data");
  if (known === null)
    throw new ClientError(
      "REGISTRY_UNAVAILABLE",
      `There is no development registry in ${env.DPG_DATA_DIR ?? ".data"}: run npm start first.`,
    );
  return { url: registryUrl(env), token: known.token };
}

/** To read only: as the bearer of DPG_TOKEN, or of what the development registry gave itself. */
export function readingAccess(env: Environment): RegistryAccess {
  return env.DPG_TOKEN ? registryAccess(env) : developmentAccess(env);
}

/** Where the registry of this machine answers: the gateway of `npm start`, unless DPG_REGISTRY_URL says otherwise. */
export function registryUrl(env: Environment): string {
  const known = env.DPG_REGISTRY_URL || readDevelopmentAccess(env.DPG_DATA_DIR ?? ".data")?.url;
  return (known ?? "http://127.0.0.1:4000").replace(/\/+$/, "");
}

const refusal = z.object({
  error: z.looseObject({ code: z.string(), message: z.string() }),
});

export interface Question {
  readonly method: Method;
  readonly path: string;
  readonly body?: object;
}

/**
 * Asks the registry; the `data` of its answer.
 *
 * @throws ClientError with the registry's code, message and findings, or REGISTRY_UNAVAILABLE
 */
export async function askRegistry<Data>(
  access: RegistryAccess,
  question: Question,
  schema: z.ZodType<Data>,
): Promise<Data> {
  const path = `/registry/v1${question.path}`;
  const { data } = await askServer(access, { ...question, path }, z.object({ data: schema }));
  return data;
}

/** The same of any path of the registry's server; the whole answer. */
export async function askServer<Answer>(
  { url, token }: RegistryAccess,
  { method, path, body }: Question,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  let answer: unknown;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: "error",
      signal: AbortSignal.timeout(DEADLINE),
    });
    answer = await response.json();
  } catch {
    throw new ClientError("REGISTRY_UNAVAILABLE", `The registry at ${url} does not answer.`);
  }
  const refused = refusal.safeParse(answer);
  if (refused.success) throw toClientError(refused.data.error);
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ClientError("REGISTRY_UNAVAILABLE", `What answers at ${url} is no registry.`);
}

function toClientError({ code, message, ...rest }: z.infer<typeof refusal>["error"]): ClientError {
  const { findings } = rest;
  return new ClientError(isErrorCode(code) ? code : "INTERNAL", message, findings ? { findings } : {});
}
