import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from "graphql";
import type { DirectiveLocation } from "../../shared/placement.ts";

/** A directive where it stands in a schema document. */
export interface PlacedDirective {
  /** `schema`, `Type`, `Type.field`, `Type.field(argument:)`, `Type.inputField`, `Enum.VALUE`. */
  readonly coordinate: string;
  readonly location: DirectiveLocation;
  readonly node: ConstDirectiveNode;
}

/** All applied directives of a schema document. Root types with other names count as Query and Mutation. */
export function listPlacements(document: DocumentNode): readonly PlacedDirective[] {
  const roots = rootTypeNames(document);
  return document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION)
      return at("schema", "SCHEMA", definition.directives);
    if (!isTypeNode(definition)) return [];
    const name = roots.get(definition.name.value) ?? definition.name.value;
    return [
      ...at(name, LOCATIONS[definition.kind], definition.directives),
      ...memberPlacements(name, definition),
    ];
  });
}

type TypeNode = TypeDefinitionNode | TypeExtensionNode;

/** Whether a definition defines or extends a type. */
export function isTypeNode(node: DefinitionNode): node is TypeNode {
  return Object.hasOwn(LOCATIONS, node.kind);
}

const LOCATIONS: Readonly<Record<TypeNode["kind"], DirectiveLocation>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: "OBJECT",
  [Kind.OBJECT_TYPE_EXTENSION]: "OBJECT",
  [Kind.INTERFACE_TYPE_DEFINITION]: "INTERFACE",
  [Kind.INTERFACE_TYPE_EXTENSION]: "INTERFACE",
  [Kind.UNION_TYPE_DEFINITION]: "UNION",
  [Kind.UNION_TYPE_EXTENSION]: "UNION",
  [Kind.SCALAR_TYPE_DEFINITION]: "SCALAR",
  [Kind.SCALAR_TYPE_EXTENSION]: "SCALAR",
  [Kind.ENUM_TYPE_DEFINITION]: "ENUM",
  [Kind.ENUM_TYPE_EXTENSION]: "ENUM",
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: "INPUT_OBJECT",
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: "INPUT_OBJECT",
};

function memberPlacements(type: string, node: TypeNode): readonly PlacedDirective[] {
  if ("values" in node)
    return (node.values ?? []).flatMap((item) =>
      at(`${type}.${item.name.value}`, "ENUM_VALUE", item.directives),
    );
  if (!("fields" in node)) return [];
  return (node.fields ?? []).flatMap((field) => {
    const coordinate = `${type}.${field.name.value}`;
    if (field.kind === Kind.INPUT_VALUE_DEFINITION)
      return at(coordinate, "INPUT_FIELD_DEFINITION", field.directives);
    return [
      ...at(coordinate, "FIELD_DEFINITION", field.directives),
      ...(field.arguments ?? []).flatMap((item) =>
        at(`${coordinate}(${item.name.value}:)`, "ARGUMENT_DEFINITION", item.directives),
      ),
    ];
  });
}

function at(
  coordinate: string,
  location: DirectiveLocation,
  nodes: readonly ConstDirectiveNode[] | undefined,
): readonly PlacedDirective[] {
  return (nodes ?? []).map((node) => ({ coordinate, location, node }));
}

/** Names of the schema's own root types → the names the supergraph gives them. */
export function rootTypeNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const { operation, type } of definition.operationTypes ?? [])
      names.set(type.name.value, `${operation[0]?.toUpperCase()}${operation.slice(1)}`);
  }
  return names;
}
