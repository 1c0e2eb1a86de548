import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from "graphql";
import type {
  Counted,
  Delivery,
  FieldShape,
  ObjectShape,
  OperationShape,
  RowCheck,
  SelectionShape,
} from "./operation-shape.ts";

export interface ShapeInput {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** The client's operation with `@skip` and `@include` already evaluated. */
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** Field nodes that are not delivered; what stands below them is not either. */
  readonly withheld?: ReadonlySet<FieldNode>;
  /** How the deliveries of a field are counted. */
  readonly count?: (type: string, field: string) => Counted | null;
  /** How an allowed field of an object type is delivered. */
  readonly deliver?: (type: string, field: string) => Delivery;
  /** What an object of the type has to pass to be visible. */
  readonly rowChecks?: (type: string) => readonly RowCheck[];
  /** What an object of the type has to pass for its field to have a value. */
  readonly fieldChecks?: (type: string, field: string) => readonly RowCheck[];
}

/**
 * The shape of what the client receives: per object type the fields in response order, as CollectFields of
 * the GraphQL specification (§6.3.2) gives them. Equal selections share one shape, so that the size is
 * bounded by the document and not by its expansion.
 */
export function buildShape(input: ShapeInput): OperationShape {
  const operation = getOperationAST(input.document, input.operationName);
  const root = operation && input.schema.getRootType(operation.operation);
  if (!operation || !root || operation.operation === "subscription")
    throw new TypeError("the operation is validated to exist and to be a query or a mutation");
  const builder = new ShapeBuilder(input);
  const shape = builder.object(root, [{ set: operation.selectionSet, withheld: false }]);
  return { kind: operation.operation, root: shape, slots: builder.slots };
}

const VALUE: Delivery = Object.freeze({ kind: "value" });
const DENIED: Delivery = Object.freeze({ kind: "denied" });
const NO_CHECKS: readonly RowCheck[] = Object.freeze([]);

/** A selection set that applies to an object; all of it is withheld where a field above it was. */
interface Part {
  readonly set: SelectionSetNode;
  readonly withheld: boolean;
}

interface Occurrence {
  readonly node: FieldNode;
  readonly withheld: boolean;
}

/** Holds the memo of one build. */
class ShapeBuilder {
  readonly #input: ShapeInput;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #selections = new Map<string, SelectionShape>();
  readonly #setIds = new Map<SelectionSetNode, number>();
  /** Used so far by counted fields. */
  slots = 0;

  constructor(input: ShapeInput) {
    this.#input = input;
    this.#fragments = new Map(
      input.document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
      ),
    );
  }

  object(type: GraphQLObjectType, parts: readonly Part[]): ObjectShape {
    const groups = new Map<string, Occurrence[]>();
    const visited = new Set<string>();
    for (const part of parts) this.#collect(type, part, groups, visited);
    return {
      typeName: type.name,
      fields: [...groups].map(([key, occurrences]) => this.#field(type, key, occurrences)),
      rowChecks: this.#input.rowChecks?.(type.name) ?? NO_CHECKS,
    };
  }

  #field(type: GraphQLObjectType, responseKey: string, occurrences: readonly Occurrence[]): FieldShape {
    const fieldName = occurrences[0]?.node.name.value ?? responseKey;
    const returns = this.#returnType(type, fieldName);
    const coordinate = `${type.name}.${fieldName}`;
    const counted = this.#input.count?.(type.name, fieldName) ?? null;
    if (counted) this.slots = Math.max(this.slots, counted.slot + 1);
    const shape = { responseKey, fieldName, coordinate, type: returns, counted };
    // An object that is delivered says its type, also where only a refused selection asked for it.
    if (fieldName !== TypeNameMetaFieldDef.name && occurrences.every((item) => item.withheld))
      return { ...shape, selection: null, delivery: DENIED, checks: NO_CHECKS };
    const parts = occurrences.flatMap(({ node, withheld }) =>
      node.selectionSet ? [{ set: node.selectionSet, withheld }] : [],
    );
    const named = getNamedType(returns);
    return {
      ...shape,
      selection: isCompositeType(named) ? this.#selection(named, parts) : null,
      delivery: this.#input.deliver?.(type.name, fieldName) ?? VALUE,
      checks: this.#input.fieldChecks?.(type.name, fieldName) ?? NO_CHECKS,
    };
  }

  #selection(type: GraphQLCompositeType, parts: readonly Part[]): SelectionShape {
    const key = `${type.name} ${parts.map((part) => `${this.#idOf(part.set)}${part.withheld ? "-" : ""}`).join(" ")}`;
    const known = this.#selections.get(key);
    if (known) return known;
    const types = isAbstractType(type) ? this.#input.schema.getPossibleTypes(type) : [type];
    const shape = { byType: new Map(types.map((item) => [item.name, this.object(item, parts)])) };
    this.#selections.set(key, shape);
    return shape;
  }

  #collect(
    type: GraphQLObjectType,
    part: Part,
    groups: Map<string, Occurrence[]>,
    visited: Set<string>,
  ): void {
    for (const selection of part.set.selections) {
      if (selection.kind === Kind.FIELD) this.#collectField(selection, part.withheld, groups);
      else {
        const inner = this.#inner(type, selection, part.withheld, visited);
        if (inner) this.#collect(type, inner, groups, visited);
      }
    }
  }

  #collectField(node: FieldNode, withheld: boolean, groups: Map<string, Occurrence[]>): void {
    const key = node.alias?.value ?? node.name.value;
    const occurrence = { node, withheld: withheld || (this.#input.withheld?.has(node) ?? false) };
    const group = groups.get(key);
    if (group) group.push(occurrence);
    else groups.set(key, [occurrence]);
  }

  /** The part behind a fragment that applies to the type and was not collected yet, or null. */
  #inner(
    type: GraphQLObjectType,
    selection: Exclude<SelectionNode, FieldNode>,
    withheld: boolean,
    visited: Set<string>,
  ): Part | null {
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return this.#applies(type, selection.typeCondition?.name.value)
        ? { set: selection.selectionSet, withheld }
        : null;
    const key = `${selection.name.value}${withheld ? "-" : ""}`;
    const fragment = this.#fragments.get(selection.name.value);
    if (!fragment || visited.has(key) || !this.#applies(type, fragment.typeCondition.name.value)) return null;
    visited.add(key);
    return { set: fragment.selectionSet, withheld };
  }

  #applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const named: GraphQLNamedType | undefined = this.#input.schema.getType(condition);
    return isAbstractType(named) && this.#input.schema.isSubType(named, type);
  }

  #returnType(type: GraphQLObjectType, fieldName: string): GraphQLOutputType {
    const meta = [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].find(
      (item) => item.name === fieldName,
    );
    const field = meta ?? type.getFields()[fieldName];
    if (!field) throw new TypeError(`the operation is validated: ${type.name}.${fieldName} exists`);
    return field.type;
  }

  #idOf(set: SelectionSetNode): number {
    const known = this.#setIds.get(set);
    if (known !== undefined) return known;
    this.#setIds.set(set, this.#setIds.size);
    return this.#setIds.size - 1;
  }
}
