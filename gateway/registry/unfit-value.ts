/** What is said of a request with {@link isUnfitValue}. */
export const UNFIT_VALUE =
  "The request has a character or a number that cannot be kept, or names that together are too long.";

/**
 * Whether Postgres refused a value that no table holds: a NUL in a text, a number without a place (its class 22), a key of
 * more bytes than an index takes (54000).
 */
export function isUnfitValue(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(22\w{3}|54000)$/.test(String(error.code));
}
