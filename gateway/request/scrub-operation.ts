import {
  type ConstValueNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";

export interface ScrubbedOperation {
  readonly text: string;
  /** How many fields were left out. */
  readonly hidden: number;
}

/**
 * An operation as it is sent to a subgraph, without what clients do not know, without its declarations and without the
 * values written into it.
 *
 * @param apiSchema what clients know
 */
export function scrubOperation(apiSchema: GraphQLSchema, document: DocumentNode): ScrubbedOperation {
  return new OperationScrub(apiSchema).run(document);
}

class OperationScrub {
  readonly #schema: GraphQLSchema;
  #hidden = 0;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  run(document: DocumentNode): ScrubbedOperation {
    const definitions = document.definitions.flatMap((node): readonly DefinitionNode[] => {
      if (node.kind === Kind.OPERATION_DEFINITION) {
        const root = this.#schema.getRootType(node.operation) ?? null;
        const selectionSet = this.#set(node.selectionSet, root);
        return [{ kind: node.kind, operation: node.operation, selectionSet }];
      }
      if (node.kind !== Kind.FRAGMENT_DEFINITION) return [];
      const selectionSet = this.#set(node.selectionSet, this.#composite(node.typeCondition.name.value));
      return [{ ...node, selectionSet }];
    });
    const shown: DocumentNode = visit(
      { kind: Kind.DOCUMENT, definitions },
      {
        StringValue: (): ConstValueNode => UNTOLD,
        IntValue: (): ConstValueNode => UNTOLD,
        FloatValue: (): ConstValueNode => UNTOLD,
      },
    );
    return { text: print(shown), hidden: this.#hidden };
  }

  #set(set: SelectionSetNode, parent: GraphQLCompositeType | null): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap((node) => this.#selection(node, parent) ?? []) };
  }

  #selection(node: SelectionNode, parent: GraphQLCompositeType | null): SelectionNode | null {
    if (node.kind === Kind.FRAGMENT_SPREAD) return node;
    if (node.kind === Kind.FIELD) return this.#field(node, parent);
    const condition = node.typeCondition?.name.value;
    const type = condition === undefined ? parent : this.#composite(condition);
    if (type) return { ...node, selectionSet: this.#set(node.selectionSet, type) };
    this.#hidden += 1;
    return null;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType | null): FieldNode | null {
    const name = node.name.value;
    if (name === "__typename") return node;
    if (name === "_entities" && node.selectionSet)
      return { ...node, selectionSet: this.#set(node.selectionSet, null) };
    const field = parent && !isUnionType(parent) ? parent.getFields()[name] : undefined;
    if (!field) {
      this.#hidden += 1;
      return null;
    }
    const known = new Set(field.args.map((argument) => argument.name));
    const args = (node.arguments ?? []).filter((argument) => known.has(argument.name.value));
    const returned = getNamedType(field.type);
    const set =
      node.selectionSet && isCompositeType(returned) ? this.#set(node.selectionSet, returned) : null;
    return { ...node, arguments: args, ...(set ? { selectionSet: set } : {}) };
  }

  #composite(name: string): GraphQLCompositeType | null {
    const type = this.#schema.getType(name);
    return isCompositeType(type) ? type : null;
  }
}

const UNTOLD: ConstValueNode = { kind: Kind.ENUM, value: "…" };
