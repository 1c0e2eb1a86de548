import type { QueryPlan } from "@apollo/query-planner";
import { type DocumentNode, Kind, type OperationDefinitionNode, print } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import type { AuthorisedOperation } from "./authorise.ts";
import type { PlanPool } from "./plan-pool.ts";

/**
 * The subgraph calls that answer an authorised operation. Takes nothing else, so that no operation is planned
 * before it was authorised.
 *
 * @throws ClientError OPERATION_CANNOT_BE_PLANNED where the planner finds no way, PLANNING_TIMEOUT
 */
export type Plan = (operation: AuthorisedOperation) => Promise<QueryPlan>;

/** Plans on the threads of a pool. */
export function createPlan(pool: Pick<PlanPool, "plan">): Plan {
  return async (operation) => {
    const { supergraph, operationName } = operation.variant.prepared;
    const document = operation.document && withoutRootMeta(operation.document);
    if (!document) return EMPTY;
    const plan = await pool.plan({
      generation: supergraph.hash,
      sdl: supergraph.planningSdl,
      document: print(document),
      operationName,
    });
    if (plan.node) return plan;
    throw new ClientError(
      "OPERATION_CANNOT_BE_PLANNED",
      "The subgraphs cannot answer this operation: an entity it needs is not resolvable where it is reached.",
    );
  };
}

const EMPTY: QueryPlan = Object.freeze({ kind: "QueryPlan" });

/** Introspection and the root's own `__typename` are answered here, without a subgraph. */
function withoutRootMeta(document: DocumentNode): DocumentNode | null {
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) return null;
  const selections = operation.selectionSet.selections.filter(
    (node) => node.kind !== Kind.FIELD || !node.name.value.startsWith("__"),
  );
  if (selections.length === operation.selectionSet.selections.length) return document;
  if (selections.length === 0) return null;
  const kept = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  return {
    ...document,
    definitions: document.definitions.map((node) => (node === operation ? kept : node)),
  };
}
