import type { QueryPlan } from "@apollo/query-planner";
import { type GraphQLFormattedError, parse } from "graphql";
import { describe, expect, it } from "vitest";
import type { Program } from "../../gateway/execution/executor.ts";
import { explains } from "../../gateway/execution/place-errors.ts";
import type { Path } from "../../gateway/execution/shape-response.ts";
import { ClientError } from "../../shared/errors.ts";
import { createProgramComparison } from "./compare-programs.ts";
import { equalData } from "./equal-data.ts";
import { explore } from "./explore.ts";
import {
  compile,
  type Federation,
  federate,
  hasEmptySelection,
  type Operation,
  plan,
  run,
  runReference,
  specialise,
} from "./federate.ts";
import { drawOperation } from "./random-operation.ts";
import { drawSubgraphs, type RandomSubgraphs } from "./random-subgraphs.ts";
import {
  lostTypeFault,
  refusedFault,
  requiresListsOfLists,
  STOCK_FAULTS,
  unknownTypeFault,
} from "./stock-faults.ts";
import { Tape } from "./tape.ts";
import type { Temper } from "./world.ts";

const CASES = Number(process.env.DIFFERENTIAL_CASES ?? 20_000);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);

/** Each operation runs against data as it is, with nulls, with failing fields, and with entities nobody knows. */
const TEMPERS: readonly Temper[] = [
  { seed: 1, nulls: 0, failures: 0, unknown: 0 },
  { seed: 2, nulls: 5, failures: 0, unknown: 0 },
  { seed: 3, nulls: 9, failures: 12, unknown: 0 },
  { seed: 4, nulls: 9, failures: 0, unknown: 4 },
];

/** Counts over the whole run, for the line that is printed; a case is an operation against one set of data. */
const seen = {
  againstOneSchema: 0,
  againstStock: 0,
  operations: 0,
  supergraphs: 0,
  notComposing: 0,
  notPlanned: 0,
  errors: 0,
};

/** How many plans or cases showed each known fault of the stock planner and executor. */
const faults = new Map<string, number>(STOCK_FAULTS.map((name) => [name, 0]));

const { compile: compareProgram, seen: texts } = createProgramComparison();

describe(`121: execution of random operations over random supergraphs (seed ${SEED}, ${CASES} cases each)`, () => {
  it("gives what one schema over the same data gives, and what the stock executor makes of the same plans", async () => {
    await explore<Setting>({
      seed: SEED,
      batch: 10,
      operationsPerSetting: 24,
      isDone: () => seen.againstOneSchema >= CASES && seen.againstStock >= CASES,
      open,
      compare: (setting, choices) => compareOperation(setting, choices),
    });
    const counts = { ...seen, ...Object.fromEntries(faults), texts };
    console.log("differential:", JSON.stringify({ seed: SEED, ...counts }));
    expect(seen.errors).toBeGreaterThan(0);
    expect(texts.spliced).toBeGreaterThan(texts.responses / 4);
    expect(texts.gaveUp).toBeGreaterThan(0);
  }, 1_800_000);
});

interface Setting {
  readonly drawn: RandomSubgraphs;
  readonly federation: Federation;
  /** The planner's option of that name; the stock executor does not execute such plans rightly. */
  readonly typeConditions: boolean;
}

function open(schema: readonly number[]): Setting | null {
  const drawn = drawSubgraphs(new Tape(schema));
  const typeConditions = schema.length % 8 === 0;
  const federation = federate(drawn, typeConditions);
  if (!federation) {
    seen.notComposing += 1;
    return null;
  }
  seen.supergraphs += 1;
  return { drawn, federation, typeConditions };
}

interface Case extends Setting {
  readonly operation: Operation;
  /** Planned as the gateway does, for the values of its conditions; else the plan keeps them. */
  readonly specialised: boolean;
  readonly queryPlan: QueryPlan;
}

async function compareOperation(setting: Setting, choices: readonly number[]): Promise<void> {
  const { federation } = setting;
  const operation = drawOperation(federation.apiSchema, new Tape(choices));
  if (!operation) return;
  const specialised = choices.length % 2 === 0 || hasEmptySelection(operation);
  const document = specialised ? specialise(operation) : parse(operation.query);
  let queryPlan: QueryPlan;
  try {
    queryPlan = plan(federation, document);
  } catch {
    seen.notPlanned += 1;
    return;
  }
  seen.operations += 1;
  const test: Case = { ...setting, operation, specialised, queryPlan };
  const program = await compileOrRefuse(test);
  if (!program) return;
  for (const temper of TEMPERS) await compareAnswers(test, program, temper);
}

/** Null for a plan that the compiler refuses because it would give a wrong answer, which must be so. */
async function compileOrRefuse(test: Case): Promise<Program | null> {
  const { federation, operation, queryPlan, specialised, typeConditions } = test;
  try {
    return compile(federation, queryPlan, operation, compareProgram);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "OPERATION_CANNOT_BE_PLANNED") throw error;
    const fault = refusedFault(error.message);
    const isProved = !specialised || typeConditions || (await isAnsweredWrongly(test));
    if (fault === null || !isProved) throw failure(test, undefined, `refused: ${error.message}`, null, null);
    count(fault);
    return null;
  }
}

