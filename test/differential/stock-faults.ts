import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from "@apollo/query-planner";
import {
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "graphql";
import { equalOrLess, equalOrNull } from "./equal-data.ts";

/**
 * Every fault of the stock planner and executor (2.14) that the differential run may meet, by name; any other
 * difference fails the run. `stock-faults.test.ts` shows them small, and those that random schemas do not meet.
 */
export const STOCK_FAULTS = [
  // Refused by our compiler, answered wrongly by the stock executor.
  "a subgraph is entered by a key that is not resolvable there",
  "a field is asked for without what it requires",
  "a selection and a @requires of one field with different arguments share a key",
  // Ours is what one schema gives, the stock executor's is not.
  "objects in required lists of lists lose their fields",
  "an object whose type went with a failed field has no fields behind fragments",
  // Only where a subgraph does not know an entity that another one refers to, so that nobody tells its type.
  "an object whose type nobody told has no fields behind fragments",
  "an object whose type nobody told shows fields that its types have under different rules",
  "what a parallel call tells of an entity's type comes in time or not",
  // Of plans that keep their conditions, which the gateway never makes: both executors answer alike.
  "a plan with conditions is not the operation",
] as const;

export type StockFault = (typeof STOCK_FAULTS)[number];

/** By what a refused plan is recognised: our own words for it. */
export function refusedFault(message: string): StockFault | null {
  if (message.includes("by the keys that are known"))
    return "a subgraph is entered by a key that is not resolvable there";
  if (message.includes("which would not reach subgraph"))
    return "a field is asked for without what it requires";
  if (message.includes("is selected under the same key"))
    return "a selection and a @requires of one field with different arguments share a key";
  return null;
}

/** Whether a plan hands objects in a list of lists to a `@requires`: the stock executor looks into one list only. */
export function requiresListsOfLists({ node }: QueryPlan, schema: GraphQLSchema): boolean {
  return fetchesOf(node as PlanNode | undefined).some((fetch) =>
    (fetch.requires ?? []).some((selection) => goesThroughListOfLists(selection, schema, null)),
  );
}

/** What an entity without a type makes of the stock executor's answer; null where that does not explain it. */
export function unknownTypeFault(reference: unknown, ours: unknown, hasErrors: boolean): StockFault | null {
  if (equalOrLess(reference, ours)) return "an object whose type nobody told has no fields behind fragments";
  if (hasErrors && equalOrNull(reference, ours))
    return "an object whose type nobody told shows fields that its types have under different rules";
  return null;
}

/** What a type that was lost with an entity's failed field makes of the stock executor's answer, where ours is right. */
export function lostTypeFault(reference: unknown, ours: unknown, isRight: boolean): StockFault | null {
  const isExplained = isRight && unknownTypeFault(reference, ours, true) !== null;
  return isExplained ? "an object whose type went with a failed field has no fields behind fragments" : null;
}

function fetchesOf(node: PlanNode | undefined): readonly FetchNode[] {
  switch (node?.kind) {
    case "Fetch":
      return [node];
    case "Flatten":
      return fetchesOf(node.node);
    case "Sequence":
    case "Parallel":
      return node.nodes.flatMap(fetchesOf);
    case "Condition":
      return [...fetchesOf(node.ifClause), ...fetchesOf(node.elseClause)];
    default:
      return [];
  }
}

function goesThroughListOfLists(
  node: QueryPlanSelectionNode,
  schema: GraphQLSchema,
  parent: string | null,
): boolean {
  if (node.kind === "InlineFragment")
    return node.selections.some((below) =>
      goesThroughListOfLists(below, schema, node.typeCondition ?? parent),
    );
  const type = schema.getType(parent ?? "");
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name] : undefined;
  if (!field || !node.selections) return false;
  const outer = getNullableType(field.type);
  if (isListType(outer) && isListType(getNullableType(outer.ofType))) return true;
  const named = getNamedType(field.type).name;
  return node.selections.some((below) => goesThroughListOfLists(below, schema, named));
}
