import { parseArgs } from "node:util";
import { runCanaries } from "./run-canaries.ts";

/** `npm run test:canaries`: looks for what only somebody else may see in a million answers. Exit code 1 where it is found. */
const { values } = parseArgs({
  options: {
    answers: { type: "string", default: "1000000" },
    identities: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const since = performance.now();
const tally = await runCanaries({
  answers: Number(values.answers),
  identities: Number(values.identities),
  seed: Number(values.seed),
});
const seconds = (performance.now() - since) / 1000;
for (const example of tally.examples) process.stdout.write(`${example}\n`);
process.stdout.write(
  [
    `${tally.answers} answers to ${values.identities} identities in ${seconds.toFixed()} s (seed ${values.seed}):`,
    `${tally.foreign} foreign canaries (goal: 0), ${tally.own} own ones, ${tally.incomplete} answers without what was due (goal: 0);`,
    `${tally.hot} requests in the hot lane, ${tally.apollo} in Apollo Server's, ${tally.programHits} programs found again,`,
    `${tally.unsharedCalls - tally.calls} of ${tally.unsharedCalls} subgraph calls shared, ${tally.swaps} hot swaps\n`,
  ].join(" "),
);
const wasShared = tally.calls < tally.unsharedCalls && tally.programHits > 0;
const tookAllWays = tally.hot > 0 && tally.apollo > 0 && tally.swaps > 0;
process.exitCode = tally.foreign === 0 && tally.incomplete === 0 && wasShared && tookAllWays ? 0 : 1;
