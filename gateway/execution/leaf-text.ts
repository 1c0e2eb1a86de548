import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
  getNamedType,
  isEnumType,
  isLeafType,
} from "graphql";

/**
 * How a leaf of one type becomes JSON text. `coerce` is result coercion as the GraphQL specification wants it
 * (§3.5, §3.9) and gives undefined for a value that does not fit; `text` writes what `coerce` gave.
 */
export interface LeafWriter {
  readonly kind: "string" | "int" | "float" | "boolean" | "enum" | "custom";
  readonly coerce: (value: unknown) => unknown;
  readonly text: (value: unknown) => string;
  /** The texts of all values there are, or null where there is no end of them. */
  readonly texts: ReadonlyMap<unknown, string> | null;
}

/** The writer for a scalar or enum type of the API schema; any JSON fits a custom scalar. */
export function leafWriter(type: GraphQLLeafType): LeafWriter {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]));
    return {
      kind: "enum",
      coerce: (value) => (typeof value === "string" && texts.has(value) ? value : undefined),
      text: jsonText,
      texts,
    };
  }
  return BUILT_IN.get(type.name) ?? { kind: "custom", coerce: (value) => value, text: jsonText, texts: null };
}

/** The leaf type that a field without a selection returns, in a list or not. */
export function leafOf(type: GraphQLOutputType): GraphQLLeafType {
  const named = getNamedType(type);
  if (!isLeafType(named))
    throw new TypeError("the operation is validated: composite fields have a selection");
  return named;
}

/** The JSON text of a value that came from JSON or from a mask; "null" for what JSON cannot say. */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? quote(value) : (JSON.stringify(value) ?? "null");
}

/** A string as JSON text. */
export function quote(value: string): string {
  return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** What JSON.stringify escapes: quotes, backslashes, control characters, lone surrogates (any surrogate here). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
export const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

function builtIn(kind: LeafWriter["kind"], type: GraphQLScalarType): [string, LeafWriter] {
  const coerce = (value: unknown): unknown => {
    try {
      return type.serialize(value);
    } catch {
      // The message of graphql-js repeats the value, which may be protected.
      return undefined;
    }
  };
  return [type.name, { kind, coerce, text: jsonText, texts: null }];
}

const BUILT_IN: ReadonlyMap<string, LeafWriter> = new Map([
  builtIn("string", GraphQLString),
  builtIn("string", GraphQLID),
  builtIn("int", GraphQLInt),
  builtIn("float", GraphQLFloat),
  builtIn("boolean", GraphQLBoolean),
]);
