import type { Caller } from "../../shared/define-directive.ts";
import { claimValues } from "../../shared/principal.ts";
import type { Cancellation } from "../execution/cancellation.ts";
import type { CallSubgraph, ExecutionResult, Program } from "../execution/executor.ts";
import type { Admission } from "./admit.ts";
import type { Audit } from "./audit.ts";
import { type AuthorisationSettings, type AuthorisedOperation, authorise } from "./authorise.ts";
import { chooseVariant } from "./choose-variant.ts";
import type { EvaluatePolicies } from "./evaluate-policies.ts";
import { InFlight } from "./in-flight.ts";
import { coerceVariables, type PreparedOperation } from "./prepare-operation.ts";
import type { ProgramSource } from "./program-source.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { RequestTrace } from "./request-trace.ts";
import { type ErrorLocation, NOTHING_LEFT, type OperationResponse, reject, respond } from "./respond.ts";
import type { SafeList } from "./safe-list.ts";

/** One operation of an authenticated (or anonymous) caller, parsed and validated. */
export interface OperationRequest {
  /** Of the generation it was validated against; that stays with it to the end. */
  readonly prepared: PreparedOperation;
  /** As sent, not coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** The application that sends it. */
  readonly client: ClientIdentity;
  /** Network address of who sends it. */
  readonly address?: string;
  /** Whether the response is to say what it cost. */
  readonly wantsCost?: boolean;
  /** Whether the response is to tell of the data products that it was read from. */
  readonly wantsProducts?: boolean;
  readonly requestId: string;
  /** Cancelled when the client goes away. */
  readonly cancellation: Cancellation | null;
  /** Null where it is not traced. */
  readonly trace: RequestTrace | null;
  /** Names and values of the client's headers that some subgraph gets, one after the other. */
  readonly forwarded?: readonly string[];
}

/** Which application a request comes from. */
export interface ClientIdentity {
  /** Empty where it does not say. */
  readonly name: string;
  readonly version: string;
  /** Whether a verified token names it; else anybody may have claimed the name, and nothing may depend on it. */
  readonly isVerified: boolean;
}

export interface OperationDependencies {
  readonly admission: Admission;
  /** Null where nothing is limited. */
  readonly rateLimits: RateLimits | null;
  /** Null where every operation is answered. */
  readonly safeList: SafeList | null;
  readonly authorisation: AuthorisationSettings & {
    readonly mode: "filter" | "reject";
    readonly errors: ErrorLocation;
  };
  readonly evaluatePolicies: EvaluatePolicies;
  readonly programOf: ProgramSource;
  /** Whether queries that are the same, of the same caller, are executed once while one is under way. */
  readonly isShared: boolean;
  /** Calls made on behalf of one request: they carry its identity. */
  readonly subgraphCalls: (request: OperationRequest) => CallSubgraph;
  readonly audit: Audit;
  /** Told of each request that was authorised, with its estimated cost. */
  readonly countAuthorised: (operation: AuthorisedOperation, request: OperationRequest, cost: number) => void;
  /** Told of refusals and masks that dry-run let pass. */
  readonly reportDryRun: (operation: AuthorisedOperation, request: OperationRequest) => void;
}

export type HandleOperation = (request: OperationRequest) => Promise<OperationResponse>;

/**
 * The path of one operation: admit → ask policies → authorise → plan → execute (masks and row checks in the same pass) →
 * audit → respond. Authentication came first, before the text was even parsed.
 */
export function createHandleOperation(dependencies: OperationDependencies): HandleOperation {
  const {
    admission,
    rateLimits,
    safeList,
    authorisation,
    evaluatePolicies,
    programOf,
    isShared,
    subgraphCalls,
    audit,
    countAuthorised,
    reportDryRun,
  } = dependencies;
  const inFlight = new InFlight<ExecutionResult>();

  return async (request) => {
    const { prepared, caller, trace } = request;
    trace?.enter("admit");
    safeList?.admit(request);
    admission.admitSize(prepared);
    const variables = coerceVariables(prepared, request.variables);
    const variant = chooseVariant(prepared, variables, authorisation.checkFormats);
    const estimate = admission.admitCost(variant, variables);
    if (rateLimits) await rateLimits.charge(request, estimate.cost);
    trace?.enter("authorise");
    const judged = evaluatePolicies(variant, caller);
    const operation = authorise(variant, judged instanceof Promise ? await judged : judged, authorisation);
    countAuthorised(operation, request, estimate.cost);
    if (operation.rehearsed.length > 0) reportDryRun(operation, request);
    if (authorisation.mode === "reject" && operation.denials.length > 0) {
      await audit(operation, request, NOTHING_LEFT);
      return reject(operation, caller.principal.kind === "anonymous");
    }
    const result = await deliver(operation, variables, request);
    trace?.enter("audit");
    const audited = audit(operation, request, result);
    const recorded = audited instanceof Promise ? await audited : audited;
    trace?.enter("respond");
    const response = respond(operation, recorded, authorisation.errors);
    if (request.wantsCost !== true) return response;
    const cost = admission.reportCost(variant, estimate, response.dataText);
    return { ...response, extensions: { ...response.extensions, cost } };
  };

  function deliver(
    operation: AuthorisedOperation,
    variables: Readonly<Record<string, unknown>>,
    request: OperationRequest,
  ): ExecutionResult | Promise<ExecutionResult> {
    if (operation.document === null) return NOTHING_LEFT;
    const { caller, prepared } = request;
    return isShared && prepared.operation.operation === "query"
      ? inFlight.run(operation, caller, JSON.stringify([variables, request.forwarded]), () =>
          execute(operation, variables, { ...request, cancellation: null }),
        )
      : execute(operation, variables, request);
  }

  function execute(
    operation: AuthorisedOperation,
    variables: Readonly<Record<string, unknown>>,
    request: OperationRequest,
  ): Promise<ExecutionResult> {
    const { trace } = request;
    trace?.enter("plan");
    const program = programOf(operation);
    const run = (ready: Program): Promise<ExecutionResult> => {
      trace?.enter("execute");
      return ready.run({
        variables,
        claimValues: (claim) => claimValues(request.caller.principal, claim),
        now: Date.now(),
        callSubgraph: subgraphCalls(request),
      });
    };
    return program instanceof Promise ? program.then(run) : run(program);
  }
}
