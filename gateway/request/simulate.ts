import {
  type DocumentNode,
  GraphQLError,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  ValuesOfCorrectTypeRule,
  validate,
} from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import { ANONYMOUS, type Principal } from "../../shared/principal.ts";
import { wholeApi } from "../supergraph/contract.ts";
import type { RuleOrigins } from "../supergraph/rule-origins.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { type AuthorisationSettings, authorise } from "./authorise.ts";
import { variantWithoutVariables } from "./choose-variant.ts";
import { createEvaluatePolicies } from "./evaluate-policies.ts";
import { type ExplainedField, explainFields } from "./explain-fields.ts";
import { createPrepared, type PreparedOperation } from "./prepare-operation.ts";
import { type Difference, differences } from "./verdict-differences.ts";

/** An operation as one kind of caller of one application sent it; all that is known of who asked. */
export interface ReplayedOperation {
  /** Its text; literals and aliases may be gone. */
  readonly signature: string;
  /** Empty where it has none. */
  readonly operationName: string;
  readonly clientName: string;
  readonly authenticated: boolean;
  readonly scopes: readonly string[];
  readonly purpose: string | null;
  readonly requests: number;
  /** Inputs that it was seen to use, where that is known: `SalaryFilter.min`, or `SalaryFilter.*` where any may come. */
  readonly coordinates?: readonly string[] | undefined;
}

/** One side of the comparison. */
export interface SimulatedSupergraph {
  readonly supergraph: Supergraph;
  readonly origins: RuleOrigins;
  /** The day it is judged on, such as `2026-06-30`. */
  readonly today: string;
}

export interface SimulationInput {
  readonly operations: readonly ReplayedOperation[];
  readonly before: SimulatedSupergraph;
  readonly after: SimulatedSupergraph;
  readonly settings: AuthorisationSettings;
  /** The policies that count as met; all others count as refusing. */
  readonly allowedPolicies: readonly string[];
}

/** What becomes of one field, or of the whole operations, of one application. */
export interface SimulatedChange extends Difference {
  /** Empty where the application does not say its name. */
  readonly clientName: string;
  /** Requests recorded of the operations that are concerned. */
  readonly requests: number;
  /** Names of the operations, each once; their text where they have none. */
  readonly operations: readonly string[];
  /** True where it depends on what is sent in variables, which nobody records. */
  readonly possible: boolean;
}

export interface Simulation {
  /** The worst first: lost, masked, filtered, then what is won; each by the number of requests. */
  readonly changes: readonly SimulatedChange[];
  readonly replayed: { readonly operations: number; readonly requests: number };
  /** Operations that are not valid today either. */
  readonly skipped: readonly {
    readonly clientName: string;
    readonly operation: string;
    readonly reason: string;
  }[];
  /** Policies that were asked for and counted as refusing. */
  readonly refusingPolicies: readonly string[];
}

/**
 * Replays recorded operations over two supergraphs: which application loses or gains which field, or gets it masked
 * (governance.md §5). Judged by the same code as requests; depends on nothing but its input. Row filters are compared
 * as rules, since the callers' claims are not recorded.
 */
export async function simulate(input: SimulationInput): Promise<Simulation> {
  const { operations } = input;
  const sides = { before: createSide(input.before, input), after: createSide(input.after, input) };
  const changes = new Map<string, SimulatedChange>();
  const skipped: Simulation["skipped"][number][] = [];
  let requests = 0;
  for (const operation of operations) {
    const outcome = await replay(operation, sides);
    if (outcome.kind === "compared") {
      requests += operation.requests;
      for (const item of outcome.found) addChange(changes, operation, item);
    } else
      skipped.push({
        clientName: operation.clientName,
        operation: labelOf(operation),
        reason: outcome.reason,
      });
  }
  return {
    changes: [...changes.values()].sort(byWeight),
    replayed: {
      operations: operations.length - skipped.length,
      requests,
    },
    skipped,
    refusingPolicies: [...new Set([...sides.before.refusing, ...sides.after.refusing])].sort(),
  };
}

interface Found extends Difference {
  readonly possible: boolean;
}

type Replay =
  | { readonly kind: "compared"; readonly found: readonly Found[] }
  | { readonly kind: "skipped"; readonly reason: string };

