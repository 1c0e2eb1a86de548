import cluster, { type Worker } from "node:cluster";
import { setTimeout as pause } from "node:timers/promises";
import { AggregatorRegistry, type Registry } from "prom-client";
import { z } from "zod";
import { InternalError } from "../../shared/errors.ts";

/** What one registry holds, as prom-client writes it. */
type Values = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** Milliseconds that the supervisor waits for what its workers counted; one that has not answered is left out. */
const GATHER_WITHIN = 2000;
/** Milliseconds that a worker waits for the supervisor. */
const ANSWER_WITHIN = 4000;

const message = z.discriminatedUnion("type", [
  /** Worker to supervisor: what have all of you counted? */
  z.object({ type: z.literal("dpg:metrics:ask"), id: z.number() }),
  /** Supervisor to each worker, and its answer. */
  z.object({ type: z.literal("dpg:metrics:collect"), id: z.number() }),
  z.object({
    type: z.literal("dpg:metrics:collected"),
    id: z.number(),
    values: z.array(z.custom<Values[number]>(isObject)),
  }),
  /** Supervisor to the worker that asked. */
  z.object({ type: z.literal("dpg:metrics:answer"), id: z.number(), text: z.string() }),
]);

type Message = z.infer<typeof message>;

/** Most messages between these processes are not ours. */
function readMessage(received: unknown): Message | null {
  const isOurs = isObject(received) && "type" in received && String(received.type).startsWith("dpg:metrics:");
  if (!isOurs) return null;
  const { success, data } = message.safeParse(received);
  return success ? data : null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Reads the metrics of this process, in the text format of Prometheus; in a worker those of all workers of the command:
 * counters and histograms are summed, gauges joined as their `aggregator` says (prom-client's: a sum by default).
 *
 * @returns a function that rejects where the supervisor does not answer
 */
export function createMetricsReader(registry: Registry): () => Promise<string> {
  if (!cluster.isWorker) return () => registry.metrics();
  const waiting = new Map<number, (text: string) => void>();
  let latest = 0;
  process.on("message", (received) => {
    const told = readMessage(received);
    if (told?.type === "dpg:metrics:answer") waiting.get(told.id)?.(told.text);
    if (told?.type === "dpg:metrics:collect") void collect(registry, told.id);
  });
  return async () => {
    latest += 1;
    const id = latest;
    const answer = new Promise<string>((resolve) => waiting.set(id, resolve));
    tellSupervisor({ type: "dpg:metrics:ask", id });
    const text = await Promise.race([answer, pause(ANSWER_WITHIN, null, { ref: false })]);
    waiting.delete(id);
    if (text === null) throw new InternalError("the supervisor did not tell the metrics of the workers");
    return text;
  };
}

async function collect(registry: Registry, id: number): Promise<void> {
  tellSupervisor({ type: "dpg:metrics:collected", id, values: await registry.getMetricsAsJSON() });
}

/** Without a callback, a supervisor that is gone would be an error that nobody handles. */
function tellSupervisor(told: Message): void {
  process.send?.(told, undefined, undefined, () => {});
}

/** In the supervisor: joins, as long as the process lives, what workers have counted for the one that is asked. */
export function joinMetricsOfWorkers(): void {
  const gathering = new Map<number, (values: Values) => void>();
  const serving = new Set<Worker>();
  let latest = 0;
  const gather = async (asking: Worker, asked: number): Promise<void> => {
    latest += 1;
    const id = latest;
    const found: Values[] = [];
    const all = [...serving];
    const complete = new Promise<void>((resolve) =>
      gathering.set(id, (values) => {
        if (found.push(values) === all.length) resolve();
      }),
    );
    for (const worker of all) tell(worker, { type: "dpg:metrics:collect", id });
    await Promise.race([complete, pause(GATHER_WITHIN, undefined, { ref: false })]);
    gathering.delete(id);
    const text = await AggregatorRegistry.aggregate(found).metrics();
    tell(asking, { type: "dpg:metrics:answer", id: asked, text });
  };
  cluster.on("listening", (worker) => serving.add(worker));
  cluster.on("exit", (worker) => serving.delete(worker));
  cluster.on("message", (worker, received) => {
    const told = readMessage(received);
    if (told?.type === "dpg:metrics:ask") void gather(worker, told.id);
    if (told?.type === "dpg:metrics:collected") gathering.get(told.id)?.(told.values);
  });
}

function tell(worker: Worker, told: Message): void {
  if (worker.isConnected()) worker.send(told, () => {});
}
