import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isScalarType,
  isUnionType,
} from "graphql";
import type { DirectiveLocation, FieldFacts, LeafKind, Placement } from "../../shared/placement.ts";
import type { EffectiveRules, FieldOwner } from "../supergraph/effective-rules.ts";
import { keyFields } from "./key-fields.ts";
import { listPlaces } from "./list-places.ts";
import { protectedPlaces } from "./protected-places.ts";
import type { JoinFacts } from "./read-join.ts";
import { searchInputs } from "./search-inputs.ts";

/** Every place of a composed schema where a directive may stand, as lint rules see it. */
export function schemaPlaces(
  schema: GraphQLSchema,
  rules: EffectiveRules,
  join: JoinFacts,
): readonly Placement[] {
  const isProtected = protectedPlaces(schema, rules);
  const keys = keyFields(schema, join);
  const suggested = searchInputs(schema, isProtected);
  const usual = {
    type: null,
    leafKind: null,
    key: false,
    entity: false,
    isProtected: false,
    lists: [],
    suggests: [],
    fieldAt: (coordinate: string) => factsOf(schema, coordinate),
  };
  const place = (coordinate: string, location: DirectiveLocation, known: Partial<Placement>): Placement => ({
    ...usual,
    coordinate,
    name: coordinate.split(/[.(]/).at(-1)?.replace(":)", "") ?? coordinate,
    location,
    ...known,
  });
  const input = (coordinate: string, location: DirectiveLocation, type: GraphQLInputType): Placement =>
    place(coordinate, location, {
      type: String(type),
      leafKind: leafKindOf(type),
      suggests: suggested(coordinate),
    });
  const fieldPlaces = (type: FieldOwner, field: GraphQLField<unknown, unknown>): readonly Placement[] => {
    const coordinate = `${type.name}.${field.name}`;
    return [
      place(coordinate, "FIELD_DEFINITION", {
        type: String(field.type),
        leafKind: leafKindOf(field.type),
        key: keys.has(coordinate),
        isProtected: isProtected.field(type, field.name),
      }),
      ...field.args.map((item) => input(`${coordinate}(${item.name}:)`, "ARGUMENT_DEFINITION", item.type)),
    ];
  };
  const typePlaces = (type: GraphQLNamedType): readonly Placement[] => {
    const { name } = type;
    const own = place(name, locationOf(type), {
      leafKind: isLeafType(type) ? leafKindOf(type) : null,
      entity: isObjectType(type) && join.keys.has(name),
      isProtected: isProtected.type(type),
      lists: isObjectType(type) ? listPlaces(schema, join, type) : [],
    });
    if (isObjectType(type) || isInterfaceType(type))
      return [own, ...Object.values(type.getFields()).flatMap((field) => fieldPlaces(type, field))];
    if (isEnumType(type))
      return [
        own,
        ...type.getValues().map((value) => {
          const coordinate = `${name}.${value.name}`;
          return place(coordinate, "ENUM_VALUE", { suggests: suggested(coordinate) });
        }),
      ];
    if (!isInputObjectType(type)) return [own];
    const fields = Object.values(type.getFields());
    return [
      own,
      ...fields.map((field) => input(`${name}.${field.name}`, "INPUT_FIELD_DEFINITION", field.type)),
    ];
  };
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.includes("__"));
  return [place("schema", "SCHEMA", {}), ...types.flatMap(typePlaces)];
}

function locationOf(type: GraphQLNamedType): DirectiveLocation {
  if (isObjectType(type)) return "OBJECT";
  if (isInterfaceType(type)) return "INTERFACE";
  if (isUnionType(type)) return "UNION";
  if (isEnumType(type)) return "ENUM";
  return isScalarType(type) ? "SCALAR" : "INPUT_OBJECT";
}

const BUILT_IN: readonly LeafKind[] = ["String", "ID", "Int", "Float", "Boolean"];

function leafKindOf(declared: GraphQLInputType | GraphQLOutputType): LeafKind | null {
  const type = getNamedType(declared);
  if (isEnumType(type)) return "enum";
  return isScalarType(type) ? (BUILT_IN.find((name) => name === type.name) ?? "custom") : null;
}

function factsOf(schema: GraphQLSchema, coordinate: string): FieldFacts | null {
  const [typeName = "", fieldName = ""] = coordinate.split(".");
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return null;
  const field = type.getFields()[fieldName];
  if (!field) return null;
  return {
    type: String(field.type),
    leafKind: leafKindOf(field.type),
    hasRequiredArguments: field.args.some(isRequiredArgument),
  };
}
