import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";
import type { JoinFacts } from "./read-join.ts";

/** Coordinates of all leaves that are part of the `@key` of an entity. */
export function keyFields(schema: GraphQLSchema, join: JoinFacts): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (type: GraphQLCompositeType, set: SelectionSetNode): void => {
    for (const node of set.selections) if (node.kind === Kind.FIELD) visitField(type, node);
  };
  const visitField = (type: GraphQLCompositeType, node: FieldNode): void => {
    const field = isUnionType(type) ? undefined : type.getFields()[node.name.value];
    const named = field && getNamedType(field.type);
    if (!field || !named) return;
    if (node.selectionSet && isCompositeType(named)) walk(named, node.selectionSet);
    else found.add(`${type.name}.${field.name}`);
  };
  for (const [name, keys] of join.keys) {
    const type = schema.getType(name);
    if (!isCompositeType(type)) continue;
    for (const key of keys) {
      const [definition] = parse(`{ ${key} }`, { noLocation: true }).definitions;
      if (definition?.kind === Kind.OPERATION_DEFINITION) walk(type, definition.selectionSet);
    }
  }
  return found;
}
