// `npm run bench`: our gateway beside stock Apollo and the limit probe, in one run, interleaved (performance.md).
import { parseArgs } from "node:util";
import { measureManyOperations } from "./many-operations.ts";
import { measure, median, type Sample } from "./measure.ts";
import { startField } from "./participants.ts";
import { prepareAnswers } from "./prepare-answers.ts";
import { printTable } from "./print-table.ts";

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
const operations = values.smoke ? 200 : Number(values.operations);

const field = await startField(values.pinned);
try {
  const all = await prepareAnswers(field);
  process.stderr.write(`every answer is right: ${all.length} combinations\n`);
  const chosen = all.filter(
    ({ workload, participant }) =>
      values.only.length === 0 ||
      values.only.some((part) => `${workload} ${participant.name}`.includes(part)),
  );
  const samples = new Map(chosen.map((item) => [item, [] as Sample[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const item of chosen) {
      samples.get(item)?.push(await measure(item, seconds, Number(values.connections)));
      process.stderr.write(".");
    }
  process.stderr.write("\n");
  printTable([...samples].map(([item, list]) => ({ ...item, ...median(list) })));
  const ours = field.participants.find(({ kind }) => kind === "ours");
  if (ours && operations > 0) await measureManyOperations(ours, operations);
} finally {
  await field.stop();
}
