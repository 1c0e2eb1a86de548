import { OTHER_CLIENT } from "../../shared/usage-batch.ts";
import {
  createSimulatedSide,
  type ReplayedOperation,
  type SimulatedJudging,
  type SimulatedSide,
  type SimulatedSupergraph,
} from "./simulated-side.ts";
import { type Difference, differences } from "./verdict-differences.ts";

export interface SimulationInput extends SimulatedJudging {
  readonly operations: readonly ReplayedOperation[];
  readonly before: SimulatedSupergraph;
  readonly after: SimulatedSupergraph;
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
  /** Operations that are not valid today either, or of whose callers nothing is known. */
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
  const sides = {
    before: createSimulatedSide(input.before, input),
    after: createSimulatedSide(input.after, input),
  };
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
  { before, after }: { readonly before: SimulatedSide; readonly after: SimulatedSide },
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
  if (operation.clientName === OTHER_CLIENT && operation.authenticated)
    return { kind: "skipped", reason: "callers with tokens of too many kinds were counted together" };
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
