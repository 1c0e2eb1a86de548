import type { GraphQLSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { type CollectRepresentations, compileRepresentations } from "./collect-representations.ts";
import { type ContextGroup, compileContexts, type GroupByContext } from "./context-values.ts";
import { compileMissing, type IsIncomplete } from "./find-missing.ts";
import type { Place } from "./find-places.ts";
import { compileMerge, isJsonObject, type JsonObject } from "./merge-entities.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import { compileRaise, type RaiseErrors } from "./raise-errors.ts";
import { compileRewrites } from "./rewrite-data.ts";
import type { Run, Step } from "./run.ts";
import {
  type GraphQLAnswer,
  invalidReply,
  readAnswer,
  type SubgraphFailure,
  type SubgraphReply,
} from "./subgraph-reply.ts";
import { locateObjects } from "./walk-path.ts";

/** What a fetch needs to know of the plan around it. */
export interface FetchContext {
  readonly place: Place;
  /** Whether objects at different places must not share what they adopt from one representation. */
  readonly copies: boolean;
  readonly schema: GraphQLSchema;
  /** Interfaces that some subgraph has as an object. */
  readonly interfaceObjects: ReadonlySet<string>;
}

/** Compiles one Fetch node: its body is text with holes for representations and variables. */
export function compileFetch(planned: PlannedFetch, context: FetchContext): Step {
  const { fetch } = planned;
  const raise = compileRaise(planned);
  const merge = compileMergeOf(planned, context);
  if (fetch.requires === undefined) return rootStep(planned, context.place, raise, merge);
  if (fetch.variableUsages?.includes("representations")) {
    throw new ClientError(
      "OPERATION_CANNOT_BE_PLANNED",
      'A variable named "representations" cannot be passed on to a subgraph; rename it.',
    );
  }
  const collect = compileRepresentations(fetch, context.schema);
  const isIncomplete = compileMissing(planned.document, true);
  const step = { planned, copies: context.copies, raise, merge, collect, isIncomplete };
  return fetch.contextRewrites
    ? contextStep(step, compileContexts(fetch.contextRewrites, context.schema))
    : (run) => fetchEntities(step, run, context.place.find(run), null);
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

function rootStep(planned: PlannedFetch, place: Place, raise: RaiseErrors, merge: Merge): Step {
  const isIncomplete = compileMissing(planned.document, false);
  return async (run) => {
    const targets = place.find(run);
    if (targets.length === 0) return;
    const answer = await receive(planned, planned.call(run.calls, null, null));
    if (answer.kind === "failed" || answer.errors.length > 0) raise(run, answer, null);
    if (answer.kind === "failed" || answer.data === null) return;
    const { data, errors } = answer;
    if (errors.length === 0 && isIncomplete(data)) return raise(run, incomplete(planned), null);
    targets.forEach((target, index) => {
      merge(target, index === 0 ? data : structuredClone(data));
    });
  };
}

async function receive(
  { fetch }: PlannedFetch,
  call: Promise<SubgraphReply>,
): Promise<GraphQLAnswer | SubgraphFailure> {
  const reply = await call;
  return reply.kind === "answer" ? readAnswer(fetch.serviceName, reply.text) : reply;
}

interface EntityFetch {
  readonly planned: PlannedFetch;
  readonly copies: boolean;
  readonly raise: RaiseErrors;
  readonly merge: Merge;
  readonly collect: CollectRepresentations;
  readonly isIncomplete: IsIncomplete;
}

/** One call for each different set of values that arguments take from their context. */
function contextStep(entityFetch: EntityFetch, group: GroupByContext): Step {
  return async (run) => {
    const groups = group(locateObjects(run.data, entityFetch.planned.steps));
    await Promise.all(groups.map((item) => fetchEntities(entityFetch, run, item.objects, item)));
  };
}

async function fetchEntities(
  { planned, copies, raise, merge, collect, isIncomplete }: EntityFetch,
  run: Run,
  objects: readonly JsonObject[],
  context: ContextGroup | null,
): Promise<void> {
  const sent = collect(objects);
  if (sent.texts.length === 0) return;
  const texts = context?.texts ?? null;
  const answer = await receive(planned, planned.call(run.calls, `[${sent.texts.join(",")}]`, texts));
  if (answer.kind === "failed" || answer.errors.length > 0) raise(run, answer, sent);
  if (answer.kind === "failed" || answer.data === null) return;
  const entities = answer.data._entities;
  if (entities === null && answer.errors.length > 0) return;
  if (!isEntityList(entities, sent.texts.length)) {
    raise(run, invalidReply(planned.fetch.serviceName, "entities that are not those it was asked for"), sent);
    return;
  }
  if (answer.errors.length === 0 && entities.some(isIncomplete)) {
    raise(run, incomplete(planned), sent);
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

function incomplete({ fetch }: PlannedFetch): SubgraphFailure {
  return invalidReply(fetch.serviceName, "without a field that it was asked for");
}

function isEntityList(value: unknown, length: number): value is readonly (JsonObject | null)[] {
  return (
    Array.isArray(value) &&
    value.length === length &&
    value.every((entity) => entity === null || isJsonObject(entity))
  );
}
