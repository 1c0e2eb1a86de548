import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/**
 * The same operation with its fragments resolved: none on objects, one per possible type on abstract types, where it has any. The stock
 * executor shapes only such operations right (see "stock faults": it forgets types behind nested fragments).
 */
export function flattenOperation(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const flattener = new Flattener(schema, fragments);
  const definitions = document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION) return [];
    const root = schema.getRootType(node.operation);
    return root ? [{ ...node, selectionSet: flattener.set(root, [node.selectionSet]) }] : [];
  });
  return { kind: Kind.DOCUMENT, definitions };
}

class Flattener {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  set(type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): SelectionSetNode {
    if (!isAbstractType(type)) return { kind: Kind.SELECTION_SET, selections: this.#fields(type, sets) };
    // Fields outside of fragments stay outside: objects of an interface object may come without their type.
    const direct = sets.flatMap(({ selections }) => selections.filter((node) => node.kind === Kind.FIELD));
    const kept = this.#group(type, direct);
    const fragments = this.#schema.getPossibleTypes(type).map((possible) => ({
      kind: Kind.INLINE_FRAGMENT as const,
      typeCondition: {
        kind: Kind.NAMED_TYPE as const,
        name: { kind: Kind.NAME as const, value: possible.name },
      },
      selectionSet: this.set(possible, sets),
    }));
    const needed = sets.some(({ selections }) => selections.some((node) => node.kind !== Kind.FIELD));
    return { kind: Kind.SELECTION_SET, selections: needed ? [...kept, ...fragments] : kept };
  }

  #fields(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): readonly SelectionNode[] {
    const fields: FieldNode[] = [];
    for (const set of sets) this.#collect(type, set, fields);
    return this.#group(type, fields);
  }

  /** Fields with the same response key as one field. */
  #group(type: GraphQLCompositeType, fields: readonly FieldNode[]): readonly SelectionNode[] {
    const groups = new Map<string, FieldNode[]>();
    for (const node of fields) {
      const key = node.alias?.value ?? node.name.value;
      groups.set(key, [...(groups.get(key) ?? []), node]);
    }
    return [...groups.values()].flatMap((nodes) => {
      const [node] = nodes;
      if (!node) return [];
      const named = isUnionType(type) ? undefined : getNamedType(type.getFields()[node.name.value]?.type);
      if (!isCompositeType(named)) return [node];
      const below = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
      return [{ ...node, selectionSet: this.set(named, below) }];
    });
  }

  #collect(type: GraphQLObjectType, set: SelectionSetNode, fields: FieldNode[]): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        fields.push(node);
        continue;
      }
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      const condition = inner?.typeCondition?.name.value;
      const on = condition === undefined ? type : this.#schema.getType(condition);
      const applies = on === type || (isAbstractType(on) && this.#schema.isSubType(on, type));
      if (inner && applies) this.#collect(type, inner.selectionSet, fields);
    }
  }
}
