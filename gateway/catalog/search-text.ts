/**
 * A text as it is searched: without accents and case, and names like `creditLimit` also as their words. Done here
 * because the databases sort by bytes and know no other alphabet.
 */
export function searchText(...texts: readonly (string | null | undefined)[]): string {
  const joined = texts.filter((text) => typeof text === "string").join(" ");
  const words = joined.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_.]/g, " ");
  return fold(`${joined} ${words}`);
}

/**
 * A question in the words of Postgres's `to_tsquery`: every word, from its beginning; null where there is none.
 * Nothing but letters and digits gets in, so that no question is a syntax error.
 */
export function searchQuery(question: string | null | undefined): string | null {
  const words = fold(question ?? "").match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, MAX_WORDS)
        .map((word) => `${word}:*`)
        .join(" & ");
}

const MAX_WORDS = 20;

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
