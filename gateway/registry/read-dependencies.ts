import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";
import type { JoinedField, JoinFacts } from "./read-join.ts";

/** A field that a subgraph computes from others, and everything that it reads for that. */
export interface Dependency {
  readonly type: string;
  readonly field: string;
  readonly subgraph: string;
  readonly directive: "@requires" | "@fromContext";
  /** Fields by their parents; a null field is a type that is only asked for by a type condition. */
  readonly reads: readonly { readonly type: string; readonly field: string | null }[];
}

/** All uses of `@requires` and `@fromContext` in a supergraph, with their selections followed to the leaves. */
export function readDependencies(schema: GraphQLSchema, join: JoinFacts): readonly Dependency[] {
  return join.fields.flatMap((item) => [
    ...item.requires.map(({ subgraph, fields }) =>
      dependency(item, subgraph, "@requires", reads(schema, [item.type], fields)),
    ),
    ...item.fromContext.map(({ subgraph, context, selection }) =>
      dependency(item, subgraph, "@fromContext", reads(schema, join.contexts.get(context) ?? [], selection)),
    ),
  ]);
}

function dependency(
  { type, name }: JoinedField,
  subgraph: string,
  directive: Dependency["directive"],
  found: Dependency["reads"],
): Dependency {
  return { type, field: name, subgraph, directive, reads: found };
}

function reads(schema: GraphQLSchema, types: readonly string[], selection: string): Dependency["reads"] {
  const found = new Map<string, Dependency["reads"][number]>();
  const braced = selection.trim().startsWith("{") ? selection : `{ ${selection} }`;
  const [definition] = parse(braced, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  const add = (type: string, field: string | null) => found.set(`${type}.${field ?? ""}`, { type, field });
  const walk = (type: GraphQLCompositeType, set: SelectionSetNode): void => {
    add(type.name, null);
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const condition = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type;
        if (isCompositeType(condition)) walk(condition, node.selectionSet);
      } else if (node.kind === Kind.FIELD) {
        const field = isUnionType(type) ? undefined : type.getFields()[node.name.value];
        if (!field) continue;
        add(type.name, field.name);
        const named = getNamedType(field.type);
        if (node.selectionSet && isCompositeType(named)) walk(named, node.selectionSet);
      }
    }
  };
  for (const name of types) {
    const type = schema.getType(name);
    if (isCompositeType(type)) walk(type, definition.selectionSet);
  }
  return [...found.values()];
}
