import type { FetchNode, PlanNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import type { JoinedSchema } from "../../shared/join-facts.ts";
import { compileIntrospection } from "./answer-introspection.ts";
import { Calls } from "./calls.ts";
import { checkArguments } from "./check-arguments.ts";
import { checkFetch } from "./check-plan.ts";
import { compileFetch } from "./compile-fetch.ts";
import { deliver } from "./deliver.ts";
import type { CompileProgram, ExecutionResult, Program, ProgramInput } from "./executor.ts";
import { findPlaces, isPathDependent, type Place } from "./find-places.ts";
import { generateLater } from "./generate-program.ts";
import { inOnePiece } from "./in-one-piece.ts";
import type { OperationShape } from "./operation-shape.ts";
import { type PlannedFetch, planFetches } from "./plan-fetches.ts";
import { Run, type Step } from "./run.ts";
import { compileShaper, type ShapedResponse } from "./shape-response.ts";
import { Tally } from "./tally.ts";
import { type CompileTextProgram, compileTextProgram } from "./text/compile-text-program.ts";

/** The compiler of this gateway: answers are spliced where that is possible, else parsed. */
export const compilePlan: CompileProgram = createCompilePlan(compileTextProgram);

/**
 * Makes a compiler that turns a query plan and the shape of its response into a program; what can be known without a
 * request is done here, once.
 *
 * @param compileText for operations that keep coming; null for those whose answers are always parsed
 * @throws ClientError OPERATION_NOT_SUPPORTED for @defer and subscriptions, OPERATION_CANNOT_BE_PLANNED for a
 * plan that does not answer its operation, RESERVED_ALIAS for `__proto__`
 */
export function createCompilePlan(compileText: CompileTextProgram): CompileProgram {
  return (input) => createProgram(input, compileText);
}

function createProgram(input: ProgramInput, compileText: CompileTextProgram): Program {
  const { step, fetches } = compileRoot(input);
  const shaper = compileShaper(input.shape, input.apiSchema);
  const introspection = compileIntrospection(input.document, input.operationName, input.apiSchema);
  const generated = generateLater(input, fetches, compileText);
  const gather = async (calls: Calls): Promise<Run> => {
    calls.replay();
    const run = new Run(calls);
    await step(run);
    return run;
  };
  return {
    run: async (request): Promise<ExecutionResult> => {
      const { claimValues, now } = request;
      const tally = input.shape.slots > 0 ? new Tally(input.shape.slots) : null;
      const shapeRequest = { claimValues, now, introspection: introspection(request.variables), tally };
      const calls = new Calls(request);
      const { runText, noteText, write } = generated();
      const text = runText === null ? null : await runText(calls, shapeRequest);
      if (runText !== null) noteText(text);
      if (runText !== null && text === null) tally?.clear();
      const made = text ?? (await gather(calls));
      const delivered: ShapedResponse =
        typeof made === "string"
          ? { dataText: made, errors: [] }
          : deliver(made, shapeRequest, input.shape, write(), () => shaper);
      inOnePiece(delivered.dataText);
      if (!tally) return delivered;
      const complete = (shape: OperationShape) => compileShaper(shape, input.apiSchema);
      const uncounted = { ...shapeRequest, tally: null };
      // Answers that were not parsed are, now. What a mutation gave always was: no call is made twice.
      const reshape = async (shape: OperationShape) => {
        const run = typeof made === "string" ? await gather(calls) : made;
        return deliver(run, uncounted, shape, null, () => complete(shape));
      };
      return { ...delivered, counted: { tally, reshape } };
    },
  };
}

interface CompiledPlan {
  readonly step: Step;
  readonly fetches: readonly PlannedFetch[];
}

function compileRoot(input: ProgramInput): CompiledPlan {
  const { plan, shape } = input;
  const { node } = plan;
  if (node?.kind === "Subscription") throw notSupported("Subscriptions are");
  if (node !== undefined) {
    const compiler = new PlanCompiler(node, input);
    return { step: compiler.step(node), fetches: compiler.fetches };
  }
  const field = shape.root.fields.find(
    ({ fieldName, delivery }) => !fieldName.startsWith("__") && delivery.kind !== "denied",
  );
  if (field === undefined) return { step: () => Promise.resolve(), fetches: [] };
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
  readonly fetches: readonly PlannedFetch[];
  readonly #schema: GraphQLSchema;
  readonly #joined: JoinedSchema;
  readonly #interfaceObjects: ReadonlySet<string>;
  readonly #byNode: ReadonlyMap<FetchNode, PlannedFetch>;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #copies: boolean;

  constructor(root: PlanNode, { document, supergraphSchema, joined }: ProgramInput) {
    this.#schema = supergraphSchema;
    this.#joined = joined;
    this.#interfaceObjects = interfaceObjectsOf(joined);
    this.#byNode = planFetches(root);
    this.fetches = [...this.#byNode.values()];
    checkArguments(this.fetches, document, joined);
    this.#places = findPlaces(this.fetches);
    this.#copies = this.fetches.some(isPathDependent);
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
    const planned = this.#byNode.get(fetch);
    const place = planned && this.#places.get(planned.at);
    if (!planned || !place) throw new TypeError("every fetch of the plan was listed before");
    checkFetch(fetch, planned.document, this.#joined);
    return compileFetch(planned, {
      place,
      copies: this.#copies,
      schema: this.#schema,
      interfaceObjects: this.#interfaceObjects,
    });
  }
}

/** Interfaces that some subgraph declares with `@interfaceObject`. */
function interfaceObjectsOf({ joins }: JoinedSchema): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, applied] of joins.types)
    if (applied.some(({ isInterfaceObject }) => isInterfaceObject)) found.add(name);
  return found;
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