async function replay(
  operation: ReplayedOperation,
  { before, after }: { readonly before: Side; readonly after: Side },
): Promise<Replay> {
  const was = before.prepare(operation);
  if ("problem" in was) return { kind: "skipped", reason: was.problem };
  const is = after.prepare(operation);
  if ("problem" in is) {
    const broken = {
      change: "breaks",
      coordinate: null,
      before: "",
      after: is.problem,
      possible: false,
    } as const;
    return { kind: "compared", found: [broken] };
  }
  const compare = async (isUsed: (coordinate: string) => boolean) =>
    differences(await before.judge(was, operation, isUsed), await after.judge(is, operation, isUsed));
  const used = new Set(operation.coordinates);
  const certain = await compare((coordinate) => used.has(coordinate));
  const known = new Set(certain.map(keyOf));
  const all = await compare(
    (coordinate) => used.has(coordinate) || used.has(coordinate.replace(/\.\w+$/, ".*")),
  );
  const possible = all.filter((item) => !known.has(keyOf(item)));
  return {
    kind: "compared",
    found: [
      ...certain.map((item) => ({ ...item, possible: false })),
      ...possible.map((item) => ({ ...item, possible: true })),
    ],
  };
}

interface Side {
  readonly refusing: ReadonlySet<string>;
  readonly prepare: (operation: ReplayedOperation) => PreparedOperation | { readonly problem: string };
  readonly judge: (
    prepared: PreparedOperation,
    operation: ReplayedOperation,
    isUsed: (coordinate: string) => boolean,
  ) => Promise<readonly ExplainedField[]>;
}

function createSide(side: SimulatedSupergraph, { settings, allowedPolicies }: SimulationInput): Side {
  const refusing = new Set<string>();
  const evaluatePolicies = createEvaluatePolicies({
    decide: ({ policy }) => {
      const isAllowed = allowedPolicies.includes(policy);
      if (!isAllowed) refusing.add(policy);
      return isAllowed;
    },
    timeoutMs: 0,
    onFault: () => {},
  });
  return {
    refusing,
    prepare: (operation) => prepare(side.supergraph, operation),
    judge: async (prepared, operation, isUsed) => {
      const variant = variantWithoutVariables(prepared, isUsed);
      const caller = await evaluatePolicies(variant, callerOf(operation, side.today));
      const authorised = authorise(variant, caller, settings);
      return explainFields({ operation: authorised, caller, origins: side.origins, settings });
    },
  };
}

/** What holds of requests, but not of texts without their literals and aliases. */
const UNFIT = [OverlappingFieldsCanBeMergedRule, ValuesOfCorrectTypeRule];
const RULES = specifiedRules.filter((rule) => !UNFIT.includes(rule));

function prepare(
  supergraph: Supergraph,
  { signature, operationName }: ReplayedOperation,
): PreparedOperation | { readonly problem: string } {
  try {
    const document: DocumentNode = parse(signature, { noLocation: true });
    const [problem] = validate(supergraph.apiSchema, document, RULES, { hideSuggestions: true });
    if (problem) return { problem: problem.message };
    const contract = wholeApi(supergraph.apiSchema);
    const name = operationName === "" ? null : operationName;
    return createPrepared({ supergraph, contract, source: signature, operationName: name }, document);
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof ClientError) return { problem: error.message };
    throw error;
  }
}

function callerOf({ authenticated, scopes, purpose }: ReplayedOperation, today: string): Caller {
  const principal: Principal = authenticated
    ? {
        kind: "authenticated",
        subject: "recorded",
        issuer: "recorded",
        scopes: new Set(scopes),
        purposes: purpose === null ? { kind: "none" } : { kind: "stated", purpose },
        claims: {},
        expiresAt: Number.MAX_SAFE_INTEGER,
      }
    : ANONYMOUS;
  return { principal, purpose, policies: new Map(), hmacKey: "", today };
}

function addChange(
  changes: Map<string, SimulatedChange>,
  operation: ReplayedOperation,
  { possible, ...difference }: Found,
): void {
  const { clientName, requests } = operation;
  const key = JSON.stringify([clientName, possible, difference]);
  const known = changes.get(key);
  const operations = new Set([...(known?.operations ?? []), labelOf(operation)]);
  changes.set(key, {
    clientName,
    ...difference,
    requests: requests + (known?.requests ?? 0),
    operations: [...operations],
    possible,
  });
}

const ORDER = ["breaks", "lost", "masked", "filtered", "unfiltered", "unmasked", "gained"];

function byWeight(left: SimulatedChange, right: SimulatedChange): number {
  const rank = ({ change }: SimulatedChange) => ORDER.indexOf(change);
  return rank(left) - rank(right) || right.requests - left.requests;
}

function keyOf({ change, coordinate }: Difference): string {
  return `${change} ${coordinate}`;
}

function labelOf({ operationName, signature }: ReplayedOperation): string {
  return operationName === "" ? signature.slice(0, 80) : operationName;
}
