import type { SafeList } from "../request/safe-list.ts";
import { nestsTooDeep } from "./json-nesting.ts";

/** An operation as a client sends it in the plain form: text, name and variables, nothing else. */
export interface SentOperation {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads the JSON of a POST. Null for everything that is not the plain form (batches, persisted queries, wrong
 * types, keys that only an attacker sends): Apollo Server knows what to say about it.
 *
 * @param safeList has the texts that clients name by `documentId`
 */
export function readSentOperation(text: string, safeList: SafeList | null): SentOperation | null {
  if (SUSPICIOUS.some((part) => text.includes(part)) || nestsTooDeep(text)) return null;
  const body = parse(text);
  if (!isRecord(body)) return null;
  const { documentId, operationName = null, variables = null, extensions = null } = body;
  const query = typeof documentId === "string" ? (body.query ?? safeList?.textOf(documentId)) : body.query;
  if (typeof query !== "string" || !(operationName === null || typeof operationName === "string"))
    return null;
  if (!(variables === null || isRecord(variables))) return null;
  if (!(extensions === null || (isRecord(extensions) && Object.keys(extensions).length === 0))) return null;
  return { query, operationName, variables: variables ?? NO_VARIABLES };
}

/** Keys that Fastify refuses, and the escapes they can be written with. */
const SUSPICIOUS = ["__proto__", "constructor", "\\u"];
const NO_VARIABLES = Object.freeze({});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
