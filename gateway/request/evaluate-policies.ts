import { isAbstractType } from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { type NamingProduct, namedPolicies, policyNames } from "../supergraph/named-policies.ts";
import type { OperationVariant } from "./choose-variant.ts";

/** What a policy is asked: may this caller do that with these products? */
export interface PolicyQuestion {
  readonly policy: string;
  readonly action: "read" | "write";
  /** The products whose schemas name the policy; it has to hold for each. */
  readonly products: readonly NamingProduct[];
  readonly caller: Caller;
}

/** Answers true or a promise of it; whatever else it does refuses. */
export type DecidePolicy = (question: PolicyQuestion) => unknown;

export interface PolicyEvaluation {
  /** Null where no policies are configured: all of them refuse. */
  readonly decide: DecidePolicy | null;
  /** Milliseconds for all policies of one request together. */
  readonly timeoutMs: number;
  /** Told of each answer that is neither true nor false. */
  readonly onFault: (policy: string, reason: string) => void;
}

/** The caller with the outcome of every policy that the operation names. */
export type EvaluatePolicies = (variant: OperationVariant, caller: Caller) => Caller | Promise<Caller>;

/**
 * Evaluates each policy of an operation once per request, and none that it does not name (governance.md §2 rule 8):
 * an error, a late answer or anything but `true` is a refusal. Equal outcomes give the same caller, so that
 * decisions are remembered by outcome and never carried over to another one.
 */
export function createEvaluatePolicies({ decide, timeoutMs, onFault }: PolicyEvaluation): EvaluatePolicies {
  const callers = new WeakMap<OperationVariant, WeakMap<Caller, Map<string, Caller>>>();

  return (variant, caller) => {
    const names = policiesOf(variant);
    if (names.length === 0 || decide === null) return caller;
    const answers = names.map((name) => ask(decide, question(variant, name, caller)));
    if (!answers.some((answer) => answer instanceof Promise)) return settle(variant, caller, answers);
    return within(answers, timeoutMs).then((settled) => settle(variant, caller, settled));
  };

  function settle(variant: OperationVariant, caller: Caller, answers: readonly unknown[]): Caller {
    const names = policiesOf(variant);
    const outcomes = names.map((name, index) => {
      const answer = answers[index];
      if (typeof answer !== "boolean") onFault(name, faultOf(answer));
      return answer === true;
    });
    const byCaller = callers.get(variant) ?? new WeakMap<Caller, Map<string, Caller>>();
    callers.set(variant, byCaller);
    const byOutcome = byCaller.get(caller) ?? new Map<string, Caller>();
    byCaller.set(caller, byOutcome);
    const key = outcomes.map(Number).join("");
    const known = byOutcome.get(key);
    if (known) return known;
    if (byOutcome.size >= MAX_OUTCOMES) byOutcome.clear();
    const judged = {
      ...caller,
      policies: new Map(names.map((name, index) => [name, outcomes[index] === true])),
    };
    byOutcome.set(key, judged);
    return judged;
  }
}

/** Sets of outcomes remembered per caller and operation. */
const MAX_OUTCOMES = 64;

function question({ prepared }: OperationVariant, policy: string, caller: Caller): PolicyQuestion {
  const action = prepared.operation.operation === "mutation" ? "write" : "read";
  const products = namedPolicies(prepared.supergraph).get(policy) ?? [];
  return { policy, action, products, caller };
}

class Fault {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

function ask(decide: DecidePolicy, asked: PolicyQuestion): unknown {
  try {
    const answer = decide(asked);
    return answer instanceof Promise ? answer.catch(faultFrom) : answer;
  } catch (error) {
    return faultFrom(error);
  }
}

function faultFrom(error: unknown): Fault {
  return new Fault(error instanceof Error ? error.message : "it failed");
}

function faultOf(answer: unknown): string {
  return answer instanceof Fault
    ? answer.reason
    : `it answered with ${answer === null ? "null" : typeof answer}`;
}

/** The answers that came in time; the others are faults. */
function within(answers: readonly unknown[], timeoutMs: number): Promise<readonly unknown[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fault>((resolve) => {
    timer = setTimeout(() => resolve(new Fault(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.all(
    answers.map((answer) => (answer instanceof Promise ? Promise.race([answer, late]) : answer)),
  ).finally(() => clearTimeout(timer));
}

const namesOfVariant = new WeakMap<OperationVariant, readonly string[]>();

/** The policies that judging the operation asks for: of its fields, and of the fields its inputs search by. */
function policiesOf(variant: OperationVariant): readonly string[] {
  const known = namesOfVariant.get(variant);
  if (known) return known;
  const { schema, fieldPolicies, inputPolicies } = variant.prepared.supergraph;
  const revealed = [...variant.inputs.values()]
    .flat()
    .flatMap((input) => inputPolicies.of(input))
    .flatMap(({ directive, applications }) =>
      applications.flatMap((args) => directive.reveals?.(args) ?? []),
    );
  const searched = revealed.flatMap((coordinate) => {
    const [type = "", field = ""] = coordinate.split(".");
    const named = schema.getType(type);
    const possible = isAbstractType(named) ? schema.getPossibleTypes(named).map(({ name }) => name) : [];
    return [type, ...possible].flatMap((name) => fieldPolicies.of(name, field) ?? []);
  });
  const rules = [...variant.governed, ...searched].flatMap((policy) => policy.judged);
  const names = [...new Set(rules.flatMap(policyNames))].sort();
  namesOfVariant.set(variant, names);
  return names;
}
