import { parentPort } from "node:worker_threads";
import { type CheckRequest, check } from "./check.ts";

/** The worker's side of {@link CheckThread}: one request in, one report or the reason of a failure out. */
parentPort?.on("message", async (request: CheckRequest) => {
  try {
    parentPort?.postMessage({ report: await check(request) });
  } catch (error) {
    parentPort?.postMessage({
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
