import { usageOf } from "./child-process.ts";
import { generateLoad } from "./generate-load.ts";
import type { Participant } from "./participants.ts";
import { distinctOperation } from "./workloads.ts";

const CONNECTIONS = 10;
const STEPS = 5;

/** Sends many different operations, each once, twice over, and prints what that does to memory. */
export async function measureManyOperations(participant: Participant, count: number): Promise<void> {
  const { pid } = participant.process;
  const url = participant.url("many");
  process.stdout.write(`\nmany operations (${count} distinct texts, twice), ${participant.name}\n`);
  process.stdout.write("  operations    CPU ms/op    p50 ms    p99 ms    RSS MB\n");
  for (let step = 0; step < STEPS * 2; step += 1) {
    const size = Math.ceil(count / STEPS);
    const first = (step % STEPS) * size;
    const before = usageOf(pid);
    const { latencies } = await generateLoad(
      CONNECTIONS,
      (index) => ({ url, body: JSON.stringify({ query: distinctOperation(first + index) }), answers: null }),
      (index) => index < size,
    );
    const after = usageOf(pid);
    const columns = [
      ((step + 1) * size).toFixed(0).padStart(12),
      ((after.cpu - before.cpu) / size).toFixed(2).padStart(13),
      (latencies[Math.floor(size * 0.5)] ?? 0).toFixed(1).padStart(10),
      (latencies[Math.floor(size * 0.99)] ?? 0).toFixed(1).padStart(10),
      after.rss.toFixed(0).padStart(10),
    ];
    process.stdout.write(`${columns.join("")}\n`);
  }
}
