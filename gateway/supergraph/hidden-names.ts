import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import type { Supergraph } from "./supergraph.ts";

/** Tells what of a supergraph clients do not know: what their API leaves out, and what composition added. */
export interface HiddenNames {
  /** Whether clients know the place: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  readonly isVisible: (coordinate: string) => boolean;
  /**
   * Whether a text about a place names something hidden. In doubt it does: a word that names a hidden member of the
   * type of the place, and no visible one, counts wherever it stands.
   */
  readonly isRevealing: (text: string, coordinate: string) => boolean;
}

/**
 * Compares what is served with what clients see; once per generation and API.
 *
 * @param known what they see: the whole API, or a contract's
 */
export function hiddenNames(
  { schema, apiSchema }: Supergraph,
  known: GraphQLSchema = apiSchema,
): HiddenNames {
  const made = remembered.get(known) ?? compare(schema, known);
  remembered.set(known, made);
  return made;
}

const remembered = new WeakMap<GraphQLSchema, HiddenNames>();

function compare(schema: GraphQLSchema, apiSchema: GraphQLSchema): HiddenNames {
  const visible = new Set(places(apiSchema));
  const visibleWords = new Set([...visible].flatMap(wordsOf));
  const hidden = new Set([...places(schema)].filter((place) => !visible.has(place)));
  const hiddenWords = new Set([...hidden].flatMap(wordsOf).filter((word) => !visibleWords.has(word)));
  const isVisible = (coordinate: string) => coordinate === "schema" || visible.has(coordinate);
  return {
    isVisible,
    isRevealing: (text, coordinate) => {
      const [type = ""] = coordinate.split(".");
      const named = text.match(/\w+(?:\.\w+)?/g) ?? [];
      return named.some(
        (name) =>
          hidden.has(name) ||
          wordsOf(name).some((word) => hiddenWords.has(word) || hidden.has(`${type}.${word}`)),
      );
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\w+/g) ?? [];
}

function* places(schema: GraphQLSchema): Generator<string> {
  for (const type of Object.values(schema.getTypeMap())) {
    yield type.name;
    yield* members(type);
  }
}

function* members(type: GraphQLNamedType): Generator<string> {
  if (isEnumType(type)) for (const { name } of type.getValues()) yield `${type.name}.${name}`;
  if (isInputObjectType(type)) for (const name of Object.keys(type.getFields())) yield `${type.name}.${name}`;
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const { name, args } of Object.values(type.getFields())) {
    yield `${type.name}.${name}`;
    for (const argument of args) yield `${type.name}.${name}(${argument.name}:)`;
  }
}
