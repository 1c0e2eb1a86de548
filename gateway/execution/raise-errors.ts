import type { FetchNode } from "@apollo/query-planner";
import type { Representations } from "./collect-representations.ts";
import type { PlannedFetch } from "./plan-fetches.ts";
import type { Run } from "./run.ts";
import type { Path } from "./shape-response.ts";
import type { GraphQLAnswer, SubgraphError, SubgraphFailure } from "./subgraph-reply.ts";
import { locateObjects, type PathStep } from "./walk-path.ts";

/** Raises the errors of a reply in a run; for an entity fetch with the objects that it was about. */
export type RaiseErrors = (
  run: Run,
  reply: GraphQLAnswer | SubgraphFailure,
  sent: Pick<Representations, "targets" | "indexes"> | null,
) => void;

/** Places of one error that are reported, where an entity is in many. */
const MAX_PLACES = 20;

/**
 * Prepares what a fetch says when its call fails (once per call, at the static path of its objects) or when the
 * subgraph reports errors (for an entity, at every place that the entity has in the response).
 */
export function compileRaise({ fetch, steps, keys }: PlannedFetch): RaiseErrors {
  const prefix = steps.flatMap((step) => (step.kind === "key" ? [step.key] : []));
  const fields = [...keys.keys()].filter((key) => key !== "__typename");
  const covers: readonly Path[] = fields.map((key) => [...prefix, key]);
  const [first] = covers;
  const place = covers.length === 1 ? first : prefix.length > 0 ? prefix : undefined;
  const rename = compileRename(fetch);
  const service = fetch.serviceName;
  return (run, reply, sent) => {
    if (reply.kind === "failed") {
      const { code, message, phase } = reply;
      const extensions = { code, service, ...(phase ? { phase } : {}) };
      run.raised.push({ message, extensions, path: place, covers });
      return;
    }
    const placesOf = lazyPlaces(run, steps, sent, fields);
    for (const error of reply.errors) {
      const path = error.path?.map(rename);
      const places = path === undefined ? [] : placesOf(path);
      const raised = { message: error.message, extensions: publicExtensions(error, service) };
      if (places.length === 0) run.raised.push({ ...raised, path: place, covers });
      for (const at of places) run.raised.push({ ...raised, path: at, covers: [at] });
    }
  };
}

/** Codes of failed calls, which no subgraph may claim: their texts are taken for the gateway's own. */
const CLAIMED = /^SUBGRAPH_(?!IDENTITY_REQUIRED$)/;

function publicExtensions({ extensions }: SubgraphError, service: string): Readonly<Record<string, unknown>> {
  const { code } = extensions;
  const isOwn = typeof code === "string" && !CLAIMED.test(code);
  return { ...extensions, code: isOwn ? code : "SUBGRAPH_ERROR", service };
}

/** Undoes the aliases that the planner gave to fields of the same name. */
function compileRename(fetch: FetchNode): (segment: string | number) => string | number {
  const names = new Map<string | number, string>();
  for (const rewrite of fetch.outputRewrites ?? []) {
    const alias = rewrite.path.at(-1);
    if (rewrite.kind === "KeyRenamer" && alias !== undefined) names.set(alias, rewrite.renameKeyTo);
  }
  return (segment) => names.get(segment) ?? segment;
}

/** From a path in the subgraph's answer to the paths in merged data; the search happens once, and only if needed. */
function lazyPlaces(
  run: Run,
  steps: readonly PathStep[],
  sent: Pick<Representations, "targets" | "indexes"> | null,
  fields: readonly string[],
): (path: Path) => readonly Path[] {
  let located: readonly { readonly index: number | undefined; readonly path: Path }[] | undefined;
  const locate = (): NonNullable<typeof located> => {
    const indexes = new Map(sent?.targets.map((target, at) => [target, sent.indexes[at]]));
    return locateObjects(run.data, steps).map(({ object, path }) => ({ index: indexes.get(object), path }));
  };
  return (path) => {
    if (sent === null && steps.length === 0) return [path];
    located ??= locate();
    const index = sent === null ? undefined : path[1];
    // An entity that could not be found as a whole: its only field is the one that is null.
    const below = sent === null ? path : path.length > 2 || fields.length !== 1 ? path.slice(2) : fields;
    if (sent !== null && (path[0] !== "_entities" || typeof index !== "number")) return [];
    return located
      .filter((item) => item.index === index)
      .slice(0, MAX_PLACES)
      .map((item) => [...item.path, ...below]);
  };
}
