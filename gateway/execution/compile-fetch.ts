import type { FetchNode } from "@apollo/query-planner";
import { type GraphQLSchema, parse } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { type CollectRepresentations, compileRepresentations } from "./collect-representations.ts";
import { type ContextGroup, compileContexts, type GroupByContext } from "./context-values.ts";
import { compileMerge, isJsonObject, type JsonObject, type KeyTree, keysOfOperation } from "./merge-entities.ts";
import { type RaiseErrors, compileRaise, type TargetPaths } from "./raise-errors.ts";
import { compileRewrites, type Rewrite } from "./rewrite-data.ts";
import type { Run, Step } from "./run.ts";
import { invalidReply, type SubgraphReply } from "./subgraph-reply.ts";
import { locateObjects, objectsAt, type PathStep } from "./walk-path.ts";

/** What a fetch needs to know of the plan around it. */
export interface FetchPlace {
  /** Where its objects are; empty for the root. */
  readonly steps: readonly PathStep[];
  /** From which step on lists may be reached twice; see {@link objectsAt}. */
  readonly sharedFrom: number;
  /** What calls of the same text have in common, or null where the plan has no other one like it. */
  readonly callKey: string | null;
  /** Whether objects at different places must not share what they adopt from one representation. */
  readonly copies: boolean;
  readonly schema: GraphQLSchema;
}

/** Compiles one Fetch node: its body is text with holes for representations and variables. */
export function compileFetch(fetch: FetchNode, place: FetchPlace): Step {
  const entities = fetch.requires !== undefined;
  if (entities && fetch.variableUsages?.includes("representations")) {
    throw new ClientError(
      "OPERATION_CANNOT_BE_PLANNED",
      'A variable named "representations" cannot be passed on to a subgraph; rename it.',
    );
  }
  const keys = keysOfOperation(parse(fetch.operation, { noLocation: true }), entities);
  const call = compileCall(fetch, place.callKey);
  const raise = compileRaise(fetch, place.steps, keys);
  const merge = compileMergeOf(fetch, keys, place.schema);
  if (!entities) return rootStep(place, call, raise, merge);
  const collect = compileRepresentations(fetch, place.schema);
  const step = { fetch, place, call, raise, merge, collect };
  return fetch.contextRewrites
    ? contextStep(step, compileContexts(fetch.contextRewrites, place.schema))
    : (run) => fetchEntities(step, run, objectsAt(run.data, place.steps, place.sharedFrom), null);
}

/** Sends the operation with this JSON list of representations, and these values of context arguments. */
type Call = (run: Run, representations: string | null, context: ContextGroup | null) => Promise<SubgraphReply>;

function compileCall(fetch: FetchNode, callKey: string | null): Call {
  const { serviceName, operation, operationName } = fetch;
  const kind = fetch.operationKind === "mutation" ? "mutation" : "query";
  const named = operationName === undefined ? "" : `"operationName":${JSON.stringify(operationName)},`;
  const head = `{"query":${JSON.stringify(operation)},${named}"variables":{`;
  const usages = (fetch.variableUsages ?? []).map((name) => ({ name, prefix: `${JSON.stringify(name)}:` }));
  return (run, representations, context) => {
    let variables = representations === null ? "" : `"representations":${representations}`;
    for (const { name, prefix } of usages) {
      const text = context?.texts.get(name) ?? run.variableText(name);
      if (text !== undefined) variables += `${variables === "" ? "" : ","}${prefix}${text}`;
    }
    const key = callKey === null || kind === "mutation" ? null : `${callKey} ${variables}`;
    return run.call(serviceName, `${head}${variables}}}`, kind, key);
  };
}

type Merge = (target: JsonObject, source: JsonObject) => void;

/** Data that a plan renames keys in is merged by the keys it has then, not by those of the operation. */
function compileMergeOf(fetch: FetchNode, keys: KeyTree, schema: GraphQLSchema): Merge {
  const { outputRewrites } = fetch;
  if (!outputRewrites || outputRewrites.length === 0) return compileMerge(keys);
  const rewrite: Rewrite = compileRewrites(outputRewrites, schema);
  const merge = compileMerge(withRenamedKeys(keys, outputRewrites.flatMap((item) => item.kind === "KeyRenamer" ? [item] : [])));
  return (target, source) => {
    rewrite(source);
    merge(target, source);
  };
}

function rootStep(place: FetchPlace, call: Call, raise: RaiseErrors, merge: Merge): Step {
  return async (run) => {
    const targets = objectsAt(run.data, place.steps, place.sharedFrom);
    if (targets.length === 0) return;
    const reply = await call(run, null, null);
    raise(run, reply, null);
    if (reply.kind !== "answer" || reply.data === null) return;
    targets.forEach((target, index) => {
      merge(target, index === 0 ? reply.data : structuredClone(reply.data));
    });
  };
}
