import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from "graphql";
import { checkKey } from "../generate-code.ts";
import {
  type FieldLayout,
  HEADER,
  NotOnTape,
  type ObjectLayout,
  type SelectionLayout,
  startsWithType,
} from "./layout.ts";

/** Fields of all layouts of a program; above, the generated code would be too large to be fast. */
const MAX_FIELDS = 4000;

/** Lays out the answers of one program's fetches. */
export class LayoutBuilder {
  readonly #schema: GraphQLSchema;
  readonly #layouts = new Map<string, SelectionLayout>();
  readonly #setIds = new Map<SelectionSetNode, number>();
  #fields = 0;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The layout of a query's `data`. */
  root(document: DocumentNode): SelectionLayout {
    const type = this.#schema.getQueryType();
    const { operation, fragments } = definitionsOf(document);
    if (!type) throw new NotOnTape();
    return this.#selection([type], [operation.selectionSet], fragments);
  }

  /** The layout of the items of `_entities`, for representations of these types. */
  entities(document: DocumentNode, typeNames: readonly string[]): SelectionLayout {
    const { operation, fragments } = definitionsOf(document);
    const [field, ...others] = operation.selectionSet.selections;
    const types = typeNames.map((name) => this.#schema.getType(name));
    if (field?.kind !== Kind.FIELD || !field.selectionSet || others.length > 0) throw new NotOnTape();
    if (!types.every(isObjectType) || types.length === 0) throw new NotOnTape();
    return this.#selection(types, [field.selectionSet], fragments);
  }

  #selection(
    types: readonly GraphQLObjectType[],
    sets: readonly SelectionSetNode[],
    fragments: Fragments,
  ): SelectionLayout {
    const sameAs = `${types.join()} ${sets.map((set) => this.#idOf(set)).join()}`;
    const known = this.#layouts.get(sameAs);
    if (known) return known;
    const slots = new Map<string, number>();
    let size = HEADER;
    const byType = new Map<string, ObjectLayout>();
    for (const [variant, type] of types.entries()) {
      const collected = new Map<string, FieldNode[]>();
      for (const set of sets) this.#collect(type, set, fragments, collected);
      const fields = [...collected].map(([key, nodes]): FieldLayout => {
        const field = this.#field(type, key, nodes, fragments);
        const name = field.selection ? `${key} {}` : key;
        const slot = slots.get(name) ?? size;
        if (slot === size) size += field.selection ? 1 : 2;
        slots.set(name, slot);
        return { ...field, slot };
      });
      // Nothing is asked of the type: its objects would be `{}`.
      if (fields.length === 0) throw new NotOnTape();
      byType.set(type.name, { typeName: type.name, variant, fields });
    }
    const layout = { id: this.#layouts.size, byType, size };
    this.#layouts.set(sameAs, layout);
    return layout;
  }

  #idOf(set: SelectionSetNode): number {
    const id = this.#setIds.get(set) ?? this.#setIds.size;
    this.#setIds.set(set, id);
    return id;
  }

  #field(
    type: GraphQLObjectType,
    key: string,
    nodes: readonly FieldNode[],
    fragments: Fragments,
  ): Omit<FieldLayout, "slot"> {
    this.#fields += 1;
    const fieldName = nodes[0]?.name.value ?? "";
    const definition = fieldName === "__typename" ? TypeNameMetaFieldDef : type.getFields()[fieldName];
    if (!definition || this.#fields > MAX_FIELDS) throw new NotOnTape();
    const named = getNamedType(definition.type);
    const field = { key: checkKey(key), fieldName, type: definition.type };
    if (!isCompositeType(named)) return { ...field, selection: null };
    const sets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
    const possible = isAbstractType(named) ? this.#schema.getPossibleTypes(named) : [named];
    const selection = this.#selection(possible, sets, fragments);
    if (isAbstractType(named) && ![...selection.byType.values()].every(startsWithType)) throw new NotOnTape();
    return { ...field, selection };
  }

  /** CollectFields (GraphQL specification §6.3.2) of a subgraph's operation. */
  #collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    fragments: Fragments,
    collected: Map<string, FieldNode[]>,
  ): void {
    for (const node of set.selections) {
      if (node.directives && node.directives.length > 0) throw new NotOnTape();
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        const group = collected.get(key);
        if (group) group.push(node);
        else collected.set(key, [node]);
        continue;
      }
      const inner = innerSelection(node, fragments);
      const condition = inner.typeCondition?.name.value;
      if (condition === undefined || this.#applies(type, condition)) {
        this.#collect(type, inner.selectionSet, fragments, collected);
      }
    }
  }

  #applies(type: GraphQLObjectType, condition: string): boolean {
    if (condition === type.name) return true;
    const named = this.#schema.getType(condition);
    if (!isCompositeType(named)) throw new NotOnTape();
    return isAbstractType(named) && this.#schema.isSubType(named, type);
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function definitionsOf(document: DocumentNode): {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
} {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
    else if (node.kind === Kind.OPERATION_DEFINITION) operation = node;
  }
  if (!operation) throw new NotOnTape();
  return { operation, fragments };
}

function innerSelection(
  node: Exclude<SelectionNode, FieldNode>,
  fragments: Fragments,
): Pick<FragmentDefinitionNode, "selectionSet"> & Partial<Pick<FragmentDefinitionNode, "typeCondition">> {
  if (node.kind === Kind.FRAGMENT_SPREAD) {
    const fragment = fragments.get(node.name.value);
    if (!fragment) throw new NotOnTape();
    return fragment;
  }
  const { selectionSet, typeCondition } = node;
  return typeCondition ? { selectionSet, typeCondition } : { selectionSet };
}
