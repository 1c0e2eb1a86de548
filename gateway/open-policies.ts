import { Counter, type Registry } from "prom-client";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import { openPolicyFolder } from "./policies/policy-folder.ts";
import {
  createEvaluatePolicies,
  type DecidePolicy,
  type EvaluatePolicies,
} from "./request/evaluate-policies.ts";

export interface PolicyLife {
  readonly evaluate: EvaluatePolicies;
  readonly stop: () => void;
}

/** The same fault of the same policy is logged at most once in this many milliseconds. */
const QUIET = 60_000;

/**
 * Opens the policies that the configuration names, and counts what goes wrong with them.
 *
 * @param engine decides instead of the Cedar policies of `policies.directory`
 * @throws ClientError POLICY_INVALID or FILE_UNREADABLE
 */
export async function openPolicies(
  { policies: { directory, timeoutMs } }: Config,
  engine: DecidePolicy | null,
  metrics: Registry,
  log: Logger,
): Promise<PolicyLife> {
  const faults = new Counter({
    name: "dpg_policy_faults_total",
    help: "Answers of policies that were neither true nor false, and so refused",
    labelNames: ["policy"],
    registers: [metrics],
  });
  const reloads = new Counter({
    name: "dpg_policy_reloads_total",
    help: "Changes of the policy folder that were loaded, or refused because a file does not parse",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const folder =
    engine === null && directory !== null ? await openPolicyFolder({ directory, log, reloads }) : null;
  const logged = new Map<string, number>();
  const evaluate = createEvaluatePolicies({
    decide: engine ?? folder?.decide ?? null,
    timeoutMs,
    onFault: (policy, reason) => {
      faults.inc({ policy });
      if (Date.now() - (logged.get(policy) ?? 0) < QUIET) return;
      logged.set(policy, Date.now());
      log.warn({ policy, reason }, "a policy did not answer, which refuses");
    },
  });
  return { evaluate, stop: () => folder?.stop() };
}
