import type { FetchDataRewrite, FetchNode } from "@apollo/query-planner";
import type { DocumentNode, GraphQLSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { type CollectRepresentations, compileRepresentations } from "./collect-representations.ts";
import { type ContextGroup, compileContexts, type GroupByContext } from "./context-values.ts";
import {
  compileMerge,
  isJsonObject,
  type JsonObject,
  type KeyTree,
  keysOfOperation,
  uniteKeys,
} from "./merge-entities.ts";
import { compileRaise, type RaiseErrors } from "./raise-errors.ts";
import { compileRewrites, fragmentType } from "./rewrite-data.ts";
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
  /** Interfaces that some subgraph has as an object. */
  readonly interfaceObjects: ReadonlySet<string>;
}

/** Compiles one Fetch node (`document` is its operation): its body is text with holes for representations and variables. */
export function compileFetch(fetch: FetchNode, document: DocumentNode, place: FetchPlace): Step {
  const entities = fetch.requires !== undefined;
  if (entities && fetch.variableUsages?.includes("representations")) {
    throw new ClientError(
      "OPERATION_CANNOT_BE_PLANNED",
      'A variable named "representations" cannot be passed on to a subgraph; rename it.',
    );
  }
  const keys = keysOfOperation(document, entities);
  const call = compileCall(fetch, place.callKey);
  const raise = compileRaise(fetch, place.steps, keys);
  const merge = compileMergeOf(fetch, keys, place);
  if (!entities) return rootStep(place, call, raise, merge);
  const collect = compileRepresentations(fetch, place.schema);
  const step = { fetch, place, call, raise, merge, collect };
  return fetch.contextRewrites
    ? contextStep(step, compileContexts(fetch.contextRewrites, place.schema))
    : (run) => fetchEntities(step, run, objectsAt(run.data, place.steps, place.sharedFrom), null);
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

/** Data that a plan renames keys in is merged by the keys it has then, not by those of the operation. */
function compileMergeOf(fetch: FetchNode, keys: KeyTree, { schema, interfaceObjects }: FetchPlace): Merge {
  const { outputRewrites } = fetch;
  if (!outputRewrites || outputRewrites.length === 0) return compileMerge(keys, interfaceObjects);
  const rewrite = compileRewrites(outputRewrites, schema);
  const merge = compileMerge(outputRewrites.reduce(withRenamedKey, keys), interfaceObjects);
  return (target, source) => {
    // What the rewrites ask for may be the type of an entity, which the subgraph was told and did not repeat.
    if (target.__typename !== undefined) source.__typename ??= target.__typename;
    rewrite(source);
    merge(target, source);
  };
}

function withRenamedKey(keys: KeyTree, rewrite: FetchDataRewrite): KeyTree {
  return rewrite.kind === "KeyRenamer" ? addRenamed(keys, rewrite.path, rewrite.renameKeyTo) : keys;
}

function addRenamed(keys: KeyTree, path: readonly string[], name: string): KeyTree {
  const [first, ...rest] = path;
  if (first === undefined) return keys;
  if (fragmentType(first) !== null) return addRenamed(keys, rest, name);
  const below = keys.get(first) ?? null;
  if (rest.length > 0) return below === null ? keys : new Map(keys).set(first, addRenamed(below, rest, name));
  const known = keys.get(name);
  return new Map(keys).set(name, known && below ? uniteKeys(known, below) : (known ?? below));
}

function rootStep(place: FetchPlace, call: Call, raise: RaiseErrors, merge: Merge): Step {
  return async (run) => {
    const targets = objectsAt(run.data, place.steps, place.sharedFrom);
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
  readonly fetch: FetchNode;
  readonly place: FetchPlace;
  readonly call: Call;
  readonly raise: RaiseErrors;
  readonly merge: Merge;
  readonly collect: CollectRepresentations;
}

/** One call for each different set of values that arguments take from their context. */
function contextStep(entityFetch: EntityFetch, group: GroupByContext): Step {
  return async (run) => {
    const groups = group(locateObjects(run.data, entityFetch.place.steps));
    await Promise.all(groups.map((item) => fetchEntities(entityFetch, run, item.objects, item)));
  };
}

async function fetchEntities(
  { fetch, place, call, raise, merge, collect }: EntityFetch,
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
    raise(run, invalidReply(fetch.serviceName, "entities that are not those it was asked for"), sent);
    return;
  }
  const used = place.copies ? new Set<number>() : null;
  sent.targets.forEach((target, at) => {
    const index = sent.indexes[at] ?? 0;
    const entity = entities[index];
    if (!entity) return;
    merge(target, used?.has(index) ? structuredClone(entity) : entity);
    used?.add(index);
  });
}

function isEntityList(value: unknown, length: number): value is readonly (JsonObject | null)[] {
  return (
    Array.isArray(value) &&
    value.length === length &&
    value.every((entity) => entity === null || isJsonObject(entity))
  );
}
