/** The value of a leaf's text, which a reader has found to be JSON: most are strings without an escape. */
export function readLeaf(text: string): unknown {
  return text.charCodeAt(0) === QUOTE && !text.includes("\\") ? text.slice(1, -1) : JSON.parse(text);
}

const QUOTE = 34;
