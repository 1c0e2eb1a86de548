import { isDeepStrictEqual } from "node:util";
import type { LoadRequest } from "./generate-load.ts";
import type { ProbeProgram } from "./limit-probe.ts";
import { type Field, isGoverned, type Participant, PERSONAS } from "./participants.ts";
import type { RecordedCall } from "./subgraphs.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** The requests that one participant gets under one workload, with the answers that are right. */
export interface Measured {
  readonly workload: Workload["name"];
  readonly participant: Participant;
  readonly requests: readonly LoadRequest[];
}

/** Personas whose answers have the same rows as one without governance, so that the two can be compared. */
const MEASURED_PERSONAS = ["storefront", "analyst", "steward"] as const;

/**
 * Asks every participant once, and compares what it says before anything is measured: with the stock gateway
 * where nothing is governed, with a plain oracle where masks and row filters apply.
 *
 * @throws Error at the first difference
 */
export async function prepareAnswers(field: Field): Promise<readonly Measured[]> {
  const stock = find(field, "stock");
  const reference = find(field, "ours");
  const expected = new Map<string, unknown>();
  const programs: ProbeProgram[] = [];
  for (const { name, query } of WORKLOADS) {
    const answer = await ask(stock.url(name), query);
    expected.set(name, JSON.parse(answer));
    await ask(reference.url(name), query);
    const waves = await recordWaves(field, () => ask(reference.url(name), query));
    programs.push({ name, answer: JSON.parse(answer), waves });
    const calls = waves.reduce((sum, wave) => sum + wave.length, 0);
    process.stderr.write(
      `${name}: ${calls} subgraph calls in ${waves.length} waves, answer of ${answer.length} bytes\n`,
    );
  }
  await find(field, "probe").process.ask(programs);
  const measured: Measured[] = [];
  for (const participant of field.participants)
    for (const workload of WORKLOADS) {
      const callers = isGoverned(participant) ? PERSONAS : [null];
      if (isGoverned(participant) && workload.name !== "governed") continue;
      const requests: LoadRequest[] = [];
      for (const caller of callers) {
        const token = caller === null ? undefined : field.tokens.get(caller);
        const headers: Record<string, string> =
          token === undefined ? {} : { authorization: `Bearer ${token}` };
        const url = participant.url(workload.name);
        // Three times: an operation's first request and the ones that follow may take different paths.
        const answers = [];
        for (let i = 0; i < 3; i += 1) answers.push(await ask(url, workload.query, headers));
        const wanted = asSeenBy(caller, expected.get(workload.name));
        for (const answer of answers) compare(participant, workload, caller, JSON.parse(answer), wanted);
        if (caller === null || MEASURED_PERSONAS.some((name) => name === caller))
          requests.push({ url, headers, body: JSON.stringify({ query: workload.query }), answers });
      }
      measured.push({ workload: workload.name, participant, requests });
    }
  return measured;
}

/** How many subgraph calls our gateway makes for a workload, and in how many waves. */
async function recordWaves(field: Field, run: () => Promise<unknown>): Promise<ProbeProgram["waves"]> {
  await field.subgraphs.ask("record");
  await run();
  const { recorded } = (await field.subgraphs.ask("stop")) as { recorded: readonly RecordedCall[] };
  const waves: RecordedCall[][] = [];
  for (const call of [...recorded].sort((a, b) => a.startedAt - b.startedAt)) {
    const wave = waves.at(-1);
    if (wave?.every((other) => other.endedAt > call.startedAt)) wave.push(call);
    else waves.push([call]);
  }
  return waves.map((wave) => wave.map(({ url, body }) => ({ url, body })));
}

async function ask(url: string, query: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  return response.text();
}

function compare(
  participant: Participant,
  workload: Workload,
  caller: string | null,
  answer: unknown,
  wanted: unknown,
): void {
  if (isDeepStrictEqual(answer, wanted)) return;
  throw new Error(
    `${participant.name} answers ${workload.name}${caller ? ` of ${caller}` : ""} wrongly:\n${JSON.stringify(answer).slice(0, 1000)}\ninstead of\n${JSON.stringify(wanted).slice(0, 1000)}`,
  );
}

/** The oracle: which part of the ungoverned answer each persona gets, written down once more. */
function asSeenBy(caller: string | null, value: unknown): unknown {
  if (caller === null || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.filter((item) => isVisible(caller, item)).map((item) => asSeenBy(caller, item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isMasked = key === "email" && !["support-emea", "steward"].includes(caller);
      return [key, isMasked ? `***@${String(item).split("@")[1]}` : asSeenBy(caller, item)];
    }),
  );
}

function isVisible(caller: string, item: unknown): boolean {
  const region = typeof item === "object" && item !== null && "region" in item ? item.region : undefined;
  return region === undefined || caller !== "support-emea" || region === "EMEA";
}

function find({ participants }: Field, kind: Participant["kind"]): Participant {
  const found = participants.find((item) => item.kind === kind);
  if (!found) throw new Error(`nobody takes part as ${kind}`);
  return found;
}
