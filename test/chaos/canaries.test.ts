import { expect, test } from "vitest";
import { runCanaries } from "./canaries/run-canaries.ts";

const ANSWERS = 20_000;
const IDENTITIES = 200;
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

test("48, 49, 51, 52: in tens of thousands of answers to 200 identities, with everything that is cached and shared, nobody finds what is another's", async () => {
  const tally = await runCanaries({ answers: ANSWERS, identities: IDENTITIES, seed: SEED });
  process.stdout.write(
    `${tally.answers} answers to ${IDENTITIES} identities (seed ${SEED}): ${tally.foreign} foreign canaries, ${tally.own} own ones, ${tally.unsharedCalls - tally.calls} of ${tally.unsharedCalls} subgraph calls shared, ${tally.swaps} hot swaps\n`,
  );
  expect(tally.examples).toEqual([]);
  expect([tally.foreign, tally.incomplete]).toEqual([0, 0]);
  expect(tally.answers).toBeGreaterThanOrEqual(ANSWERS);
  expect(tally.own).toBeGreaterThan(ANSWERS);
  expect(tally.calls).toBeLessThan(tally.unsharedCalls);
  for (const used of [tally.programHits, tally.hot, tally.apollo]) expect(used).toBeGreaterThan(1000);
  expect(tally.swaps).toBe(6);
}, 400_000);
