/** Words that programmers use in names, whatever the API is about; none of them says who somebody is. */
const EVERYBODYS = new Set(
  `get list find fetch load read show view search lookup query mutation subscription create add new update set edit
  change delete remove cancel save submit check count sum total
  all any my me own other more less most no not only with without by for of from to in on at as and or the this that
  is has can do if when per each between
  first last next previous prev before after current latest recent top main default second third
  page pages paged size limit offset cursor start end filter filters sort order input output argument arguments
  id ids key keys name names code codes item items node nodes edge edges row rows entry entries element elements
  field fields fragment part parts full basic short long brief summary overview detail details info data meta
  result results response request value values type types kind kinds status state include skip
  app web mobile home screen dashboard panel report card table form dialog header footer menu widget component`.split(
    /\s+/,
  ),
);

/** Coordinates that are looked at: an interface may have tens of thousands behind it. */
const MAX_COORDINATES = 2000;

/**
 * Tells names that are made of nothing but words of an API and {@link EVERYBODYS}, so that none can hold a person's name
 * or number: `openOrders` where there are orders that may be open, never `maria_example_com`.
 *
 * @param names names of the schema, or coordinates
 */
export function plainNames(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.slice(0, MAX_COORDINATES).flatMap(wordsOf));
  const isKnown = (word: string): boolean =>
    EVERYBODYS.has(word) || [word, `${word}s`, word.replace(/s$/, "")].some((form) => known.has(form));
  return (name) => {
    const words = wordsOf(name);
    return words.length > 0 && words.every(isKnown);
  };
}

/** `customerIDs_2` → customer, ids, 2. */
function wordsOf(name: string): readonly string[] {
  const words = name.match(/[A-Z]+s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return words.map((word) => word.toLowerCase());
}
