import { type DocumentNode, Kind, Lexer, Source, TokenKind, visit } from "graphql";
import { namesOfClient, namesOfSchema } from "./operation-names.ts";
import { plainNames } from "./plain-names.ts";

/**
 * True for the text of an operation that says nothing about a person: it holds no value but those that schemas name
 * (enum values, `true`, `false`, `null`) and lengths of pages, no comment, and no name of the client's own (alias,
 * variable, operation, fragment) but of words of what it asks for and of everybody's. What differs from person to
 * person comes in variables.
 *
 * @param document what the text says; its fields are the schema's
 * @param coordinates what of the schema the operation uses
 */
export function isRepeatable(
  source: string,
  document: DocumentNode,
  coordinates: readonly string[],
): boolean {
  if (hasValues(document) || hasComment(source)) return false;
  const isPlain = plainNames([...namesOfSchema(document), ...coordinates]);
  return [...namesOfClient(document)].every(isPlain);
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

/** True where a text holds a comment. */
export function hasComment(source: string): boolean {
  const lexer = new Lexer(new Source(source));
  while (lexer.advance().kind !== TokenKind.EOF)
    if (lexer.token.prev?.kind === TokenKind.COMMENT) return true;
  return lexer.token.prev?.kind === TokenKind.COMMENT;
}
