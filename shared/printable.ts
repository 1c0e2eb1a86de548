/**
 * What moves a cursor, colours a terminal, breaks a line or turns the direction of text: controls, line and
 * paragraph separators, bidirectional and invisible format characters, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** What a cut leaves of a character beyond the basic plane. */
const HALF_A_PAIR = /[\ud800-\udbff]$/;

/** Nearly every text there is. */
const PLAIN = /^[ -~]*$/;

/**
 * A text as it can be written to a log or a terminal: unsafe characters become `\u{1b}`, and what is longer than
 * `maxLength` ends with `…`. What comes out is well-formed Unicode without NUL, which databases insist on.
 */
export function printable(text: string, maxLength = 200): string {
  if (text.length <= maxLength && PLAIN.test(text)) return text;
  const safe = text
    .slice(0, maxLength + 1)
    .replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1).replace(HALF_A_PAIR, "")}…` : safe;
}
