import { type DocumentNode, Kind, Lexer, Source, TokenKind, visit } from "graphql";
import { MAX_TEXT, type SentText } from "../../shared/known-operation.ts";
import type { PreparedOperation } from "../request/prepare-operation.ts";
import { plainNames } from "./plain-names.ts";

/**
 * The text of an operation, for others to plan it ahead; null where it might say something about a person, or is long.
 * It may hold no value but those that schemas name (enum values, `true`, `false`, `null`) and lengths of pages, no
 * comment, and no name of the client's own (alias, variable, operation, fragment) but of words of what it asks for and
 * of everybody's. What differs from person to person comes in variables.
 *
 * @param coordinates what of the schema the operation uses
 */
export function repeatableText(
  {
    source,
    document,
    operationName,
    contract,
  }: Pick<PreparedOperation, "source" | "document" | "operationName" | "contract">,
  coordinates: readonly string[],
): SentText | null {
  if (source.length > MAX_TEXT || hasValues(document) || hasComment(source)) return null;
  const isPlain = plainNames([...namesOfSchema(document), ...coordinates]);
  if (![...namesOfClient(document)].every(isPlain)) return null;
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

/** Those that validation found in the schema. */
function namesOfSchema(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = ({ name }: { readonly name: { readonly value: string } }) => void names.add(name.value);
  visit(document, {
    Field: add,
    Argument: add,
    ObjectField: add,
    NamedType: add,
    EnumValue: ({ value }) => void names.add(value),
  });
  return names;
}

/** Those that whoever wrote the text was free to choose. */
function namesOfClient(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: { readonly value: string } | undefined) => {
    if (name) names.add(name.value);
  };
  visit(document, {
    Field: ({ alias }) => add(alias),
    Variable: ({ name }) => add(name),
    OperationDefinition: ({ name }) => add(name),
    FragmentDefinition: ({ name }) => add(name),
    FragmentSpread: ({ name }) => add(name),
  });
  return names;
}

function hasComment(source: string): boolean {
  const lexer = new Lexer(new Source(source));
  while (lexer.advance().kind !== TokenKind.EOF)
    if (lexer.token.prev?.kind === TokenKind.COMMENT) return true;
  return lexer.token.prev?.kind === TokenKind.COMMENT;
}
