import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from "graphql";
export interface FilterInput<Denial> {
  /** Schema with everything, also what is inaccessible. */
  readonly schema: GraphQLSchema;
  /** One operation and its fragments, conditions evaluated. */
  readonly document: DocumentNode;
  /** Why a field may not be delivered, or null where it may. */
  readonly denialOf: (type: string, field: string, node: FieldNode) => Denial | null;
  /** Fields of an object that decide whether it is visible. */
  readonly rowFields: (type: string) => readonly string[];
  /** Fields of an object that decide whether one of its fields has a value. */
  readonly fieldRowFields: (type: string, field: string) => readonly string[];
}

export interface FilteredOperation<Denial> {
  /** What may be planned, or null where nothing is left. */
  readonly document: DocumentNode | null;
  /** The refused fields, where the client wrote them. */
  readonly denials: ReadonlyMap<FieldNode, Denial>;
  /** The refused fields, and those of which nothing is left. */
  readonly withheld: ReadonlySet<FieldNode>;
}

/** Key under which the plan fetches the value that a row check reads; clients cannot use such an alias. */
export function rowCheckKey(field: string): string {
  return `__row_${field}`;
}

/**
 * Removes what the caller may not see BEFORE planning, so that no subgraph is called for it (governance.md §2
 * rule 9): fragments before what spreads them, then empty selections, unused fragments and variables. Adds
 * what the response needs to be judged: `__typename` of abstract types, the fields that row checks read.
 */
export function filterOperation<Denial>(input: FilterInput<Denial>): FilteredOperation<Denial> {
  return new OperationFilter(input).run();
}

class OperationFilter<Denial> {
  readonly #input: FilterInput<Denial>;
  readonly #sources: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #fragments = new Map<string, FragmentDefinitionNode | null>();
  readonly #denials = new Map<FieldNode, Denial>();
  readonly #withheld = new Set<FieldNode>();

