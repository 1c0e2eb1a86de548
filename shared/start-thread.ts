import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a module of ours as a worker thread: compiled code as it is, a source file (tests, development)
 * through the loader that also runs the process.
 *
 * @param module its address without the ending, as in `new URL("./plan-worker", import.meta.url)`
 */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL(`${module.href}.js`), options);
  const source = JSON.stringify(`${module.href}.ts`);
  // Node 20 takes no `--import` for a thread.
  const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${source}, ${source}))`;
  return new Worker(load, { ...options, eval: true });
}
