import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

const JSON_TYPE = "application/json; charset=utf-8";
const RESPONSE_TYPE = "application/graphql-response+json; charset=utf-8";

/** Clients send few different Accept headers; who sends many shall not fill the memory. */
const known = new LRUCache<string, { readonly mediaType: string | null }>({ max: 200 });
const MAX_LENGTH = 500;

/**
 * The media type of a response for an Accept header, as Apollo Server chooses it: the legacy type where the
 * client does not prefer the other one; null where it accepts neither.
 */
export function chooseMediaType(accept: string | undefined): string | null {
  if (accept === undefined || accept === "") return JSON_TYPE;
  if (accept.length > MAX_LENGTH) return negotiate(accept);
  const answer = known.get(accept) ?? { mediaType: negotiate(accept) };
  known.set(accept, answer);
  return answer.mediaType;
}

function negotiate(accept: string): string | null {
  const negotiator = new Negotiator({ headers: { accept } });
  return negotiator.mediaType([JSON_TYPE, RESPONSE_TYPE]) ?? null;
}
