import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import type { CostFacts, ListSize } from "../supergraph/cost-facts.ts";
import { type Amount, CostTape, type Variables } from "./cost-tape.ts";
import { fieldWeight, possibleTypes } from "./field-weight.ts";
import { argumentsCost } from "./input-cost.ts";
import { type FieldUse, isPaged, listLength } from "./list-length.ts";

export interface CostEstimate {
  /** As the GraphQL cost specification counts (https://ibm.github.io/graphql-specs/cost-spec.html). */
  readonly cost: number;
  /** Objects that subgraphs are asked for by key. */
  readonly entities: number;
}

/** The estimate, known once and for all, or how it follows from the variables of a request. */
export type CostFormula = CostEstimate | ((variables: Variables) => CostEstimate);

export interface CostModel {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly facts: CostFacts;
  /** Items of lists of which nothing is known. */
  readonly listSize: number;
}

/** What a mutation costs before its fields do, as Apollo counts. */
export const MUTATION = 10;

/**
 * Works out what an operation costs at most: one per object and what `@cost` says, as often as lists are long by
 * `@listSize`, `first`, `last` or `limit`. Each selection set is looked at once, however often fragments repeat it.
 *
 * @param document valid; one operation without `@skip` and `@include`, and the fragments it uses
 * @throws ClientError BAD_USER_INPUT where `@listSize` requires another number of slicing arguments; so may the formula
 */
export function estimateCost(document: DocumentNode, model: CostModel): CostFormula {
  const tape = new CostTape();
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const root = operation && model.schema.getRootType(operation.operation);
  if (!operation || !root) return { cost: 0, entities: 0 };
  const counted = new SelectionCosts(document, model, tape).of(operation.selectionSet, root, NO_SIZES);
  const base = operation.operation === OperationTypeNode.MUTATION ? MUTATION : 0;
  const cost = tape.sum([base, counted.cost]);
  const { entities } = counted;
  if (tape.isKnown && typeof cost === "number" && typeof entities === "number") return { cost, entities };
  const calculate = tape.compile([cost, entities]);
  return (variables) => {
    const [total = 0, objects = 0] = calculate(variables);
    return { cost: total, entities: objects };
  };
}

/** Of a selection set, once; and again for each item where the field above says how long its lists are. */
interface SetCost {
  readonly cost: Amount;
  readonly entities: Amount;
  readonly costPerItem: Amount;
  readonly entitiesPerItem: Amount;
}

const NOTHING: SetCost = { cost: 0, entities: 0, costPerItem: 0, entitiesPerItem: 0 };

/** Which lists of an object are as long as the field that returns it says: by name, or those that say nothing else. */
type Sizes = { readonly key: string; readonly has: (field: FieldUse["field"]) => boolean };

const NO_SIZES: Sizes = { key: "", has: () => false };
const UNPAGED_LISTS: Sizes = { key: "*", has: (field) => isList(field) && !isPaged(field) };

class SelectionCosts {
  readonly #model: CostModel;
  readonly #tape: CostTape;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<SelectionSetNode, Map<string, SetCost>>();

  constructor(document: DocumentNode, model: CostModel, tape: CostTape) {
    this.#model = model;
    this.#tape = tape;
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  of(set: SelectionSetNode, parent: GraphQLNamedType, sizes: Sizes): SetCost {
    const byPlace = this.#known.get(set) ?? new Map<string, SetCost>();
    this.#known.set(set, byPlace);
    const key = `${parent.name} ${sizes.key}`;
    const known = byPlace.get(key);
    if (known) return known;
    const parts = set.selections.map((node) => {
      if (node.kind === Kind.FIELD) return this.#field(node, parent, sizes);
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      if (!fragment) return NOTHING;
      const name = fragment.typeCondition?.name.value;
      const type = name === undefined ? parent : this.#model.schema.getType(name);
      return type ? this.of(fragment.selectionSet, type, sizes) : NOTHING;
    });
    const sum = (name: keyof SetCost) => this.#tape.sum(parts.map((part) => part[name]));
    const cost = {
      cost: sum("cost"),
      entities: sum("entities"),
      costPerItem: sum("costPerItem"),
      entitiesPerItem: sum("entitiesPerItem"),
    };
    byPlace.set(key, cost);
    return cost;
  }

  #field(node: FieldNode, parent: GraphQLNamedType, sizes: Sizes): SetCost {
    const field = hasFields(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field) return NOTHING;
    const use = { node, field, coordinate: `${parent.name}.${field.name}` };
    const tape = this.#tape;
    const size = this.#listSize(use, parent);
    const one = this.#item(use, parent, size);
    const given = argumentsCost(use, this.#model.facts, tape);
    // What the schema says of the list itself goes before what is guessed from the field above.
    if (sizes.has(field) && !(size && sizes === UNPAGED_LISTS))
      return { cost: given, entities: 0, costPerItem: one.cost, entitiesPerItem: one.entities };
    const { listSize } = this.#model;
    const lists = listDepth(field.type);
    const length =
      lists === 0 ? 1 : tape.product(listLength(use, size, listSize, tape), listSize ** (lists - 1));
    return {
      ...NOTHING,
      cost: tape.sum([given, tape.product(length, one.cost)]),
      entities: tape.product(length, one.entities),
    };
  }

  /** What one object (or leaf) of the field costs, with all that is selected of it. */
  #item(use: FieldUse, parent: GraphQLNamedType, size: ListSize | null): Pick<SetCost, "cost" | "entities"> {
    const { node, field } = use;
    const { facts, schema, listSize } = this.#model;
    const tape = this.#tape;
    const type = getNamedType(field.type);
    const weight = fieldWeight(this.#model, parent, field.name, type);
    if (!node.selectionSet) return { cost: weight, entities: 0 };
    const sizes = sizesBelow(field, size);
    const inner = this.of(node.selectionSet, type, sizes);
    const isSized = inner.costPerItem !== 0 || inner.entitiesPerItem !== 0 || (size && !isList(field));
    const items = isSized ? listLength(use, size, listSize, tape) : 0;
    const isEntity = possibleTypes(schema, type).some(({ name }) => facts.isEntity(name));
    return {
      cost: tape.sum([weight, inner.cost, tape.product(items, inner.costPerItem)]),
      entities: tape.sum([isEntity ? 1 : 0, inner.entities, tape.product(items, inner.entitiesPerItem)]),
    };
  }

  #listSize({ field }: FieldUse, parent: GraphQLNamedType): ListSize | null {
    const { schema, facts } = this.#model;
    for (const { name } of possibleTypes(schema, parent)) {
      const size = facts.listSize(`${name}.${field.name}`);
      if (size) return size;
    }
    return null;
  }
}

function sizesBelow(field: FieldUse["field"], size: ListSize | null): Sizes {
  if (isList(field)) return NO_SIZES;
  if (!size) return isPaged(field) ? UNPAGED_LISTS : NO_SIZES;
  if (size.sizedFields.length === 0) return NO_SIZES;
  return { key: size.sizedFields.join(), has: ({ name }) => size.sizedFields.includes(name) };
}

function hasFields(type: GraphQLNamedType) {
  return isObjectType(type) || isInterfaceType(type);
}

function isList({ type }: FieldUse["field"]): boolean {
  return listDepth(type) > 0;
}

/** 2 for a list of lists. */
function listDepth(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listDepth(type.ofType);
  return isListType(type) ? 1 + listDepth(type.ofType) : 0;
}
