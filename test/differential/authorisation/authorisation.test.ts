import { operationFromDocument } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import { type DocumentNode, type GraphQLFormattedError, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compose } from "../../../gateway/registry/compose.ts";
import { createAdmission } from "../../../gateway/request/admit.ts";
import { createEvaluatePolicies } from "../../../gateway/request/evaluate-policies.ts";
import {
  createHandleOperation,
  type HandleOperation,
  type OperationDependencies,
} from "../../../gateway/request/handle-operation.ts";
import { createPlan, type Plan } from "../../../gateway/request/plan.ts";
import { OperationStore } from "../../../gateway/request/prepare-operation.ts";
import { createProgramSource, type ProgramSource } from "../../../gateway/request/program-source.ts";
import { wholeApi } from "../../../gateway/supergraph/contract.ts";
import { federatedOf } from "../../../gateway/supergraph/federated-schema.ts";
import { buildSupergraph, type Supergraph } from "../../../gateway/supergraph/supergraph.ts";
import type { Caller } from "../../../shared/define-directive.ts";
import { ClientError } from "../../../shared/errors.ts";
import { ANONYMOUS } from "../../../shared/principal.ts";
import { UNLIMITED } from "../../testkit/unlimited.ts";
import { type AnswerOperation, createSubgraph } from "../answer-subgraph.ts";
import { createProgramComparison } from "../compare-programs.ts";
import { explore } from "../explore.ts";
import type { Operation } from "../federate.ts";
import { drawOperation } from "../random-operation.ts";
import { drawSubgraphs, type RandomSubgraphs } from "../random-subgraphs.ts";
import { Tape } from "../tape.ts";
import { type Temper, World } from "../world.ts";
import { unexplained } from "./compare-explanation.ts";
import { governSubgraphs } from "./govern-subgraphs.ts";
import { expectedAnswer, type Identity } from "./oracle.ts";
import { readRules, type WrittenRules } from "./read-rules.ts";

const CASES = Number(process.env.ORACLE_CASES ?? 20_000);
const SEED = Number(process.env.ORACLE_SEED ?? Date.now() % 2 ** 31);
const IDENTITIES = 6;
/** Of one caller in so many the decision is explained as well. */
const EXPLAINED = 3;

const TEMPERS: readonly Temper[] = [
  { seed: 1, nulls: 0, failures: 0, unknown: 0 },
  { seed: 2, nulls: 6, failures: 0, unknown: 0 },
];

/** A day after the epoch: with a period of one day, negative numbers are dates that are too old. */
const NOW = 86_400_000;

const seen = {
  cases: 0,
  supergraphs: 0,
  refused: 0,
  notPlanned: 0,
  refusals: 0,
  nothingLeft: 0,
  untouched: 0,
};

const { compile: compareProgram, seen: texts } = createProgramComparison();

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterAll(() => {
  vi.useRealTimers();
});

describe(`authorisation of random operations over random governed supergraphs (seed ${SEED}, ${CASES} cases)`, () => {
  it("gives each caller what the subgraphs' own rules give, neither more nor less", async () => {
    await explore<Mesh>({
      seed: SEED,
      batch: 10,
      operationsPerSetting: 32,
      isDone: () => seen.cases >= CASES,
      open: createMesh,
      compare: compareOperation,
    });
    console.log("authorisation:", JSON.stringify({ seed: SEED, ...seen, texts }));
    expect(texts.spliced).toBeGreaterThan(texts.responses / 4);
    expect(seen.refusals).toBeGreaterThan(0);
    expect(seen.untouched).toBeGreaterThan(0);
  }, 1_800_000);
});

interface Mesh {
  readonly sdls: RandomSubgraphs;
  readonly supergraph: Supergraph;
  readonly programOf: ProgramSource;
  readonly rules: WrittenRules;
  readonly world: World;
  readonly subgraphs: ReadonlyMap<string, AnswerOperation>;
  /** Names that plans may mention though clients may not see them. */
  readonly internal: ReadonlySet<string>;
}