  constructor(input: FilterInput<Denial>) {
    this.#input = input;
    this.#sources = new Map(
      input.document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
      ),
    );
  }

  run(): FilteredOperation<Denial> {
    const operation = this.#input.document.definitions.find(
      (node) => node.kind === Kind.OPERATION_DEFINITION,
    );
    const root = operation && this.#input.schema.getRootType(operation.operation);
    if (!operation || !root) throw new TypeError("the operation is validated to exist");
    const set = this.#selectionSet(operation.selectionSet, root);
    const document = set && this.#assemble({ ...operation, selectionSet: set });
    return { document, denials: this.#denials, withheld: this.#withheld };
  }

  /** Null where refusals leave nothing; a set that was empty before keeps `__typename`. */
  #selectionSet(set: SelectionSetNode, parent: GraphQLCompositeType): SelectionSetNode | null {
    if (set.selections.length === 0) return { ...set, selections: [TYPENAME] };
    const selections = set.selections.flatMap((node) => this.#selection(node, parent));
    return selections.length === 0 ? null : { ...set, selections };
  }

  #selection(node: SelectionNode, parent: GraphQLCompositeType): readonly SelectionNode[] {
    switch (node.kind) {
      case Kind.FIELD: {
        const field = this.#field(node, parent);
        return field ? [field, ...this.#neededBy(node.name.value, parent)] : [];
      }
      case Kind.FRAGMENT_SPREAD:
        return this.#fragment(node.name.value) ? [node] : [];
      case Kind.INLINE_FRAGMENT: {
        const type = node.typeCondition ? this.#composite(node.typeCondition.name.value) : parent;
        const selectionSet = this.#selectionSet(node.selectionSet, type);
        return selectionSet ? [{ ...node, selectionSet: withTypename(selectionSet, type) }] : [];
      }
    }
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): FieldNode | null {
    const name = node.name.value;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (!field) return node; // __typename, __schema, __type
    const denial = this.#input.denialOf(parent.name, name, node);
    if (denial !== null) {
      this.#denials.set(node, denial);
      this.#withheld.add(node);
      return null;
    }
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) return node;
    const set = this.#selectionSet(node.selectionSet, type);
    if (!set) {
      this.#withheld.add(node);
      return null;
    }
    return { ...node, selectionSet: { ...set, selections: [...set.selections, ...this.#needed(type)] } };
  }

  /** What the response writer needs to know about objects of the type. */
  #needed(type: GraphQLCompositeType): readonly SelectionNode[] {
    const fields = this.#checked(type, this.#input.rowFields);
    return isAbstractType(type) ? [TYPENAME, ...fields] : fields;
  }

  /** What the response writer needs to know to decide whether a field has a value. */
  #neededBy(field: string, parent: GraphQLCompositeType): readonly SelectionNode[] {
    return this.#checked(parent, (type) => this.#input.fieldRowFields(type, field));
  }

  /** Selects the fields that checks on objects of a type read, for an abstract type by each possible one. */
  #checked(
    type: GraphQLCompositeType,
    fieldsOf: (type: string) => readonly string[],
  ): readonly SelectionNode[] {
    if (!isAbstractType(type)) return [...new Set(fieldsOf(type.name))].map(rowField);
    return this.#input.schema.getPossibleTypes(type).flatMap((item): readonly SelectionNode[] => {
      const fields = [...new Set(fieldsOf(item.name))].map(rowField);
      return fields.length === 0 ? [] : [inlineFragment(item.name, fields)];
    });
  }

  #fragment(name: string): FragmentDefinitionNode | null {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    const source = this.#sources.get(name);
    if (!source) throw new TypeError(`the operation is validated: fragment ${name} exists`);
    const type = this.#composite(source.typeCondition.name.value);
    const selectionSet = this.#selectionSet(source.selectionSet, type);
    const filtered = selectionSet && { ...source, selectionSet: withTypename(selectionSet, type) };
    this.#fragments.set(name, filtered);
    return filtered;
  }

  /** A fragment that only introspection spreads was never filtered: it stays as it is. */
  #kept(name: string): FragmentDefinitionNode | null {
    const filtered = this.#fragments.get(name);
    return filtered === undefined ? (this.#sources.get(name) ?? null) : filtered;
  }

  #composite(name: string): GraphQLCompositeType {
    const type = this.#input.schema.getType(name);
    if (!isCompositeType(type)) throw new TypeError(`the operation is validated: type ${name} exists`);
    return type;
  }

  #assemble(operation: OperationDefinitionNode): DocumentNode {
    const spread = new Set<string>();
    const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
      visit(node, {
        FragmentSpread: ({ name: { value } }) => {
          const fragment = this.#kept(value);
          if (!fragment || spread.has(value)) return;
          spread.add(value);
          collect(fragment);
        },
      });
    };
    collect(operation);
    const fragments = [...spread].flatMap((name) => this.#kept(name) ?? []);
    const variables = usedVariables([operation, ...fragments]);
    const declared = (operation.variableDefinitions ?? []).filter((node) =>
      variables.has(node.variable.name.value),
    );
    return {
      kind: Kind.DOCUMENT,
      definitions: [{ ...operation, variableDefinitions: declared }, ...fragments],
    };
  }
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

/** Behind a condition on an abstract type, the conditions that follow can only be told by the object's type. */
function withTypename(set: SelectionSetNode, type: GraphQLCompositeType): SelectionSetNode {
  return isAbstractType(type) ? { ...set, selections: [TYPENAME, ...set.selections] } : set;
}

function rowField(field: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: rowCheckKey(field) },
    name: { kind: Kind.NAME, value: field },
  };
}

function inlineFragment(type: string, selections: readonly SelectionNode[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } },
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}

function usedVariables(
  nodes: readonly (OperationDefinitionNode | FragmentDefinitionNode | VariableDefinitionNode)[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes)
    visit(node, {
      VariableDefinition: () => false,
      Variable: (variable) => void names.add(variable.name.value),
    });
  return names;
}
