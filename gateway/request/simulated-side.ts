import {
  type DocumentNode,
  GraphQLError,
  NoUnusedVariablesRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  ValuesOfCorrectTypeRule,
  validate,
} from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError } from "../../shared/errors.ts";
import { recordedPrincipal } from "../../shared/recorded-caller.ts";
import { wholeApi } from "../supergraph/contract.ts";
import type { RuleOrigins } from "../supergraph/rule-origins.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { type AuthorisationSettings, authorise } from "./authorise.ts";
import { variantWithoutVariables } from "./choose-variant.ts";
import { createEvaluatePolicies } from "./evaluate-policies.ts";
import { type ExplainedField, explainFields } from "./explain-fields.ts";
import { createPrepared, type PreparedOperation } from "./prepare-operation.ts";

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

export interface SimulatedJudging {
  readonly settings: AuthorisationSettings;
  /** The policies that count as met; all others count as refusing. */
  readonly allowedPolicies: readonly string[];
}

/** Judges recorded operations over one supergraph, by the code that judges requests. */
export interface SimulatedSide {
  /** The policies that were asked for and counted as refusing. */
  readonly refusing: ReadonlySet<string>;
  /** The operation, or why it is not valid there. */
  readonly prepare: (operation: ReplayedOperation) => PreparedOperation | { readonly problem: string };
  /** @param isUsed which governed inputs the operation sends */
  readonly judge: (
    prepared: PreparedOperation,
    operation: ReplayedOperation,
    isUsed: (coordinate: string) => boolean,
  ) => Promise<readonly ExplainedField[]>;
}

/** @param judging how the operations are authorised, and the policies that count as met */
export function createSimulatedSide(
  side: SimulatedSupergraph,
  { settings, allowedPolicies }: SimulatedJudging,
): SimulatedSide {
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
const UNFIT = [OverlappingFieldsCanBeMergedRule, ValuesOfCorrectTypeRule, NoUnusedVariablesRule];
/** What a signature has to keep to, that of any valid operation does. */
export const SIGNATURE_RULES = specifiedRules.filter((rule) => !UNFIT.includes(rule));

function prepare(
  supergraph: Supergraph,
  { signature, operationName }: ReplayedOperation,
): PreparedOperation | { readonly problem: string } {
  try {
    const document: DocumentNode = parse(signature, { noLocation: true });
    const [problem] = validate(supergraph.apiSchema, document, SIGNATURE_RULES, { hideSuggestions: true });
    if (problem) return { problem: problem.message };
    const contract = wholeApi(supergraph.apiSchema);
    const name = operationName === "" ? null : operationName;
    return createPrepared({ supergraph, contract, source: signature, operationName: name }, document);
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof ClientError) return { problem: error.message };
    throw error;
  }
}

function callerOf(operation: ReplayedOperation, today: string): Caller {
  const principal = recordedPrincipal(operation);
  return { principal, purpose: operation.purpose, policies: new Map(), hmacKey: "", today };
}
