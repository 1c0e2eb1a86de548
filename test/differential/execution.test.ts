import type { QueryPlan } from "@apollo/query-planner";
import fc from "fast-check";
import { type GraphQLFormattedError, parse } from "graphql";
import { describe, expect, it } from "vitest";
import type { Program } from "../../gateway/execution/executor.ts";
import { explains } from "../../gateway/execution/place-errors.ts";
import type { Path } from "../../gateway/execution/shape-response.ts";
import { ClientError } from "../../shared/errors.ts";
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
import { Tape } from "./tape.ts";
import type { Temper } from "./world.ts";

const CASES = Number(process.env.DPG_DIFFERENTIAL_CASES ?? 3000);
const SEED = Number(process.env.DPG_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const OPERATIONS = 12;
/** Report the first failing case as it is, without shrinking it. */
const FAST = process.env.DPG_DIFFERENTIAL_SHRINK === "off";

/** Each operation runs against data as it is, with nulls, with failing fields, and with entities nobody knows. */
const TEMPERS: readonly Temper[] = [
  { seed: 1, nulls: 0, failures: 0, unknown: 0 },
  { seed: 2, nulls: 5, failures: 0, unknown: 0 },
  { seed: 3, nulls: 9, failures: 12, unknown: 0 },
  { seed: 4, nulls: 9, failures: 0, unknown: 4 },
];

const tape = fc.array(fc.nat(10_000), { maxLength: 400, size: "max" });

/** Counts over the whole run, for the line that is printed. */
const seen = {
  cases: 0,
  operations: 0,
  supergraphs: 0,
  notComposing: 0,
  notPlanned: 0,
  errors: 0,
  stockFaults: 0,
  notCompared: 0,
  refused: 0,
  races: 0,
  unknownTypes: 0,
};

describe(`execution of random operations over random supergraphs (seed ${SEED}, ${CASES} cases)`, () => {
  it("gives what one schema over the same data gives, and what the stock executor makes of the same plans", async () => {
    while (seen.cases < CASES) {
      await fc.assert(
        fc.asyncProperty(tape, fc.array(tape, { minLength: OPERATIONS, maxLength: OPERATIONS }), compareAll),
        {
          endOnFailure: FAST,
          seed: SEED + seen.supergraphs + seen.notComposing,
          numRuns: Math.min(100, Math.ceil(CASES / 40)),
        },
      );
    }
    console.log("differential:", JSON.stringify({ seed: SEED, ...seen }));
    expect(seen.errors).toBeGreaterThan(0);
  }, 900_000);
});

async function compareAll(
  schema: readonly number[],
  operations: readonly (readonly number[])[],
): Promise<void> {
  const drawn = drawSubgraphs(new Tape(schema));
  const typeConditions = schema.length % 4 === 0;
  const federation = federate(drawn, typeConditions);
  if (!federation) {
    seen.notComposing += 1;
    return;
  }
  seen.supergraphs += 1;
  for (const [index, choices] of operations.entries()) {
    const operation = drawOperation(federation.apiSchema, new Tape(choices));
    if (!operation) continue;
    // Half of the plans are made as the gateway makes them; the others keep their conditions.
    const specialised = index % 2 === 0 || hasEmptySelection(operation);
    await compareOperation({ drawn, federation, operation, specialised, typeConditions });
  }
}

interface Case {
  readonly drawn: RandomSubgraphs;
  readonly federation: Federation;
  readonly operation: Operation;
  readonly specialised: boolean;
  readonly typeConditions: boolean;
}

async function compareOperation(test: Case): Promise<void> {
  const { federation, operation, specialised, typeConditions } = test;
  const document = specialised ? specialise(operation) : parse(operation.query);
  let queryPlan: QueryPlan;
  try {
    queryPlan = plan(federation, document);
  } catch {
    seen.notPlanned += 1;
    return;
  }
  seen.operations += 1;
  const program = compileOrRefuse(test, queryPlan);
  if (program === null) {
    seen.refused += 1;
    if (specialised && !typeConditions) await expectWrongAnswer(test, queryPlan);
    return;
  }
  let stockFault = false;
  for (const temper of TEMPERS) {
    seen.cases += 1;
    const ours = await run(federation, program, operation, temper);
    seen.errors += ours.errors.length;
    const data: unknown = JSON.parse(ours.dataText);
    const fail = (what: string, expected: unknown): never => {
      throw new Error(describeCase(test, temper, what, expected, ours, queryPlan));
    };
    const misplaced = ours.errors.find((error) => !belongs(data, error));
    if (misplaced) fail("an error has a value", misplaced);
    const reference = typeConditions ? null : await runReference(federation, queryPlan, operation, temper);
    if (temper.unknown === 0) {
      const oracle = await federation.monolith(operation, temper);
      if (JSON.stringify(oracle.data) === ours.dataText) {
        const missing = (oracle.errors ?? []).find((error) => !isReported(data, error, ours.errors));
        if (missing) fail("an error is missing", missing);
        stockFault ||= reference !== null && !equalData(reference.data, data);
        continue;
      }
      if (specialised) fail("not the data of one schema", oracle);
    }
    if (reference === null || stockFault) seen.notCompared += 1;
    else if (!equalData(reference.data, data)) {
      // Of an object whose type nobody could tell the stock executor shows the fields that all types have.
      if (ours.errors.length > 0 && equalData(reference.data, data, true)) seen.unknownTypes += 1;
      else if (await hasStockFault(test, queryPlan)) seen.stockFaults += 1;
      else if (await isRace(test, program, temper, reference.data)) seen.races += 1;
      else fail("not the data of the stock executor", reference);
    } else if (reference.errors.length > 0 && ours.errors.length === 0) fail("errors are missing", reference);
  }
  if (stockFault) seen.stockFaults += 1;
}

/** Null for a plan that the compiler refuses because it would give a wrong answer. */
function compileOrRefuse({ federation, operation }: Case, queryPlan: QueryPlan): Program | null {
  try {
    return compile(federation, queryPlan, operation);
  } catch (error) {
    if (error instanceof ClientError && error.code === "OPERATION_CANNOT_BE_PLANNED") return null;
    throw error;
  }
}

/** A plan is refused with reason: the stock executor gets a wrong answer out of it for some data. */
async function expectWrongAnswer(test: Case, queryPlan: QueryPlan): Promise<void> {
  if (await hasStockFault(test, queryPlan)) return;
  throw new Error(describeCase(test, TEMPERS[0], "refused, but answered rightly", null, null, queryPlan));
}

/** Whether there are data for which the stock executor does not give what one schema gives. */
async function hasStockFault({ federation, operation }: Case, queryPlan: QueryPlan): Promise<boolean> {
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

/**
 * Whether two results are equal, apart from two faults of the stock executor: it does not keep the client's order of
 * fields, and leaves fields out that it could not get instead of making them null. With `orNull` a null is
 * equal to everything.
 */
function equalData(reference: unknown, ours: unknown, orNull = false): boolean {
  if (ours === null && (reference === undefined || orNull)) return true;
  if (Array.isArray(reference) && Array.isArray(ours)) {
    return (
      reference.length === ours.length &&
      reference.every((item, index) => equalData(item, ours[index], orNull))
    );
  }
  if (!isRecord(reference) || !isRecord(ours)) return Object.is(reference, ours);
  const keys = new Set([...Object.keys(reference), ...Object.keys(ours)]);
  return [...keys].every((key) => key in ours && equalData(reference[key], ours[key], orNull));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describeCase(
  { drawn, operation, specialised, typeConditions }: Case,
  temper: Temper | undefined,
  what: string,
  expected: unknown,
  ours: unknown,
  queryPlan: unknown,
): string {
  const sdl = drawn.subgraphs.map((subgraph) => `# ${subgraph.name}\n${subgraph.sdl}`).join("\n");
  const facts = { what, specialised, typeConditions, temper, variables: operation.variables };
  return [
    JSON.stringify(facts),
    operation.query,
    JSON.stringify({ expected, ours }),
    JSON.stringify(queryPlan),
    sdl,
  ].join("\n");
}
