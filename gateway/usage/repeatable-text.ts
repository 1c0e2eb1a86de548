import { type DocumentNode, Kind, Lexer, Source, TokenKind, visit } from "graphql";
import { MAX_TEXT, type SentText } from "../../shared/known-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";

/**
 * The text of an operation, for others to plan it ahead; null where it might say something about a person, or is long.
 * It may hold no value but those that schemas name (enum values, `true`, `false`, `null`) and lengths of pages, no
 * comment, and no name that looks as if it held a number of somebody's. What differs from person to person comes in variables.
 */
export function repeatableText({
  source,
  document,
  operationName,
  contract,
}: PreparedOperation): SentText | null {
  if (source.length > MAX_TEXT || hasValues(document) || hasComment(source)) return null;
  return { source, isNamed: operationName !== null, contract: contract.name };
}

const PAGE_LENGTHS = new Set(["first", "last"]);
const NUMBER = /\d{4}/;

function hasValues(document: DocumentNode): boolean {
  let found = false;
  const find = () => {
    found = true;
  };
  visit(document, {
    StringValue: find,
    IntValue: find,
    FloatValue: find,
    Argument: ({ name, value }) =>
      PAGE_LENGTHS.has(name.value) && value.kind === Kind.INT && !NUMBER.test(value.value)
        ? false
        : undefined,
    Name: ({ value }) => {
      if (NUMBER.test(value) || value === "__schema" || value === "__type") found = true;
    },
  });
  return found;
}

function hasComment(source: string): boolean {
  const lexer = new Lexer(new Source(source));
  while (lexer.advance().kind !== TokenKind.EOF)
    if (lexer.token.prev?.kind === TokenKind.COMMENT) return true;
  return lexer.token.prev?.kind === TokenKind.COMMENT;
}