async function compareAnswers(test: Case, program: Program, temper: Temper): Promise<void> {
  const { federation, operation, queryPlan, specialised, typeConditions } = test;
  const ours = await run(federation, program, operation, temper);
  seen.errors += ours.errors.length;
  const data: unknown = JSON.parse(ours.dataText);
  const misplaced = ours.errors.find((error) => !belongs(data, error));
  if (misplaced) throw failure(test, temper, "an error has a value", misplaced, ours);

  // With entities that nobody knows there is no telling what one schema would give.
  const oracle = temper.unknown === 0 ? await federation.monolith(operation, temper) : null;
  if (oracle !== null) seen.againstOneSchema += 1;
  const isRight = oracle !== null && JSON.stringify(oracle.data) === ours.dataText;
  const missing = isRight && (oracle.errors ?? []).find((error) => !isReported(data, error, ours.errors));
  if (missing) throw failure(test, temper, "an error is missing", missing, ours);
  if (oracle !== null && !isRight) {
    if (specialised) throw failure(test, temper, "not the data of one schema", oracle, ours);
    count("a plan with conditions is not the operation");
  }

  if (typeConditions) return;
  seen.againstStock += 1;
  const reference = await runReference(federation, queryPlan, operation, temper);
  if (equalData(reference.data, data)) {
    if (reference.errors.length > 0 && ours.errors.length === 0)
      throw failure(test, temper, "errors are missing", reference, ours);
    return;
  }
  const fault = requiresListsOfLists(queryPlan, federation.schema)
    ? "objects in required lists of lists lose their fields"
    : temper.unknown === 0
      ? lostTypeFault(reference.data, data, isRight && reference.errors.length > 0)
      : (unknownTypeFault(reference.data, data, ours.errors.length > 0) ??
        ((await isRace(test, program, temper, reference.data))
          ? "what a parallel call tells of an entity's type comes in time or not"
          : null));
  if (fault === null) throw failure(test, temper, "not the data of the stock executor", reference, ours);
  count(fault);
}

function count(fault: string): void {
  faults.set(fault, (faults.get(fault) ?? 0) + 1);
}

/** Whether there are data for which the stock executor does not give what one schema gives. */
async function isAnsweredWrongly({ federation, operation, queryPlan }: Case): Promise<boolean> {
  for (let seed = 1; seed < 200; seed += 1) {
    const temper = { seed, nulls: seed % 2 === 0 ? 9 : 0, failures: 0, unknown: 0 };
    const reference = await runReference(federation, queryPlan, operation, temper);
    const oracle = await federation.monolith(operation, temper);
    if (!equalData(reference.data, JSON.parse(JSON.stringify(oracle.data)))) return true;
  }
  return false;
}

/**
 * Whether the difference is a race within the plan: where an entity is unknown to one subgraph, its type is learned
 * from a parallel call to another one, soon enough or not.
 */
async function isRace(
  { federation, operation }: Case,
  program: Program,
  temper: Temper,
  expected: unknown,
): Promise<boolean> {
  for (const name of federation.subgraphs.keys()) {
    const ours = await run(federation, program, operation, temper, new Set([name]));
    if (equalData(expected, JSON.parse(ours.dataText))) return true;
  }
  return false;
}

/** Whether an error's path leads to a null; two kinds of errors belong to an object of which parts are null. */
function belongs(data: unknown, { path, message }: GraphQLFormattedError): boolean {
  const ofObject = message.startsWith("A subgraph reported") || message === "reference failed";
  return ofObject || path === undefined || depthOfNull(data, path) <= path.length;
}

/** Whether an error accounts for the null that `error` led to. */
function isReported(
  data: unknown,
  { path = [] }: GraphQLFormattedError,
  errors: readonly GraphQLFormattedError[],
): boolean {
  const place = path.slice(0, depthOfNull(data, path));
  return errors.some((error) => explains(error.path ?? [], place));
}

/** How many segments of the path lead to a null; more than there are if none does. */
function depthOfNull(data: unknown, path: Path): number {
  let value = data;
  for (const [depth, segment] of path.entries()) {
    if (value === null) return depth;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value === null ? path.length : path.length + 1;
}

function failure(
  { drawn, operation, specialised, typeConditions, queryPlan }: Case,
  temper: Temper | undefined,
  what: string,
  expected: unknown,
  ours: unknown,
): Error {
  const sdl = drawn.subgraphs.map((subgraph) => `# ${subgraph.name}\n${subgraph.sdl}`);
  const facts = { what, specialised, typeConditions, temper, variables: operation.variables };
  const rest = [operation.query, JSON.stringify({ expected, ours }), JSON.stringify(queryPlan), ...sdl];
  return new Error([JSON.stringify(facts), ...rest].join("\n"));
}
