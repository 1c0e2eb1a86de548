import type { FetchNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { type CollectRepresentations, compileRepresentations } from "./collect-representations.ts";
import { type ContextGroup, compileContexts, type GroupByContext } from "./context-values.ts";
import type { Place } from "./find-places.ts";
import { compileMerge, isJsonObject, type JsonObject } from "./merge-entities.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import { compileRaise, type RaiseErrors } from "./raise-errors.ts";
import { compileRewrites } from "./rewrite-data.ts";
import type { Run, Step } from "./run.ts";
import { invalidReply, type SubgraphReply } from "./subgraph-reply.ts";
import { locateObjects } from "./walk-path.ts";

/** What a fetch needs to know of the plan around it. */
export interface FetchContext {
  readonly place: Place;
  /** What calls of the same text have in common, or null where the plan has no other one like it. */
  readonly callKey: string | null;
  /** Whether objects at different places must not share what they adopt from one representation. */
  readonly copies: boolean;
  readonly schema: GraphQLSchema;
  /** Interfaces that some subgraph has as an object. */
  readonly interfaceObjects: ReadonlySet<string>;
}

/** Compiles one Fetch node: its body is text with holes for representations and variables. */
export function compileFetch(planned: PlannedFetch, context: FetchContext): Step {
  const { fetch } = planned;
  const call = compileCall(fetch, context.callKey);
  const raise = compileRaise(planned);
  const merge = compileMergeOf(planned, context);
  if (fetch.requires === undefined) return rootStep(context.place, call, raise, merge);
  if (fetch.variableUsages?.includes("representations")) {
    throw new ClientError(
      "OPERATION_CANNOT_BE_PLANNED",
      'A variable named "representations" cannot be passed on to a subgraph; rename it.',
    );
  }
  const collect = compileRepresentations(fetch, context.schema);
  const step = { planned, copies: context.copies, call, raise, merge, collect };
  return fetch.contextRewrites
    ? contextStep(step, compileContexts(fetch.contextRewrites, context.schema))
    : (run) => fetchEntities(step, run, context.place.find(run), null);
}

/** Sends the operation with this JSON list of representations, and these values of context arguments. */
type Call = (
  run: Run,
  representations: string | null,
  context: ContextGroup | null,
) => Promise<SubgraphReply>;

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

function compileMergeOf({ fetch, keys }: PlannedFetch, { schema, interfaceObjects }: FetchContext): Merge {
  const merge = compileMerge(keys, interfaceObjects);
  if (!fetch.outputRewrites || fetch.outputRewrites.length === 0) return merge;
  const rewrite = compileRewrites(fetch.outputRewrites, schema);
  return (target, source) => {
    // What the rewrites ask for may be the type of an entity, which the subgraph was told and did not repeat.
    if (target.__typename !== undefined) source.__typename ??= target.__typename;
    rewrite(source);
    merge(target, source);
  };
}

function rootStep(place: Place, call: Call, raise: RaiseErrors, merge: Merge): Step {
  return async (run) => {
    const targets = place.find(run);
    if (targets.length === 0) return;
    const reply = await call(run, null, null);
    if (reply.kind === "failed" || reply.errors.length > 0) raise(run, reply, null);
    if (reply.kind === "failed" || reply.data === null) return;
    const { data } = reply;
    targets.forEach((target, index) => {
      merge(target, index === 0 ? data : structuredClone(data));
    });
  };
}

interface EntityFetch {
  readonly planned: PlannedFetch;
  readonly copies: boolean;
  readonly call: Call;
  readonly raise: RaiseErrors;
  readonly merge: Merge;
  readonly collect: CollectRepresentations;
}

/** One call for each different set of values that arguments take from their context. */
function contextStep(entityFetch: EntityFetch, group: GroupByContext): Step {
  return async (run) => {
    const groups = group(locateObjects(run.data, entityFetch.planned.steps));
    await Promise.all(groups.map((item) => fetchEntities(entityFetch, run, item.objects, item)));
  };
}

async function fetchEntities(
  { planned, copies, call, raise, merge, collect }: EntityFetch,
  run: Run,
  objects: readonly JsonObject[],
  context: ContextGroup | null,
): Promise<void> {
  const sent = collect(objects);
  if (sent.texts.length === 0) return;
  const reply = await call(run, `[${sent.texts.join(",")}]`, context);
  if (reply.kind === "failed" || reply.errors.length > 0) raise(run, reply, sent);
  if (reply.kind === "failed" || reply.data === null) return;
  const entities = reply.data._entities;
  if (entities === null && reply.errors.length > 0) return;
  if (!isEntityList(entities, sent.texts.length)) {
    raise(run, invalidReply(planned.fetch.serviceName, "entities that are not those it was asked for"), sent);
    return;
  }
  const used = copies ? new Set<number>() : null;
  for (let at = 0; at < sent.targets.length; at += 1) {
    const [target, index] = [sent.targets[at], sent.indexes[at] ?? 0];
    const entity = entities[index];
    if (!target || !entity) continue;
    merge(target, used?.has(index) ? structuredClone(entity) : entity);
    used?.add(index);
  }
}

function isEntityList(value: unknown, length: number): value is readonly (JsonObject | null)[] {
  return (
    Array.isArray(value) &&
    value.length === length &&
    value.every((entity) => entity === null || isJsonObject(entity))
  );
}
