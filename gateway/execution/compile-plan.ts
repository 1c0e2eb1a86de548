import type { Schema } from "@apollo/federation-internals";
import type { FetchNode, PlanNode, ResponsePath } from "@apollo/query-planner";
import { type GraphQLSchema, parse } from "graphql";
import { ClientError } from "../../shared/errors.ts";
import { compileIntrospection } from "./answer-introspection.ts";
import { checkFetch } from "./check-plan.ts";
import { compileFetch } from "./compile-fetch.ts";
import type { CompileProgram, ExecutionResult, ProgramInput } from "./executor.ts";
import { explains, placeErrors } from "./place-errors.ts";
import { Run, type Step } from "./run.ts";
import { compileShaper } from "./shape-response.ts";
import { parsePath } from "./walk-path.ts";
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
      const run = new Run(request);
      await step(run);
      const { data, raised } = run;
      const { claimValues, now } = request;
      const shapeRequest = { claimValues, now, introspection: introspection(request.variables) };
      const text = fastWriter()?.(data, shapeRequest) ?? null;
      if (raised.length === 0 && text !== null) return { dataText: text, errors: [] };
      const placed = placeErrors(raised, input.shape, data, request);
      if (text !== null) return { dataText: text, errors: placed };
      const covers = [
        ...raised.flatMap((error) => error.covers),
        ...placed.flatMap(({ path }) => (path ? [path] : [])),
      ];
      const shaped = shaper(data, shapeRequest, (path) => covers.some((cover) => explains(cover, path)));
      return { dataText: shaped.dataText, errors: [...placed, ...shaped.errors] };
    },
  };
};

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
  if (node !== undefined) return new PlanCompiler(node, input).step(node, []);
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
  readonly #fetches: readonly PlacedFetch[];
  readonly #copies: boolean;

  constructor(root: PlanNode, { supergraphSchema, federatedSchema }: ProgramInput) {
    this.#schema = supergraphSchema;
    this.#federated = federatedSchema;
    this.#interfaceObjects = interfaceObjectsOf(federatedSchema);
    this.#fetches = listFetches(root, []);
    this.#copies = this.#fetches.some(
      ({ fetch, path }) =>
        fetch.contextRewrites !== undefined || path.some((element) => String(element).includes("|")),
    );
  }

  /** `path` leads from the root of the response to where the node applies. */
  step(node: PlanNode, path: ResponsePath): Step {
    switch (node.kind) {
      case "Sequence":
        return sequence(node.nodes.map((child) => this.step(child, path)));
      case "Parallel":
        return parallel(node.nodes.map((child) => this.step(child, path)));
      case "Flatten":
        return this.step(node.node, [...path, ...node.path]);
      case "Condition":
        return condition(
          node.condition,
          node.ifClause ? this.step(node.ifClause, path) : NOTHING,
          node.elseClause ? this.step(node.elseClause, path) : NOTHING,
        );
      case "Fetch":
        return this.#fetch(node, path);
      case "Defer":
        throw notSupported("@defer is");
    }
  }

  #fetch(fetch: FetchNode, path: ResponsePath): Step {
    const steps = parsePath(path);
    const text = callText(fetch);
    const alike = this.#fetches.filter((other) => callText(other.fetch) === text);
    const above = this.#fetches
      .filter(
        (other) => other.fetch.requires && other.path.length < path.length && isPrefix(other.path, path),
      )
      .map((other) => parsePath(other.path).length);
    const document = parse(fetch.operation, { noLocation: true });
    checkFetch(fetch, document, this.#federated);
    return compileFetch(fetch, document, {
      steps,
      sharedFrom: this.#copies ? steps.length : Math.min(steps.length, ...above),
      callKey: alike.length > 1 ? text : null,
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

interface PlacedFetch {
  readonly fetch: FetchNode;
  readonly path: ResponsePath;
}

function listFetches(node: PlanNode, path: ResponsePath): readonly PlacedFetch[] {
  switch (node.kind) {
    case "Sequence":
    case "Parallel":
      return node.nodes.flatMap((child) => listFetches(child, path));
    case "Flatten":
      return listFetches(node.node, [...path, ...node.path]);
    case "Condition":
      return [node.ifClause, node.elseClause].flatMap((child) => (child ? listFetches(child, path) : []));
    case "Fetch":
      return [{ fetch: node, path }];
    case "Defer":
      return [];
  }
}

/** What two calls with equal variables have in common if they are the same; the operation's name is not part of it. */
function callText({ serviceName, operation }: FetchNode): string {
  return `${serviceName} ${operation.replace(OPERATION_NAME, "$1")}`;
}

const OPERATION_NAME = /^(query|mutation) [_A-Za-z][_0-9A-Za-z]*/;

function isPrefix(short: ResponsePath, long: ResponsePath): boolean {
  return short.every((element, index) => element === long[index]);
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
  return (run) => (run.variables[variable] === true ? whenTrue(run) : whenFalse(run));
}
