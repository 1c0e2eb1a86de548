import { GraphQLError, parse } from "graphql";
import { LRUCache } from "lru-cache";
import { ClientError } from "../../shared/errors.ts";
import { type AdmissionLimits, admitDocument } from "../request/admit.ts";
import type { SafeList } from "../request/safe-list.ts";
import { MAX_JSON_NESTING, nestsTooDeep } from "./json-nesting.ts";
import { withListedText } from "./listed-text.ts";

export interface BodyLimits extends AdmissionLimits {
  readonly tokens: number;
  /** Operations of one batch; 0 where batches are not served. */
  readonly batch: number;
}

/** Looks at what a request asks for before the GraphQL server does; gives it back as that reads it. */
export type AdmitBody = (sent: unknown) => unknown;

/** Characters of texts that are remembered as admitted. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Refuses what is too large to be validated: validation takes more than linear time for some documents, and nothing
 * ends it. What does not parse is left to the GraphQL server, which says where.
 *
 * @returns a function of a request's parsed body or query string; throws ClientError OPERATION_TOO_COMPLEX,
 *   OPERATION_INVALID or RESERVED_ALIAS
 */
export function createAdmitBody(limits: BodyLimits, safeList: SafeList | null): AdmitBody {
  const admitted = new LRUCache<string, true>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  const admitText = (text: string, tokens: number): void => {
    safeList?.admitText(text);
    if (admitted.has(text)) return;
    admitOperation(text, limits, tokens);
    admitted.set(text, true);
  };
  return (given) => {
    if (!Array.isArray(given)) {
      const sent = withListedText(given, safeList);
      admitSent(sent, (text) => admitText(text, limits.tokens));
      return sent;
    }
    if (limits.batch === 0) return given;
    const sent = given.map((item) => withListedText(item, safeList));
    if (sent.length > limits.batch) throw tooManyOperations(sent.length, limits.batch);
    // Together they are validated in one go, so they share what one operation may have.
    const tokens = Math.floor(limits.tokens / Math.max(1, sent.length));
    for (const item of sent)
      admitSent(item, (text) => {
        safeList?.admitText(text);
        admitOperation(text, limits, tokens);
      });
    return sent;
  };
}

/** What nests too deep in a parameter of a URL; bodies are looked at before they are parsed. */
function admitSent(sent: unknown, admitText: (text: string) => void): void {
  if (typeof sent !== "object" || sent === null) return;
  if ("query" in sent && typeof sent.query === "string") admitText(sent.query);
  if ("variables" in sent) refuseNestedText(sent.variables);
  if ("extensions" in sent) refuseNestedText(sent.extensions);
}

/** @throws ClientError OPERATION_TOO_COMPLEX for a JSON text that is nested too deep */
export function refuseNestedText(text: unknown): void {
  if (typeof text !== "string" || !nestsTooDeep(text)) return;
  throw new ClientError("OPERATION_TOO_COMPLEX", `The JSON nests more than ${MAX_JSON_NESTING} deep.`, {
    limit: "nesting",
    maximum: MAX_JSON_NESTING,
  });
}

function admitOperation(text: string, limits: BodyLimits, maxTokens: number): void {
  try {
    admitDocument(parse(text, { maxTokens, noLocation: true }), limits);
  } catch (error) {
    if (error instanceof RangeError)
      throw new ClientError("OPERATION_TOO_COMPLEX", "The operation is nested too deep to be read.");
    if (!(error instanceof GraphQLError)) throw error;
    if (!/more tha[nt] \d+ tokens/.test(error.message)) return;
    throw new ClientError("OPERATION_TOO_COMPLEX", `The operation has more than ${maxTokens} tokens.`, {
      limit: "tokens",
      maximum: maxTokens,
    });
  }
}

function tooManyOperations(measured: number, maximum: number): ClientError {
  const text = `The batch has ${measured} operations; ${maximum} are allowed (limits.batch).`;
  return new ClientError("OPERATION_TOO_COMPLEX", text, { limit: "batch", measured, maximum });
}
