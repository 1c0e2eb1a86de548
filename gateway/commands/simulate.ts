import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { readConfig } from "../config.ts";
import { type SimulatedChange, type Simulation, simulate } from "../request/simulate.ts";
import type { ReplayedOperation } from "../request/simulated-side.ts";
import { buildSupergraph } from "../supergraph/supergraph.ts";
import { type CandidateOptions, readCandidate } from "./read-candidate.ts";
import type { SupergraphFile } from "./read-supergraph.ts";
import { readText } from "./read-text.ts";
import { askRegistry, type RegistryAccess, registryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";
import { textTable } from "./text-table.ts";

export interface SimulateOptions extends CandidateOptions {
  /** JSON lines; default: what the registry has recorded. */
  readonly operations?: string;
  readonly days: number;
  /** The day the candidate is judged on; default: today. */
  readonly on?: string;
  readonly allowPolicy: readonly string[];
}

/** `dpg governance simulate`: which application would lose or gain which field by a change. */
export async function simulateCommand(options: SimulateOptions, env: Environment): Promise<Outcome> {
  if (options.on !== undefined && !z.iso.date().safeParse(options.on).success)
    throw new ClientError("USAGE", `--on ${options.on}: use a day such as 2027-01-01.`);
  const operations = await readOperations(options, env);
  const sides = await readCandidate(options, env);
  if (sides.kind === "refused") {
    const error = new ClientError(
      "COMPOSITION_FAILED",
      "The changed subgraph does not compose; see the findings.",
    );
    return { data: {}, text: "", findings: sides.findings, error };
  }
  const today = new Date().toISOString().slice(0, 10);
  const { authorization } = readConfig(null, env);
  const simulation = await simulate({
    operations,
    before: opened(sides.before, today),
    after: opened(sides.after, options.on ?? today),
    settings: { dryRun: authorization.dryRun, missing: true, checkFormats: false, isAudited: false },
    allowedPolicies: options.allowPolicy,
  });
  const isCut = options.operations === undefined && operations.length === LIMIT;
  const note = isCut ? `\nOnly the ${LIMIT} most used operations of the registry were replayed.` : "";
  return { data: simulation, text: simulationText(simulation) + note, findings: sides.findings };
}

function opened({ supergraphSdl, origins }: SupergraphFile, today: string) {
  return { supergraph: buildSupergraph(supergraphSdl), origins, today };
}

const recorded: z.ZodType<ReplayedOperation> = z.object({
  signature: z.string(),
  operationName: z.string().default(""),
  clientName: z.string().default(""),
  authenticated: z.boolean(),
  scopes: z.array(z.string()).default([]),
  purpose: z.string().nullable().default(null),
  requests: z.number().default(1),
  coordinates: z.array(z.string()).optional(),
});

/** Most operations that are asked of the registry. */
const LIMIT = 1000;

async function readOperations(
  { operations, days }: SimulateOptions,
  env: Environment,
): Promise<readonly ReplayedOperation[]> {
  if (operations === undefined) return recordedOperations(registryAccess(env), days);
  const lines = readText(operations).split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = recorded.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    const [issue] = parsed.error.issues;
    throw new ClientError(
      "USAGE",
      `${operations}, line ${index + 1}: ${issue?.path.join(".") || "operation"}: ${issue?.message}`,
    );
  });
}

function recordedOperations(access: RegistryAccess, days: number): Promise<readonly ReplayedOperation[]> {
  const path = `/usage?days=${days}&limit=${LIMIT}`;
  return askRegistry(access, { method: "GET", path }, z.array(recorded));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function simulationText({ changes, replayed, skipped, refusingPolicies }: Simulation): string {
  const heads = ["application", "change", "coordinate", "requests", "operations", "why"];
  const rows = changes.map((item) => [
    item.clientName || "(no name)",
    item.possible ? `${item.change} (if sent)` : item.change,
    item.coordinate ?? "(the whole operation)",
    String(item.requests),
    item.operations.slice(0, 3).join(", "),
    whyOf(item),
  ]);
  const summary = `${replayed.operations} operations of ${replayed.requests} requests replayed`;
  return [
    changes.length === 0 ? "Nobody would notice." : textTable(heads, rows),
    "",
    `${summary}${skipped.length > 0 ? `; ${skipped.length} were left out: not valid today, of unknown callers, or not told to this token` : ""}.`,
    ...(refusingPolicies.length > 0
      ? [`Counted as refusing: ${refusingPolicies.join(", ")} (--allow-policy).`]
      : []),
  ].join("\n");
}

function whyOf({ change, before, after }: SimulatedChange): string {
  return change === "gained" || change === "unmasked" || change === "unfiltered" ? `was ${before}` : after;
}
