import { count, type Figure, percentile } from "./figures.ts";
import { JOINED, kindOf, LIGHT } from "./items-mesh.ts";
import type { LoadRecord } from "./plan.ts";
import { type ItemsMesh, startItemsMesh } from "./start-items-mesh.ts";

export interface HungSubgraphOptions {
  /** Each is a time with every subgraph well, and one with one that hangs. */
  readonly rounds: number;
  readonly seconds: number;
}

/** Requests a second; every third one needs the subgraph that hangs. */
const PER_SECOND = 600;

/** One subgraph takes calls and never answers (hardening 96): what becomes of the requests that need only the other one. */
export async function measureHungSubgraph({
  rounds,
  seconds,
}: HungSubgraphOptions): Promise<readonly Figure[]> {
  const mesh = await startItemsMesh();
  try {
    const { url } = await mesh.serve();
    const [light, joined] = [await kindOf(url, LIGHT), await kindOf(url, JOINED)];
    const load = async (part: number) => {
      const pace = { kind: "open", perSecond: PER_SECOND, connections: 64 } as const;
      const { records } = await mesh.load.run({
        origin: url,
        pace,
        seconds: part,
        kinds: [light, light, joined],
      });
      return {
        others: records.filter(({ kind }) => kind < 2),
        joined: records.filter(({ kind }) => kind === 2),
      };
    };
    await load(3);
    const well: LoadRecord[] = [];
    const hung: LoadRecord[] = [];
    const touched: LoadRecord[] = [];
    for (let round = 0; round < rounds; round += 1) {
      well.push(...(await load(seconds)).others);
      const during = await whileHung(mesh, () => load(seconds));
      hung.push(...during.others);
      touched.push(...during.joined);
      // The circuit lets one call try again after five seconds.
      await load(6);
    }
    return toFigures(well, hung, touched);
  } finally {
    await mesh.stop();
  }
}

async function whileHung<T>(mesh: ItemsMesh, work: () => Promise<T>): Promise<T> {
  await mesh.tell("stock", "hang");
  try {
    return await work();
  } finally {
    await mesh.tell("stock", "answer");
  }
}

function toFigures(
  well: readonly LoadRecord[],
  hung: readonly LoadRecord[],
  touched: readonly LoadRecord[],
): readonly Figure[] {
  const [before, during] = [percentile(well, 0.99), percentile(hung, 0.99)];
  return [
    {
      what: `one hung subgraph: p99 of ${hung.length} requests that do not need it, ${during.toFixed(2)} ms, over ${before.toFixed(2)} ms without the hang`,
      value: during / before,
      unit: "times",
      goal: { atMost: 1.2 },
    },
    {
      what: `one hung subgraph: requests that do not need it and were not answered right (${count(hung, "shed")} refused, ${count(hung, "failed")} without an answer)`,
      value: hung.length - count(hung, "good"),
      unit: "requests",
      goal: { atMost: 0 },
    },
    {
      what: `one hung subgraph: of ${touched.length} requests that need it, without any answer or with one that says nothing of it`,
      value: count(touched, "failed") + count(touched, "good"),
      unit: "requests",
      goal: { atMost: 0 },
    },
  ];
}
