import { astFromDirective } from "@graphql-tools/utils";
import {
  assertValidSchema,
  type DefinitionNode,
  type GraphQLNamedType,
  GraphQLSchema,
  isIntrospectionType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  parse,
  print,
  printType,
} from "graphql";
import { SchemaBuilder } from "./schema-builder.ts";

/** A valid schema as SDL, in pieces of whole definitions. */
export interface SchemaText {
  readonly pieces: readonly string[];
  readonly description: string | null;
  readonly query: string | null;
  readonly mutation: string | null;
  readonly subscription: string | null;
}

/** Characters of a piece: a few milliseconds to parse. */
const PIECE = 20_000;

/** Writes a schema down. @throws an error that says why the schema is not valid */
export function writeSchema(schema: GraphQLSchema): SchemaText {
  assertValidSchema(schema);
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isSpecifiedScalarType(type) && !isIntrospectionType(type),
  );
  const directives = schema
    .getDirectives()
    .filter((directive) => !isSpecifiedDirective(directive))
    .map((directive) => print(astFromDirective(directive, schema)));
  return {
    pieces: inPieces([...directives, ...types.map(printType)]),
    description: schema.description ?? null,
    query: schema.getQueryType()?.name ?? null,
    mutation: schema.getMutationType()?.name ?? null,
    subscription: schema.getSubscriptionType()?.name ?? null,
  };
}

/** Definitions as SDL in pieces, each long enough to be worth it and short enough not to take long. */
export function inPieces(definitions: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const definition of definitions) {
    piece += `${definition}\n`;
    if (piece.length < PIECE) continue;
    pieces.push(piece);
    piece = "";
  }
  return piece === "" ? pieces : [...pieces, piece];
}

/** The definitions of {@link inPieces}, in steps. */
function* parsePieces(pieces: readonly string[]): Generator<void, readonly DefinitionNode[], void> {
  const definitions: DefinitionNode[] = [];
  for (const piece of pieces) {
    definitions.push(...parse(piece, { noLocation: true }).definitions);
    yield;
  }
  return definitions;
}

/**
 * The schema that was written down, in steps of a few milliseconds, which `buildASTSchema` cannot be divided into.
 * It is not validated again.
 */
export function* readSchema(text: SchemaText): Generator<void, GraphQLSchema, void> {
  const builder = new SchemaBuilder(yield* parsePieces(text.pieces));
  for (const type of builder.types()) {
    resolve(type);
    yield;
  }
  return new GraphQLSchema({
    description: text.description,
    types: builder.types(),
    directives: builder.directives(),
    query: builder.root(text.query),
    mutation: builder.root(text.mutation),
    subscription: builder.root(text.subscription),
    assumeValid: true,
  });
}

/** Has a type work out what it does when it is first asked. */
function resolve(type: GraphQLNamedType): void {
  if ("getFields" in type) type.getFields();
  if ("getInterfaces" in type) type.getInterfaces();
  if ("getTypes" in type) type.getTypes();
}
