/**
 * A value as JSON that Postgres takes into its own types: U+0000 and halves of characters, which JSON may hold and a text of
 * Postgres may not, become U+FFFD.
 */
export function jsonText(value: object): string {
  // Whole escapes, so that a backslash that is escaped itself begins none. Only halves are escaped as \ud800 to \udfff.
  return JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (written) =>
    UNSTORABLE.test(written) ? "\\ufffd" : written,
  );
}

const UNSTORABLE = /^\\u(?:0000|d[89a-f])/;
