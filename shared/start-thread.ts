import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

/** What the process was started with, which V8 would put in place of a thread's own limits. */
const PROCESS_LIMITS = ["--max-old-space-size=0", "--max-semi-space-size=0", "--max-heap-size=0"];

/**
 * Starts a module of ours as a worker thread: compiled code as it is, a source file (tests, development)
 * through the loader that also runs the process.
 *
 * @param module its address without the ending, as in `new URL("./plan-worker", import.meta.url)`
 * @param maxHeapMb megabytes of what it keeps, where the process itself may have as many; with more, only the thread ends
 *   (`ERR_WORKER_OUT_OF_MEMORY`)
 */
export function startThread(module: URL, maxHeapMb: number): Worker {
  // The heap of this process has its size already: V8 looks at these only when it makes one.
  for (const none of PROCESS_LIMITS) setFlagsFromString(none);
  const ofProcess = Math.floor(getHeapStatistics().heap_size_limit / 1_048_576);
  const options = { resourceLimits: { maxOldGenerationSizeMb: Math.min(maxHeapMb, ofProcess) } };
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL(`${module.href}.js`), options);
  const source = JSON.stringify(`${module.href}.ts`);
  // Node 20 takes no `--import` for a thread.
  const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${source}, ${source}))`;
  return new Worker(load, { ...options, eval: true });
}