function createMesh(schema: readonly number[], rules: readonly number[]): Mesh | null {
  const plain = drawSubgraphs(new Tape(schema));
  const governed = governSubgraphs(plain, new Tape(rules));
  const composed = compose(
    governed.subgraphs.map(({ name, sdl }) => ({ name, sdl, url: "http://localhost:1" })),
  );
  if (composed.kind === "refused") {
    seen.refused += 1;
    return null;
  }
  seen.supergraphs += 1;
  const texts = governed.subgraphs.map(({ sdl }) => sdl);
  const world = new World(plain.subgraphs.map(({ sdl }) => sdl));
  const all = texts.join("\n");
  const supergraph = buildSupergraph(composed.artifact.supergraph);
  return {
    sdls: governed,
    supergraph,
    programOf: createProgramSource({
      plan: planHere(supergraph),
      compile: compareProgram,
      onCompiled: () => {},
      lookups: { hits: 0, misses: 0 },
    }),
    rules: readRules(texts),
    world,
    subgraphs: new Map(plain.subgraphs.map(({ name, sdl }) => [name, createSubgraph(sdl, world)])),
    internal: new Set([...all.matchAll(/(?:field|from|fields): "(\w+)/g)].map(([, name = ""]) => name)),
  };
}

/** Plans without a thread. What the planner fails on may not be what authorisation made of the operation. */
function planHere(supergraph: Supergraph): Plan {
  const federated = federatedOf(supergraph);
  // Some operations have more ways to be planned than there is memory for.
  const planner = new QueryPlanner(federated, { debug: { pathsLimit: 2000, maxEvaluatedPlans: 1000 } });
  const planOf = (document: DocumentNode) =>
    planner.buildQueryPlan(operationFromDocument(federated.schema, document));
  const plan = createPlan({ plan: async ({ document }) => planOf(parse(document)) });
  return async (operation) => {
    try {
      return await plan(operation);
    } catch (error) {
      try {
        planOf(operation.variant.document);
      } catch {
        throw new ClientError("OPERATION_CANNOT_BE_PLANNED", String(error));
      }
      throw error;
    }
  };
}

/** One gateway and one prepared operation for all callers: what it remembers of one must not show to another. */
async function compareOperation(mesh: Mesh, choices: readonly number[]): Promise<void> {
  const operation = drawOperation(mesh.supergraph.apiSchema, new Tape(choices));
  if (!operation) return;
  // Callers are drawn from the other end, so that long operations leave something to draw them from.
  const drawn = new Tape(choices.toReversed());
  const calls: string[] = [];
  const temper = TEMPERS[drawn.below(TEMPERS.length)] ?? { seed: 0, nulls: 0, failures: 0, unknown: 0 };
  const document = parse(operation.query);
  const { supergraph } = mesh;
  const contract = wholeApi(supergraph.apiSchema);
  const sent = { supergraph, contract, source: operation.query, operationName: null };
  const prepared = new OperationStore(1e6).prepare(sent, document);
  const handle = createGateway(mesh, temper, calls);
  for (let count = 0; count < IDENTITIES; count += 1) {
    const identity = drawIdentity(drawn);
    const caller = callerOf(identity);
    const variables = drawVariables(operation, drawn);
    calls.length = 0;
    let answer: Awaited<ReturnType<HandleOperation>>;
    try {
      answer = await handle({
        prepared,
        variables,
        caller,
        client: { name: "", version: "", isVerified: false },
        requestId: "r",
        cancellation: null,
        trace: null,
      });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      seen.notPlanned += 1;
      return;
    }
    seen.cases += 1;
    const { apiSchema } = mesh.supergraph;
    const { rules, world } = mesh;
    const expected = await expectedAnswer({
      schema: apiSchema,
      rules,
      world,
      temper,
      identity,
      now: NOW,
      document,
      variables,
    });
    const got = { data: JSON.parse(answer.dataText), refusals: refusalsOf(answer.errors) };
    const wanted = {
      data: expected.data,
      refusals: [...expected.refusals].map(([path, text]) => `${path} ${text}`).sort(),
    };
    seen.refusals += wanted.refusals.length > 0 ? 1 : 0;
    seen.nothingLeft += wanted.data === null ? 1 : 0;
    seen.untouched += wanted.refusals.length === 0 ? 1 : 0;
    const leaked = [...expected.unasked].find(
      (name) => !mesh.internal.has(name) && calls.some((body) => new RegExp(`\\b${name}\\b`).test(body)),
    );
    if (leaked === undefined && JSON.stringify(got) === JSON.stringify(wanted)) {
      if (count % EXPLAINED !== 0) continue;
      const asked = { supergraph, query: operation.query, variables, caller };
      const unlike = await unexplained(asked, DECIDING, got.refusals);
      expect(unlike, `explained otherwise: ${operation.query}`).toEqual([]);
      continue;
    }
    throw new Error(
      describeCase(mesh, operation, {
        variables,
        identity,
        temper,
        got,
        wanted,
        leaked,
        calls,
        errors: answer.errors,
      }),
    );
  }
}

/** What decides, for answers and explanations alike. */
const DECIDING: Pick<OperationDependencies, "authorisation" | "evaluatePolicies"> = {
  authorisation: {
    mode: "filter",
    errors: "response",
    dryRun: false,
    missing: true,
    checkFormats: false,
    isAudited: false,
  },
  evaluatePolicies: createEvaluatePolicies({
    decide: ({ policy, caller }) => ALLOWED_POLICIES.get(caller)?.includes(policy) ?? false,
    timeoutMs: 1000,
    onFault: () => {},
  }),
};

function createGateway(mesh: Mesh, temper: Temper, calls: string[]): HandleOperation {
  return createHandleOperation({
    admission: createAdmission(UNLIMITED),
    ...DECIDING,
    programOf: mesh.programOf,
    isShared: false,
    subgraphCalls: () => async (name, body) => {
      calls.push(body);
      return {
        kind: "answer",
        text: JSON.stringify(await mesh.subgraphs.get(name)?.(JSON.parse(body), temper)),
      };
    },
    audit: (_operation, _request, result) => result,
    rateLimits: null,
    countAuthorised: () => {},
    safeList: null,
    reportDryRun: () => {},
  });
}

/** Without list indices, as `path CODE coordinate`; codes of other faults are there too, and then wrong. */
function refusalsOf(errors: readonly GraphQLFormattedError[]): readonly string[] {
  return errors
    .map(({ path, extensions }) => `${path?.join(".")} ${extensions?.code} ${extensions?.coordinate}`)
    .sort();
}

const ROWS = ["", "true", "RED", "E0-0", "E0-1", "E0-2", "E1-0", "E1-1", "E2-0", "E2-2", "E3-1"];

function drawIdentity(drawn: Tape): Identity {
  const authenticated = !drawn.once(4);
  return {
    authenticated,
    scopes: authenticated ? drawn.some(["a", "b", "c", "lifecycle:draft"], 2) : [],
    policies: drawn.some(["p", "q"], 2),
    purpose: authenticated && drawn.once(2) ? drawn.pick(["x", "y", "z"]) : null,
    claims: authenticated ? { rows0: drawn.some(ROWS, 2), rows1: drawn.some(ROWS, 2) } : {},
  };
}

/** What the policy engine says of each caller. */
const ALLOWED_POLICIES = new WeakMap<Caller, readonly string[]>();

function callerOf({ authenticated, scopes, policies, purpose, claims }: Identity): Caller {
  const caller: Caller = {
    principal: authenticated
      ? {
          kind: "authenticated",
          subject: "ada",
          issuer: "https://issuer.test",
          scopes: new Set(scopes),
          purposes: { kind: "none" },
          claims,
          expiresAt: 4_000_000_000,
        }
      : ANONYMOUS,
    purpose,
    policies: new Map(),
    hmacKey: null,
    today: "2026-06-30",
  };
  ALLOWED_POLICIES.set(caller, policies);
  return caller;
}

/** Other values for the same operation, and none where it can do without. */
function drawVariables({ query, variables }: Operation, drawn: Tape): Operation["variables"] {
  const names = [...query.matchAll(/\$(\w+): (Boolean!|Int|String)/g)];
  return Object.fromEntries(
    names.flatMap(([, name = "", type]): [string, unknown][] => {
      if (type === "Boolean!") return [[name, drawn.once(2) ? variables[name] : drawn.once(2)]];
      if (drawn.once(3)) return [];
      return [[name, type === "Int" ? drawn.below(3) : drawn.pick(["a", "é"])]];
    }),
  );
}

function describeCase(mesh: Mesh, { query }: Operation, facts: Readonly<Record<string, unknown>>): string {
  const sdls = mesh.sdls.subgraphs.map(({ name, sdl }) => `# ${name}\n${sdl}`);
  const rest = Object.entries(facts).map(([name, value]) => `# ${name}\n${JSON.stringify(value, null, 1)}`);
  return ["", ...sdls, "# operation", query, ...rest].join("\n");
}
