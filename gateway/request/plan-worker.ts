// Thread: holds query planners and plans, one operation at a time, where the event loop of requests is not blocked.
import { parentPort } from "node:worker_threads";
import { operationFromDocument, Supergraph } from "@apollo/federation-internals";
import { type QueryPlan, QueryPlanner } from "@apollo/query-planner";
import { parse } from "graphql";

/** What the thread is told; a generation is loaded before anything is planned for it. */
export type PlanRequest =
  | { readonly kind: "load"; readonly generation: string; readonly sdl: string }
  | { readonly kind: "forget"; readonly generation: string }
  | {
      readonly kind: "plan";
      readonly generation: string;
      readonly document: string;
      readonly operationName: string | null;
    };

/** What it answers to `load` and `plan`. */
export type PlanReply =
  | { readonly kind: "loaded" }
  | { readonly kind: "planned"; readonly plan: QueryPlan }
  /** The planner's own limit was reached. */
  | { readonly kind: "too complex" }
  | { readonly kind: "failed"; readonly message: string };

interface Planner {
  readonly supergraph: Supergraph;
  readonly planner: QueryPlanner;
}

const planners = new Map<string, Planner>();

parentPort?.on("message", (request: PlanRequest) => {
  if (request.kind === "forget") planners.delete(request.generation);
  else parentPort?.postMessage(answer(request));
});

function answer(request: Exclude<PlanRequest, { kind: "forget" }>): PlanReply {
  try {
    if (request.kind === "plan") return { kind: "planned", plan: planOf(request) };
    // Whoever reads a generation validates it, and serves none that is not valid.
    const supergraph = Supergraph.build(request.sdl, { supportedFeatures: null, validateSupergraph: false });
    planners.set(request.generation, { supergraph, planner: new QueryPlanner(supergraph) });
    return { kind: "loaded" };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return PLANNER_LIMIT.test(text) ? { kind: "too complex" } : { kind: "failed", message: text };
  }
}

/** What `@apollo/query-planner` says, in no other form, of an operation with too many ways to plan it. */
const PLANNER_LIMIT = /exceeds limit of \d+|reached the limit of \d+/;

function planOf({ generation, document, operationName }: Extract<PlanRequest, { kind: "plan" }>): QueryPlan {
  const known = planners.get(generation);
  if (!known) throw new Error(`generation ${generation} was not loaded`);
  const name = operationName === null ? {} : { operationName };
  return known.planner.buildQueryPlan(operationFromDocument(known.supergraph.schema, parse(document), name));
}
