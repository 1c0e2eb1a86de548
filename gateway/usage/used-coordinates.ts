import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  TypeInfo,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from "graphql";

/**
 * What an operation uses of the API schema: every `Type` that it touches, `Type.field` and `Type.field(argument:)`
 * (on an interface also those of the objects that may come back), `Input.field` and `Enum.VALUE` of literals, and
 * `Input.*` or `Enum.*` where any of them may come: in a variable, or in an answer.
 *
 * @param document valid; one operation with the fragments that it uses
 */
export function usedCoordinates(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = {
    Field: () => {
      const parent = types.getParentType();
      const field = types.getFieldDef();
      if (!parent || !field || field.name.startsWith("__")) return;
      for (const { name } of holders(schema, parent, field.name))
        found.add(name).add(`${name}.${field.name}`);
      const returned = getNamedType(field.type);
      found.add(returned.name);
      if (isEnumType(returned)) found.add(`${returned.name}.*`);
    },
    Argument: () => {
      const parent = types.getParentType();
      const field = types.getFieldDef();
      const argument = types.getArgument();
      if (types.getDirective() || !parent || !field || !argument) return;
      found.add(getNamedType(argument.type).name);
      for (const { name } of holders(schema, parent, field.name))
        found.add(`${name}.${field.name}(${argument.name}:)`);
    },
    ObjectField: (node: { readonly name: { readonly value: string } }) => {
      const input = getNamedType(types.getParentInputType());
      const type = getNamedType(types.getInputType());
      if (isInputObjectType(input)) found.add(input.name).add(`${input.name}.${node.name.value}`);
      if (type) found.add(type.name);
    },
    EnumValue: (node: { readonly value: string }) => {
      const type = getNamedType(types.getInputType());
      if (isEnumType(type)) found.add(`${type.name}.${node.value}`);
    },
    VariableDefinition: (node: VariableDefinitionNode) => {
      addInputs(schema.getType(namedTypeOf(node)), found);
      return false;
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return [...found].sort();
}

/** The types whose field a selection on `parent` reads. */
function holders(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  field: string,
): readonly { readonly name: string }[] {
  const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [];
  const own = isObjectType(parent) || isInterfaceType(parent) ? [parent] : [];
  return [...own, ...possible].filter((type) => type.getFields()[field] !== undefined);
}

function namedTypeOf({ type }: VariableDefinitionNode): string {
  let node = type;
  while (node.kind !== "NamedType") node = node.type;
  return node.name.value;
}

/** Whatever may come in a variable of the type. */
function addInputs(type: GraphQLNamedType | undefined, found: Set<string>): void {
  if (!type || found.has(`${type.name}.*`)) return;
  found.add(type.name);
  if (isEnumType(type) || isInputObjectType(type)) found.add(`${type.name}.*`);
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) addInputs(getNamedType(field.type), found);
}
