// `npm run bench`: our gateway beside stock Apollo and the limit probe, in one run, interleaved (performance.md).
import { parseArgs } from "node:util";
import { measureManyOperations } from "./many-operations.ts";
import { measureInTurns } from "./measure.ts";
import { type Field, startField } from "./participants.ts";
import { prepareAnswers } from "./prepare-answers.ts";
import { printTable, type Row } from "./print-table.ts";
import { WORKLOADS } from "./workloads.ts";

const { values } = parseArgs({
  options: {
    /** A few seconds: fails on wrong answers only. */
    smoke: { type: "boolean", default: false },
    pinned: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    /** Seconds per measurement. */
    seconds: { type: "string", default: "3" },
    /** Only workloads and participants whose name contains one of these. */
    only: { type: "string", multiple: true, default: [] },
    /** One shows what a request takes when nothing else is under way. */
    connections: { type: "string", default: "50" },
    operations: { type: "string", default: "10000" },
  },
});
const rounds = values.smoke ? 1 : Number(values.rounds);
const seconds = values.smoke ? 0.2 : Number(values.seconds);
const turns = values.smoke ? 1 : 6;
const operations = values.smoke ? 200 : Number(values.operations);

/** By workload and name of the participant: the lines of the table. */
const rows = new Map<string, Row>();
for (let round = 1; round <= rounds; round += 1) {
  // Anew each time: one and the same code is up to a tenth faster in one process than in another.
  const field = await startField(values.pinned);
  try {
    await measureRound(field);
    const ours = field.participants.find(({ kind }) => kind === "ours");
    if (round === rounds) {
      printTable([...rows.values()]);
      if (ours && operations > 0) await measureManyOperations(ours, operations);
    }
  } finally {
    await field.stop();
  }
}

/** Each workload with all participants, who take turns. */
async function measureRound(field: Field): Promise<void> {
  const all = await prepareAnswers(field);
  process.stderr.write(`every answer is right: ${all.length} combinations\n`);
  for (const { name } of WORKLOADS) {
    const keyed = all
      .filter(({ workload }) => workload === name)
      .map((item) => ({ item, key: `${name} ${item.participant.name}` }))
      .filter(({ key }) => values.only.length === 0 || values.only.some((part) => key.includes(part)));
    const items = keyed.map(({ item }) => item);
    const samples = await measureInTurns(items, { seconds, turns, connections: Number(values.connections) });
    for (const [index, { item, key }] of keyed.entries()) {
      const sample = samples[index];
      if (!sample) continue;
      const { workload, participant } = item;
      rows.set(key, { workload, participant, samples: [...(rows.get(key)?.samples ?? []), sample] });
    }
    process.stderr.write(".");
  }
  process.stderr.write("\n");
}
