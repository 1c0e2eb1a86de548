import { explainError, isErrorCode } from "../../shared/errors.ts";

/** Why something is not shown: what the gateway said of it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly cause: string | null;
  readonly remedy: string | null;
  /** Where in the answer, for errors of single fields. */
  readonly path: readonly (string | number)[];
  /** Scopes or policies that would have been enough: an OR of ANDs. */
  readonly missing: readonly (readonly string[])[];
}

/** What was asked for, as far as it was answered, and what was not. */
export interface Answer<Data> {
  readonly data: Data;
  readonly refusals: readonly Refusal[];
}

/** Nothing was answered. */
export class AskError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export interface Question {
  readonly token: string | null;
  /** Of the person, for what the registry behind the gateway asks of them. */
  readonly deployToken?: string;
  readonly signal?: AbortSignal;
}

interface WireError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly missing?: readonly (readonly string[])[] };
}

interface WireAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly WireError[];
  readonly error?: WireError & { readonly code?: string; readonly cause?: string; readonly remedy?: string };
}

/**
 * Runs an operation as the caller.
 *
 * @throws AskError where nothing came of it
 */
export async function askGraphQL<Data>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  question: Question,
): Promise<Answer<Data>> {
  const { data, errors = [] } = await send<Data>("/graphql", "POST", { query, variables }, question);
  const refusals = errors.map(({ message, path = [], extensions = {} }) =>
    refusalOf(extensions.code ?? "INTERNAL", message, { path, missing: extensions.missing ?? [] }),
  );
  const [first] = refusals;
  if (data !== null && data !== undefined) return { data, refusals };
  throw new AskError(first ?? refusalOf("INTERNAL", "The gateway answered nothing."));
}

/**
 * Asks one of the gateway's other interfaces, which answer `{ data }` or `{ error }`.
 *
 * @throws AskError where it refuses
 */
export async function askRest<Data>(
  method: "GET" | "POST",
  path: string,
  body: object | null,
  question: Question,
): Promise<Data> {
  const { data, error, errors = [] } = await send<Data>(path, method, body, question);
  if (data !== null && data !== undefined) return data;
  const said = error ?? errors[0];
  if (!said) throw new AskError(refusalOf("INTERNAL", "The gateway answered nothing."));
  const code = error?.code ?? said.extensions?.code ?? "INTERNAL";
  throw new AskError({ ...refusalOf(code, said.message), ...(error?.cause ? pick(error) : {}) });
}

/** What any error is to be shown as. */
export function toRefusal(error: unknown): Refusal {
  return error instanceof AskError ? error.refusal : refusalOf("INTERNAL", String(error));
}

async function send<Data>(
  path: string,
  method: string,
  body: object | null,
  { token, deployToken, signal }: Question,
): Promise<WireAnswer<Data>> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: "application/json",
      "apollographql-client-name": "console",
      ...(body === null ? {} : { "content-type": "application/json" }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(deployToken ? { "x-deploy-token": deployToken } : {}),
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new AskError({
      ...refusalOf("UNREACHABLE", "The gateway does not answer."),
      cause: "The connection failed, or the gateway is stopped.",
      remedy: "Check that the gateway runs, then try again.",
    });
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new AskError(refusalOf("UNREADABLE", `The answer of ${path} (${response.status}) is no JSON.`));
  }
}

function refusalOf(
  code: string,
  message: string,
  more: Partial<Pick<Refusal, "path" | "missing">> = {},
): Refusal {
  const { cause, remedy } = isErrorCode(code) ? explainError(code) : { cause: null, remedy: null };
  return { code, message, cause, remedy, path: [], missing: [], ...more };
}

function pick({
  cause = null,
  remedy = null,
}: {
  readonly cause?: string | null;
  readonly remedy?: string | null;
}) {
  return { cause, remedy };
}
