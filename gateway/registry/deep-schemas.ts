import { Lexer, Source, TokenKind } from "graphql";
import type { Finding } from "../supergraph/finding.ts";

/** Levels of brackets within each other. How many a parser can take depends on the stack of the thread that it runs in. */
const MAX_NESTING = 64;
const CHANGES: ReadonlyMap<string, number> = new Map([
  [TokenKind.PAREN_L, 1],
  [TokenKind.BRACKET_L, 1],
  [TokenKind.BRACE_L, 1],
  [TokenKind.PAREN_R, -1],
  [TokenKind.BRACKET_R, -1],
  [TokenKind.BRACE_R, -1],
]);

/**
 * Refuses a schema that is published now and nests deeper than every gateway can read: lists of lists, values, and
 * selections that a directive is given as text. It takes one pass and no recursion.
 */
export function deepSchemas({
  name,
  sdl,
}: {
  readonly name: string;
  readonly sdl: string;
}): readonly Finding[] {
  if (!nestsTooDeep(sdl)) return [];
  return [
    {
      severity: "error",
      code: "INVALID_GRAPHQL",
      coordinate: null,
      subgraphs: [name],
      message: `The schema of ${name} nests more than ${MAX_NESTING} deep.`,
      remedy: "Make its list types, values and selections shallower.",
    },
  ];
}

/** Of a text that is no GraphQL there is another error to read. */
function nestsTooDeep(text: string): boolean {
  const lexer = new Lexer(new Source(text));
  try {
    for (let depth = 0; lexer.advance().kind !== TokenKind.EOF; ) {
      const { kind, value, prev } = lexer.token;
      depth += CHANGES.get(kind) ?? 0;
      if (depth > MAX_NESTING) return true;
      // An argument's text, which a description is not: it stands before what it describes.
      if (prev?.kind === TokenKind.COLON && value !== undefined && opensTooMany(value)) return true;
    }
  } catch {
    return false;
  }
  return false;
}

function opensTooMany(text: string): boolean {
  let depth = 0;
  for (const bracket of text.match(/[{}]/g) ?? []) {
    depth += bracket === "{" ? 1 : -1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}
