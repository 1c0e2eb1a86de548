/**
 * A text as it is searched: without accents and case, and names like `creditLimit` also as their words. Done here
 * because the databases sort by bytes and know no other alphabet. Words are cut at 200 characters, as Postgres reads one of
 * 60 kB such as `a_b_c…` for more than ten seconds, in which the catalog of all would wait. Of a text that is too long for a `tsvector`, each word
 * once, as far as there is room.
 */
export function searchText(...texts: readonly (string | null | undefined)[]): string {
  const joined = texts.filter((text) => typeof text === "string").join(" ");
  const words = joined.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_.]/g, " ");
  const whole = fold(`${joined} ${words}`).replace(/\S{201,}/g, (word) => word.slice(0, 200));
  return Buffer.byteLength(whole) <= MAX_BYTES ? whole : cut([...new Set(whole.split(/\s+/))].join(" "));
}

/**
 * A `tsvector` takes 1 MB, with up to seven bytes beside each word, and the three of a product are one: `a b c` and
 * `a-b-c` become several times as long in it.
 */
const MAX_BYTES = 60_000;

/** Between two words, or within one that alone is too long. */
function cut(text: string): string {
  const fitting = Buffer.from(text).subarray(0, MAX_BYTES).toString("utf8");
  return fitting.slice(0, fitting.lastIndexOf(" "));
}

/** A question in the words of Postgres's `to_tsquery`. */
export interface SearchQuery {
  /** Every word, from its beginning. */
  readonly all: string;
  /** One of them, single letters left out. */
  readonly any: string;
}

/**
 * What is asked for; null where there is no word. Nothing but letters and digits gets in, so that no question is a
 * syntax error.
 */
export function searchQuery(question: string | null | undefined): SearchQuery | null {
  const words = (fold(question ?? "").match(/[\p{L}\p{N}]{1,200}/gu) ?? []).slice(0, MAX_WORDS);
  if (words.length === 0) return null;
  const telling = words.filter((word) => word.length > 1);
  const join = (some: readonly string[], operator: string) =>
    some.map((word) => `${word}:*`).join(` ${operator} `);
  return { all: join(words, "&"), any: join(telling.length === 0 ? words : telling, "|") };
}

const MAX_WORDS = 20;

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
