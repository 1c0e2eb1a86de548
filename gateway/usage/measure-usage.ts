import type { HandleOperation } from "../request/handle-operation.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** The same path, with every request counted when its answer is known. */
export function measureUsage(handle: HandleOperation, recorder: UsageRecorder): HandleOperation {
  return async (request) => {
    const since = performance.now();
    let hasErrors = true;
    try {
      const response = await handle(request);
      hasErrors = response.errors.length > 0;
      return response;
    } finally {
      recorder.record(request, hasErrors, performance.now() - since);
    }
  };
}
