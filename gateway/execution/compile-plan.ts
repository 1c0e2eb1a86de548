import type { Schema } from "@apollo/federation-internals";
import type { FetchNode, PlanNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { compileIntrospection } from "./answer-introspection.ts";
import { Calls } from "./calls.ts";
import { checkArguments } from "./check-arguments.ts";
import { checkFetch } from "./check-plan.ts";
import { compileFetch } from "./compile-fetch.ts";
import type { CompileProgram, ExecutionResult, ProgramInput } from "./executor.ts";
import { findPlaces, isPathDependent, type Place } from "./find-places.ts";
import type { OperationShape } from "./operation-shape.ts";
import { explains, placeErrors } from "./place-errors.ts";
import { type PlannedFetch, planFetches } from "./plan-fetches.ts";
import { Run, type Step } from "./run.ts";
import {
  compileShaper,
  type Path,
  type ShapedResponse,
  type ShapeRequest,
  type Shaper,
} from "./shape-response.ts";
import { Tally } from "./tally.ts";
import { compileFastWriter, type FastWriter } from "./write-response.ts";

/**
 * Turns a query plan and the shape of its response into a program; what can be known without a request is done
 * here, once.
 *
 * @throws ClientError OPERATION_NOT_SUPPORTED for @defer and subscriptions, OPERATION_CANNOT_BE_PLANNED for a
 * plan that does not answer its operation, RESERVED_ALIAS for `__proto__`
 */
export const compilePlan: CompileProgram = (input) => {
  const step = compileRoot(input);
  const shaper = compileShaper(input.shape, input.apiSchema);
  const introspection = compileIntrospection(input.document, input.operationName, input.apiSchema);
  const fastWriter = deferCompilation(input);
  return {
    run: async (request): Promise<ExecutionResult> => {
      const run = new Run(new Calls(request));
      await step(run);
      const { claimValues, now } = request;
      const tally = input.shape.slots > 0 ? new Tally(input.shape.slots) : null;
      const shapeRequest = { claimValues, now, introspection: introspection(request.variables), tally };
      const delivered = deliver(run, shapeRequest, input.shape, fastWriter(), () => shaper);
      if (!tally) return delivered;
      const complete = (shape: OperationShape) => compileShaper(shape, input.apiSchema);
      const uncounted = { ...shapeRequest, tally: null };
      const reshape = async (shape: OperationShape) =>
        deliver(run, uncounted, shape, null, () => complete(shape));
      return { ...delivered, counted: { tally, reshape } };
    },
  };
};

/** Writes what a run has gathered: fast where nothing is wrong with it, else in full, which finds what is. */
function deliver(
  { data, raised }: Run,
  request: ShapeRequest,
  shape: OperationShape,
  write: FastWriter | null,
  complete: () => Shaper,
): ShapedResponse {
  const text = write?.(data, request) ?? null;
  if (raised.length === 0 && text !== null) return { dataText: text, errors: [] };
  const placed = placeErrors(raised, shape, data, request);
  if (text !== null) return { dataText: text, errors: placed };
  request.tally?.clear();
  const covers = [
    ...raised.flatMap((error) => error.covers),
    ...placed.flatMap(({ path }) => (path ? [path] : [])),
  ];
  const isExplained = (path: Path) => covers.some((cover) => explains(cover, path));
  const { dataText, errors } = complete()(data, request, isExplained);
  return { dataText, errors: [...placed, ...errors] };
}

/** Runs of a program that the closures serve, before code is generated for it: most operations of a crowd come once. */
const RUNS_BEFORE_GENERATION = 2;

function deferCompilation(input: ProgramInput): () => FastWriter | null {
  let runs = 0;
  let writer: FastWriter | null = null;
  return () => {
    runs += 1;
    if (runs === RUNS_BEFORE_GENERATION) writer = compileFastWriter(input.shape, input.apiSchema);
    return writer;
  };
}

function compileRoot(input: ProgramInput): Step {
  const { plan, shape } = input;
  const { node } = plan;
  if (node?.kind === "Subscription") throw notSupported("Subscriptions are");
  if (node !== undefined) return new PlanCompiler(node, input).step(node);
  const field = shape.root.fields.find(
    ({ fieldName, delivery }) => !fieldName.startsWith("__") && delivery.kind !== "denied",
  );
  if (field === undefined) return () => Promise.resolve();
  throw new ClientError(
    "OPERATION_CANNOT_BE_PLANNED",
    `No subgraph can answer the field ${field.coordinate}.`,
  );
}

function notSupported(what: string): ClientError {
  return new ClientError("OPERATION_NOT_SUPPORTED", `${what} not supported by this gateway.`);
}

/** Compiles the nodes of one plan; holds what a fetch has to know of the others. */
class PlanCompiler {
  readonly #schema: GraphQLSchema;
  readonly #federated: Schema;
  readonly #interfaceObjects: ReadonlySet<string>;
  readonly #fetches: ReadonlyMap<FetchNode, PlannedFetch>;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #copies: boolean;

  constructor(root: PlanNode, { document, supergraphSchema, federatedSchema }: ProgramInput) {
    this.#schema = supergraphSchema;
    this.#federated = federatedSchema;
    this.#interfaceObjects = interfaceObjectsOf(federatedSchema);
    this.#fetches = planFetches(root);
    const fetches = [...this.#fetches.values()];
    checkArguments(fetches, document, federatedSchema);
    this.#places = findPlaces(fetches);
    this.#copies = fetches.some(isPathDependent);
  }

  step(node: PlanNode): Step {
    switch (node.kind) {
      case "Sequence":
        return sequence(node.nodes.map((child) => this.step(child)));
      case "Parallel":
        return parallel(node.nodes.map((child) => this.step(child)));
      case "Flatten":
        return this.step(node.node);
      case "Condition":
        return condition(
          node.condition,
          node.ifClause ? this.step(node.ifClause) : NOTHING,
          node.elseClause ? this.step(node.elseClause) : NOTHING,
        );
      case "Fetch":
        return this.#fetch(node);
      case "Defer":
        throw notSupported("@defer is");
    }
  }

  #fetch(fetch: FetchNode): Step {
    const planned = this.#fetches.get(fetch);
    const place = planned && this.#places.get(planned.at);
    if (!planned || !place) throw new TypeError("every fetch of the plan was listed before");
    checkFetch(fetch, planned.document, this.#federated);
    return compileFetch(planned, {
      place,
      copies: this.#copies,
      schema: this.#schema,
      interfaceObjects: this.#interfaceObjects,
    });
  }
}

/** Interfaces that some subgraph declares with `@interfaceObject`. */
function interfaceObjectsOf(schema: Schema): ReadonlySet<string> {
  const names = schema
    .interfaceTypes()
    .filter((type) =>
      type
        .appliedDirectivesOf("join__type")
        .some((directive) => directive.arguments().isInterfaceObject === true),
    );
  return new Set(names.map(({ name }) => name));
}

const NOTHING: Step = () => Promise.resolve();

function sequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function parallel(steps: readonly Step[]): Step {
  return async (run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}

function condition(variable: string, whenTrue: Step, whenFalse: Step): Step {
  return (run) => (run.calls.variables[variable] === true ? whenTrue(run) : whenFalse(run));
}
