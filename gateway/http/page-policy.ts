/** Everything from this origin, nothing inline: a page works offline and cannot be made to load anything. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/**
 * The headers of a page of the gateway and of what it loads.
 *
 * @param more directives that this page needs beside those of all
 */
export function pageHeaders(...more: readonly string[]): Readonly<Record<string, string>> {
  return {
    "content-security-policy": [...POLICY, ...more].join("; "),
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
}
