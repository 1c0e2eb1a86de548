import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
} from "graphql";
import type { LeafKind, ListPlace, ListSibling } from "../../shared/placement.ts";
import type { JoinFacts } from "./read-join.ts";

/** The lists in which objects of a type are delivered: `[Order]`, or `[OrderEdge]` with an `Order` in each. */
export function listPlaces(
  schema: GraphQLSchema,
  join: JoinFacts,
  type: GraphQLObjectType,
): readonly ListPlace[] {
  const owners = Object.values(schema.getTypeMap()).filter(isObjectType);
  const wrappers = owners.filter(
    (owner) =>
      !join.keys.has(owner.name) &&
      !isRoot(schema, owner) &&
      fieldsOf(owner).some((field) => !isList(field.type) && holds(schema, field.type, type)),
  );
  return owners.flatMap((owner) =>
    fieldsOf(owner)
      .filter(
        (field) => isList(field.type) && [type, ...wrappers].some((item) => holds(schema, field.type, item)),
      )
      .map((field) => ({
        coordinate: `${owner.name}.${field.name}`,
        subgraphs: resolvers(join, owner.name, field.name),
        isPage: !join.keys.has(owner.name) && !isRoot(schema, owner),
        siblings: fieldsOf(owner)
          .filter((item) => item !== field)
          .map((item) => siblingOf(join, owner.name, item)),
      })),
  );
}

function fieldsOf(type: GraphQLObjectType): readonly GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields());
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

function holds(schema: GraphQLSchema, declared: GraphQLOutputType, type: GraphQLObjectType): boolean {
  const named = getNamedType(declared);
  return named === type || (isAbstractType(named) && schema.isSubType(named, type));
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return type === schema.getQueryType() || type === schema.getMutationType();
}

function resolvers(join: JoinFacts, type: string, field: string): readonly string[] {
  return join.fields.find((item) => item.type === type && item.name === field)?.subgraphs ?? [];
}

function siblingOf(join: JoinFacts, type: string, field: GraphQLField<unknown, unknown>): ListSibling {
  const named = getNamedType(field.type);
  const leafKind: LeafKind | null =
    named.name === "Int" || named.name === "Float"
      ? named.name
      : isEnumType(named)
        ? "enum"
        : isScalarType(named)
          ? "custom"
          : null;
  return {
    coordinate: `${type}.${field.name}`,
    name: field.name,
    leafKind,
    subgraphs: resolvers(join, type, field.name),
  };
}
