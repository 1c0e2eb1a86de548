import type { IncomingHttpHeaders } from "node:http";

/** Names, in lower case, and values of the headers of a request that some subgraph is to get, one after the other. */
export type ForwardHeaders = (headers: IncomingHttpHeaders) => readonly string[];

const NONE: readonly string[] = Object.freeze([]);

/**
 * Takes from requests the headers that any subgraph is to get.
 *
 * @param names in lower case
 */
export function createForwardHeaders(names: ReadonlySet<string>): ForwardHeaders {
  if (names.size === 0) return () => NONE;
  const sorted = [...names].sort();
  return (headers) =>
    sorted.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [name, Array.isArray(value) ? value.join(", ") : value];
    });
}
