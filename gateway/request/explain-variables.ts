import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";

/** Reasons that are told at most, and characters of each. */
const MAX_REASONS = 10;
const MAX_LENGTH = 150;

type Path = readonly (string | number)[];

/**
 * Says which variables do not fit their types, where, and what was expected. Never what was sent, which may be long or
 * secret, nor names that the client did not use, which may be hidden (hardening 76).
 */
export function explainVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  variables: Readonly<Record<string, unknown>>,
): string {
  const reasons: string[] = [];
  for (const definition of definitions) {
    const type = typeFromAST(schema, definition.type);
    const name = definition.variable.name.value;
    const value = variables[name];
    if (!isInputType(type) || (value === undefined && definition.defaultValue)) continue;
    const note = (path: Path, _value: unknown, { message }: { readonly message: string }): void => {
      if (reasons.length === MAX_REASONS) throw new EnoughReasons();
      reasons.push(`$${name}${placeOf(path)} ${reasonOf(message, typeAt(type, path))}`.slice(0, MAX_LENGTH));
    };
    try {
      if (value !== undefined || String(type).endsWith("!")) coerceInputValue(value ?? null, type, note);
    } catch (error) {
      if (!(error instanceof EnoughReasons)) throw error;
      break;
    }
  }
  return `The variables do not fit: ${reasons.join("; ")}.`;
}

/** Ends a search that would go on through a million items. */
class EnoughReasons extends Error {}

/** As `.lines[3].id`; names on a path are those of the schema's input fields. */
function placeOf(path: Path): string {
  return path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
}

function reasonOf(message: string, type: GraphQLInputType | undefined): string {
  const missing = /^Field "(\w+)" of required type /.exec(message);
  if (missing) return `lacks its field ${missing[1]}`;
  const named = type && getNamedType(type);
  if (isInputObjectType(named) && message.includes("is not defined by type"))
    return `has a field that ${named.name} does not have`;
  return `is not ${type ? `a valid ${String(type)}` : "as expected"}`;
}

function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType | undefined {
  let found: GraphQLInputType | undefined = type;
  for (const step of path) {
    const inner: GraphQLInputType | null | undefined = found && getNullableType(found);
    if (typeof step === "number") found = isListType(inner) ? inner.ofType : undefined;
    else found = isInputObjectType(inner) ? inner.getFields()[step]?.type : undefined;
  }
  return found;
}
