/** Levels of lists and objects within each other in what a client sends as JSON. */
export const MAX_JSON_NESTING = 200;

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = [91, 123];
const CLOSING = [93, 125];

/**
 * Whether a JSON text nests deeper than is accepted: found in one pass, before a parser spends seconds on it
 * (hardening.md §0). Texts that are no JSON get any answer.
 */
export function nestsTooDeep(text: string): boolean {
  if (!opensMany(text)) return false;
  const [list, object] = OPENING;
  const [endOfList, endOfObject] = CLOSING;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index + 1);
    else if (code === list || code === object) {
      depth += 1;
      if (depth > MAX_JSON_NESTING) return true;
    } else if (code === endOfList || code === endOfObject) depth -= 1;
  }
  return false;
}

/** Whether there are enough brackets to nest too deep, strings included: hardly any request has so many. */
function opensMany(text: string): boolean {
  let count = 0;
  for (const bracket of ["[", "{"])
    for (let index = text.indexOf(bracket); index !== -1; index = text.indexOf(bracket, index + 1)) {
      count += 1;
      if (count > MAX_JSON_NESTING) return true;
    }
  return false;
}

/** Index of the quote that ends the string, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) return index;
  }
  return text.length;
}
