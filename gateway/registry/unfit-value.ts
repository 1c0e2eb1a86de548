/** What is said of a request with {@link isUnfitValue}. */
export const UNFIT_VALUE = "The request has a character or a number that cannot be kept.";

/** Whether Postgres refused a value that no table holds (its class 22): a NUL in a text, a number without a place. */
export function isUnfitValue(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^22\w{3}$/.test(String(error.code));
}
