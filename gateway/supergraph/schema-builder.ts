import {
  type DefinitionNode,
  type DirectiveDefinitionNode,
  DirectiveLocation,
  type FieldDefinitionNode,
  GraphQLDeprecatedDirective,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSpecifiedByDirective,
  type GraphQLType,
  GraphQLUnionType,
  getDirectiveValues,
  type InputValueDefinitionNode,
  isInputType,
  isInterfaceType,
  isNamedType,
  isObjectType,
  isOutputType,
  Kind,
  specifiedDirectives,
  specifiedScalarTypes,
  type TypeDefinitionNode,
  type TypeNode,
  valueFromAST,
} from "graphql";
import { InternalError } from "../../shared/errors.ts";

/** Builds the types of a schema from their definitions; what a type refers to is looked up when it is first asked. */
export class SchemaBuilder {
  readonly #types = new Map<string, GraphQLNamedType>();
  readonly #directives: readonly DirectiveDefinitionNode[];

  constructor(definitions: readonly DefinitionNode[]) {
    for (const node of definitions) {
      const type = this.#build(node);
      if (type) this.#types.set(type.name, type);
    }
    this.#directives = definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION);
  }

  types(): readonly GraphQLNamedType[] {
    return [...this.#types.values()];
  }

  root(name: string | null): GraphQLObjectType | null {
    return name === null ? null : this.#named(name, isObjectType);
  }

  directives(): readonly GraphQLDirective[] {
    const own = this.#directives.map(
      (node) =>
        new GraphQLDirective({
          name: node.name.value,
          description: node.description?.value,
          locations: node.locations.flatMap(({ value }) => LOCATIONS.get(value) ?? []),
          isRepeatable: node.repeatable,
          args: this.#inputs(node.arguments),
        }),
    );
    return [...own, ...specifiedDirectives.filter(({ name }) => !own.some((item) => item.name === name))];
  }

  #build(node: DefinitionNode): GraphQLNamedType | null {
    switch (node.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
        return new GraphQLScalarType({ ...nameOf(node), specifiedByURL: specifiedBy(node) });
      case Kind.ENUM_TYPE_DEFINITION: {
        const values = (node.values ?? []).map(
          (value) =>
            [
              value.name.value,
              { description: value.description?.value, deprecationReason: deprecation(value) },
            ] as const,
        );
        return new GraphQLEnumType({ ...nameOf(node), values: Object.fromEntries(values) });
      }
      case Kind.UNION_TYPE_DEFINITION: {
        const types = () => (node.types ?? []).map(({ name }) => this.#named(name.value, isObjectType));
        return new GraphQLUnionType({ ...nameOf(node), types });
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
        const isOneOf = node.directives?.some(({ name }) => name.value === "oneOf") === true;
        return new GraphQLInputObjectType({
          ...nameOf(node),
          isOneOf,
          fields: () => this.#inputs(node.fields),
        });
      }
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_DEFINITION: {
        const config = {
          ...nameOf(node),
          interfaces: () =>
            (node.interfaces ?? []).map(({ name }) => this.#named(name.value, isInterfaceType)),
          fields: () => this.#fields(node.fields),
        };
        return node.kind === Kind.OBJECT_TYPE_DEFINITION
          ? new GraphQLObjectType(config)
          : new GraphQLInterfaceType(config);
      }
      default:
        return null;
    }
  }

  #fields(nodes: readonly FieldDefinitionNode[] = []): Record<string, GraphQLFieldConfig<unknown, unknown>> {
    const fields = nodes.map((node) => {
      const config: GraphQLFieldConfig<unknown, unknown> = {
        type: this.#output(node.type),
        description: node.description?.value,
        args: this.#inputs(node.arguments),
        deprecationReason: deprecation(node),
      };
      return [node.name.value, config] as const;
    });
    return Object.fromEntries(fields);
  }

  #inputs(nodes: readonly InputValueDefinitionNode[] = []): Record<string, GraphQLInputFieldConfig> {
    const inputs = nodes.map((node) => {
      const type = this.#input(node.type);
      const config: GraphQLInputFieldConfig = {
        type,
        description: node.description?.value,
        defaultValue: valueFromAST(node.defaultValue, type),
        // The default as it is written; a value of a custom scalar cannot be written again.
        astNode: node.defaultValue ? node : null,
        deprecationReason: deprecation(node),
      };
      return [node.name.value, config] as const;
    });
    return Object.fromEntries(inputs);
  }

  #output(node: TypeNode): GraphQLOutputType {
    const type = this.#typeOf(node);
    if (isOutputType(type)) return type;
    throw new InternalError(`${String(type)} is no output type`);
  }

  #input(node: TypeNode): GraphQLInputType {
    const type = this.#typeOf(node);
    if (isInputType(type)) return type;
    throw new InternalError(`${String(type)} is no input type`);
  }

  #typeOf(node: TypeNode): GraphQLType {
    if (node.kind === Kind.LIST_TYPE) return new GraphQLList(this.#typeOf(node.type));
    if (node.kind === Kind.NAMED_TYPE) return this.#named(node.name.value, isNamedType);
    const { type } = node;
    return new GraphQLNonNull(
      type.kind === Kind.LIST_TYPE
        ? new GraphQLList(this.#typeOf(type.type))
        : this.#named(type.name.value, isNamedType),
    );
  }

  #named<Type extends GraphQLNamedType>(
    name: string,
    isKind: (type: GraphQLNamedType) => type is Type,
  ): Type {
    const type = this.#types.get(name) ?? SPECIFIED.get(name);
    if (type && isKind(type)) return type;
    throw new InternalError(`the schema text does not define ${name} as it is used`);
  }
}

const SPECIFIED: ReadonlyMap<string, GraphQLNamedType> = new Map(
  specifiedScalarTypes.map((type) => [type.name, type]),
);

function nameOf(node: TypeDefinitionNode) {
  return { name: node.name.value, description: node.description?.value };
}

type Annotated = Parameters<typeof getDirectiveValues>[1];

function deprecation(node: Annotated): string | undefined {
  if (!node.directives?.length) return undefined;
  const reason = getDirectiveValues(GraphQLDeprecatedDirective, node)?.reason;
  return typeof reason === "string" ? reason : undefined;
}

function specifiedBy(node: Annotated): string | undefined {
  const url = getDirectiveValues(GraphQLSpecifiedByDirective, node)?.url;
  return typeof url === "string" ? url : undefined;
}

const LOCATIONS: ReadonlyMap<string, DirectiveLocation> = new Map(
  Object.values(DirectiveLocation).map((location) => [location, location]),
);
