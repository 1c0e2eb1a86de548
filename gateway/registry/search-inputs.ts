import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from "graphql";
import type { ProtectedPlaces } from "./protected-places.ts";

/**
 * For arguments, input fields and enum values of searches, protected fields that their names speak of:
 * `salary`, `minSalary` and `SALARY_DESC` speak of a field `salary`. Inputs of mutations alone search nothing.
 */
export function searchInputs(
  schema: GraphQLSchema,
  isProtected: ProtectedPlaces,
): (coordinate: string) => readonly string[] {
  const hidden = protectedLeaves(schema, isProtected);
  const searched = new Set<GraphQLNamedInputType>();
  const found = new Map<string, readonly string[]>();
  const add = (coordinate: string, name: string): void => {
    const words = new Set(wordsOf(name));
    const fields = hidden.filter((item) => item.words.every((word) => words.has(word)));
    if (fields.length > 0)
      found.set(
        coordinate,
        fields.map((item) => item.coordinate),
      );
  };
  const search = (declared: GraphQLInputType): void => {
    const type = getNamedType(declared);
    if (searched.has(type)) return;
    searched.add(type);
    if (isEnumType(type)) for (const { name } of type.getValues()) add(`${type.name}.${name}`, name);
    if (!isInputObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      add(`${type.name}.${field.name}`, field.name);
      search(field.type);
    }
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if ((!isObjectType(type) && !isInterfaceType(type)) || type === schema.getMutationType()) continue;
    for (const field of Object.values(type.getFields()))
      for (const argument of field.args) {
        add(`${type.name}.${field.name}(${argument.name}:)`, argument.name);
        search(argument.type);
      }
  }
  return (coordinate) => found.get(coordinate) ?? [];
}

function protectedLeaves(schema: GraphQLSchema, isProtected: ProtectedPlaces) {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.includes("__")
      ? Object.values(type.getFields())
          .filter((field) => isLeafType(getNamedType(field.type)) && isProtected.field(type, field.name))
          .map((field) => ({ coordinate: `${type.name}.${field.name}`, words: wordsOf(field.name) }))
      : [],
  );
}

/** The words of a name in camel case or upper case, in lower case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split("_")
    .filter((word) => word !== "");
}
