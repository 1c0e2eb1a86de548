import type { FetchNode } from "@apollo/query-planner";
import type { Calls } from "./calls.ts";
import type { SubgraphReply } from "./subgraph-reply.ts";

/**
 * Makes the call of one fetch.
 *
 * @param representations JSON list, or null for a fetch of root fields
 * @param context JSON text of variables that are not the client's, by name; null for none
 */
export type Call = (
  calls: Calls,
  representations: string | null,
  context: ReadonlyMap<string, string> | null,
) => Promise<SubgraphReply>;

/**
 * Prepares the body of a fetch: the operation is encoded once, a request only splices representations and
 * variables in, as text.
 *
 * @param id equal for fetches of a plan that ask the same of the same subgraph ({@link callText})
 * @param isOnly whether no other fetch has this id
 */
export function compileCall(fetch: FetchNode, id: number, isOnly: boolean): Call {
  const { serviceName, operation, operationName } = fetch;
  const named = operationName === undefined ? "" : `"operationName":${JSON.stringify(operationName)},`;
  const head = `{"query":${JSON.stringify(operation)},${named}"variables":{`;
  const usages = (fetch.variableUsages ?? []).map((name) => ({ name, prefix: `${JSON.stringify(name)}:` }));
  return (calls, representations, context) => {
    let variables = representations === null ? "" : `"representations":${representations}`;
    for (const { name, prefix } of usages) {
      const text = context?.get(name) ?? calls.variableText(name);
      if (text !== undefined) variables += `${variables === "" ? "" : ","}${prefix}${text}`;
    }
    const body = `${head}${variables}}}`;
    if (fetch.operationKind === "mutation") return calls.mutate(serviceName, body);
    return calls.query(`${id} ${variables}`, isOnly, serviceName, body);
  };
}

/** What a fetch asks of which subgraph; the operation's name is not part of it. */
export function callText({ serviceName, operation }: FetchNode): string {
  return `${serviceName} ${operation.replace(OPERATION_NAME, "$1")}`;
}

const OPERATION_NAME = /^(query|mutation) [_A-Za-z][_0-9A-Za-z]*/;
