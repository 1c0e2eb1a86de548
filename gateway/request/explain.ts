import { GraphQLError, parse, specifiedRules, validate } from "graphql";
import type { Caller } from "../../shared/define-directive.ts";
import { ClientError, type ErrorCode } from "../../shared/errors.ts";
import { wholeApi } from "../supergraph/contract.ts";
import { hiddenNames } from "../supergraph/hidden-names.ts";
import type { RuleOrigins } from "../supergraph/rule-origins.ts";
import type { Supergraph } from "../supergraph/supergraph.ts";
import { type AdmissionLimits, admitDocument, createAdmission } from "./admit.ts";
import { type AuthorisationSettings, type AuthorisedOperation, authorise } from "./authorise.ts";
import { chooseVariant } from "./choose-variant.ts";
import { type DescribedPlan, describePlan } from "./describe-plan.ts";
import type { EvaluatePolicies } from "./evaluate-policies.ts";
import { type ExplainedField, explainFields } from "./explain-fields.ts";
import type { Plan } from "./plan.ts";
import { coerceVariables, createPrepared, type PreparedOperation } from "./prepare-operation.ts";

/** What is to be explained, to whom it would be answered. */
export interface ExplainRequest {
  readonly supergraph: Supergraph;
  readonly origins: RuleOrigins;
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** What the gateway decides about an operation, and why; plain data, without values of any row. */
export interface Explanation {
  readonly operation: { readonly kind: string; readonly name: string | null };
  readonly caller: ExplainedCaller;
  /** `nothing left`: no subgraph is asked. `rejected`: reject mode refuses the whole operation. */
  readonly outcome: "answered" | "nothing left" | "rejected";
  /** One entry per coordinate and verdict, in the order of the operation. */
  readonly fields: readonly ExplainedField[];
  /** What the client is warned of. */
  readonly notices: readonly {
    readonly coordinate: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** The calls that answer what is left, or null where none are made. */
  readonly plan: DescribedPlan | null;
  /** Why there is no plan though something is left. */
  readonly planError: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface ExplainedCaller {
  readonly kind: "anonymous" | "authenticated";
  readonly subject: string | null;
  readonly scopes: readonly string[];
  readonly purpose: string | null;
}

export interface ExplainDependencies {
  readonly limits: AdmissionLimits & { readonly tokens: number };
  readonly authorisation: AuthorisationSettings & { readonly mode: "filter" | "reject" };
  readonly evaluatePolicies: EvaluatePolicies;
  readonly plan: Plan;
}

/** @throws ClientError as the operation itself would; OPERATION_INVALID where it is none */
export type Explain = (request: ExplainRequest) => Promise<Explanation>;

/**
 * Explains what the gateway would do (governance.md §5): the operation goes the same way as a request's, through the
 * same admission, policies, authorisation and planner, and ends before any subgraph is called.
 */
export function createExplain(dependencies: ExplainDependencies): Explain {
  const { limits, authorisation, evaluatePolicies, plan } = dependencies;
  const admission = createAdmission(limits);
  return async (request) => {
    const { caller } = request;
    const prepared = parseOperation(request, limits);
    admission.admitSize(prepared);
    const variables = coerceVariables(prepared, request.variables);
    const variant = chooseVariant(prepared, variables, authorisation.checkFormats);
    admission.admitCost(variant, variables);
    const operation = authorise(variant, await evaluatePolicies(variant, caller), authorisation);
    const isRejected = authorisation.mode === "reject" && operation.denials.length > 0;
    const planned = isRejected ? { plan: null, planError: null } : await describePlanOf(plan, operation);
    return {
      operation: { kind: prepared.operation.operation, name: prepared.operation.name?.value ?? null },
      caller: describeCaller(caller),
      outcome: isRejected ? "rejected" : operation.document === null ? "nothing left" : "answered",
      fields: explainFields({ operation, caller, origins: request.origins, settings: authorisation }),
      notices: visibleNotices(operation),
      ...planned,
    };
  };
}

/**
 * Parsed and validated as for a request; never put where requests find it, since they may be held to more rules.
 */
function parseOperation(
  { supergraph, query, operationName }: ExplainRequest,
  limits: ExplainDependencies["limits"],
): PreparedOperation {
  try {
    const document = parse(query, { maxTokens: limits.tokens });
    admitDocument(document, limits);
    const problems = validate(supergraph.apiSchema, document, specifiedRules, {
      maxErrors: 10,
      hideSuggestions: true,
    });
    if (problems.length === 0) {
      const contract = wholeApi(supergraph.apiSchema);
      return createPrepared({ supergraph, contract, source: query, operationName }, document);
    }
    throw new ClientError("OPERATION_INVALID", problems.map(sayProblem).join(" "));
  } catch (error) {
    if (error instanceof GraphQLError) throw new ClientError("OPERATION_INVALID", sayProblem(error));
    // As graphql-js says of what is nested thousands of levels deep.
    if (error instanceof RangeError)
      throw new ClientError("OPERATION_INVALID", "The operation is nested too deep to be read.");
    throw error;
  }
}

function sayProblem({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `${message} (line ${place.line}, column ${place.column})` : message;
}

async function describePlanOf(
  plan: Plan,
  operation: AuthorisedOperation,
): Promise<Pick<Explanation, "plan" | "planError">> {
  const { prepared, document } = operation.variant;
  try {
    const found = await plan(operation);
    return { plan: describePlan(prepared.supergraph, document, found), planError: null };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { plan: null, planError: { code: error.code, message: error.message } };
  }
}

function describeCaller({ principal, purpose }: Caller): ExplainedCaller {
  if (principal.kind === "anonymous") return { kind: "anonymous", subject: null, scopes: [], purpose };
  const { subject, scopes } = principal;
  return { kind: "authenticated", subject, scopes: [...scopes].sort(), purpose };
}

function visibleNotices({ variant, notices }: AuthorisedOperation): Explanation["notices"] {
  const { isVisible } = hiddenNames(variant.prepared.supergraph);
  return notices
    .filter(({ coordinate }) => isVisible(coordinate))
    .map(({ coordinate, code, message }) => ({ coordinate, code, message }));
}
