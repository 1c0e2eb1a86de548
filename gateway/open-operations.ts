import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import type { Generations } from "./generations.ts";
import type { AuditLife } from "./open-audit.ts";
import type { GenerationParts } from "./open-generations.ts";
import type { PolicyLife } from "./open-policies.ts";
import type { RateLimitsLife } from "./open-rate-limits.ts";
import type { SafeListLife } from "./open-safe-list.ts";
import type { Telemetry } from "./open-telemetry.ts";
import { createAdmission } from "./request/admit.ts";
import { createHandleOperation, type HandleOperation } from "./request/handle-operation.ts";
import type { ProgramSource } from "./request/program-source.ts";

/** What an operation passes through. */
export interface OperationParts {
  readonly programOf: ProgramSource;
  readonly policies: PolicyLife;
  readonly audit: AuditLife;
  readonly rateLimits: RateLimitsLife;
  readonly telemetry: Telemetry;
  readonly safe: SafeListLife;
}

/** The path of operations, each in the generation that it was prepared for, which stays open until it is answered. */
export function openOperations(
  config: Config,
  generations: Generations<GenerationParts>,
  { programOf, policies, audit, rateLimits, safe, telemetry }: OperationParts,
  log: Logger,
): HandleOperation {
  const handle = createHandleOperation({
    admission: createAdmission(config.limits),
    rateLimits: rateLimits.limits,
    safeList: safe.safeList,
    authorisation: authorisationOf(config, audit),
    evaluatePolicies: policies.evaluate,
    audit: audit.audit,
    programOf,
    isShared: config.sharing === "request",
    subgraphCalls: (request) => generations.partsOf(request.prepared.supergraph).subgraphCalls(request),
    countAuthorised: telemetry.countAuthorised,
    reportDryRun: ({ rehearsed }, { requestId }) =>
      log.info({ rehearsed, requestId }, "dry run: these would be refused or masked"),
  });
  return async (request) => {
    const generation = generations.enter(request.prepared.supergraph);
    try {
      return await handle(request);
    } finally {
      generations.leave(generation);
    }
  };
}

/** What requests are authorised with, and explanations as well: they tell what requests get. */
export function authorisationOf({ authorization, governance }: Config, { isOn }: AuditLife) {
  return { ...authorization, checkFormats: governance.checkFormats, isAudited: isOn };
}
