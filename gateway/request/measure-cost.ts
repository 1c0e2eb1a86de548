import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import { type CostModel, MUTATION } from "./estimate-cost.ts";
import { fieldWeight } from "./field-weight.ts";

/** Characters of the longest answer that is read again to measure it. */
const MAX_LENGTH = 1_000_000;

/**
 * What an answer cost as it turned out: the weights of all that came back, without those of arguments.
 *
 * @param document that the answer was made for
 * @param dataText JSON of `data`
 * @returns null for answers that would take too long to read
 */
export function measureCost(
  document: DocumentNode,
  model: Omit<CostModel, "listSize">,
  dataText: string,
): number | null {
  if (dataText.length > MAX_LENGTH) return null;
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const root = operation && model.schema.getRootType(operation.operation);
  const data: unknown = JSON.parse(dataText);
  if (!operation || !root) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const base = operation.operation === OperationTypeNode.MUTATION ? MUTATION : 0;
  return base + costOfObject(data, operation.selectionSet, root);

  function costOfObject(value: unknown, set: SelectionSetNode, parent: GraphQLNamedType): number {
    if (!isRecord(value)) return 0;
    let cost = 0;
    for (const node of set.selections) {
      if (node.kind !== Kind.FIELD) {
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
        const name = fragment?.typeCondition?.name.value;
        const type = name === undefined ? parent : model.schema.getType(name);
        if (fragment && type) cost += costOfObject(value, fragment.selectionSet, type);
        continue;
      }
      const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
      const field = fields[node.name.value];
      const type = field && getNamedType(field.type);
      const given = value[node.alias?.value ?? node.name.value];
      if (type) cost += costOf(given, fieldWeight(model, parent, field.name, type), node.selectionSet, type);
    }
    return cost;
  }

  function costOf(
    value: unknown,
    weight: number,
    set: SelectionSetNode | undefined,
    type: GraphQLNamedType,
  ): number {
    if (value === null || value === undefined) return 0;
    if (Array.isArray(value))
      return value.reduce((sum: number, item) => sum + costOf(item, weight, set, type), 0);
    return weight + (set ? costOfObject(value, set, type) : 0);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
