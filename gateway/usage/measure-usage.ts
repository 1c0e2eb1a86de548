import { ClientError } from "../../shared/errors.ts";
import type { HandleOperation } from "../request/handle-operation.ts";
import type { RequestOutcome } from "./product-counter.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** The same path, with every request counted when its answer is known. */
export function measureUsage(handle: HandleOperation, recorder: UsageRecorder): HandleOperation {
  return async (request) => {
    const since = performance.now();
    let outcome: RequestOutcome = FAILED;
    try {
      const response = await handle(request);
      outcome = { kind: "answered", errors: response.errors };
      return response;
    } catch (error) {
      if (error instanceof ClientError && error.status < 500) outcome = REFUSED;
      throw error;
    } finally {
      const milliseconds = performance.now() - since;
      const hasErrors = outcome.kind !== "answered" || outcome.errors.length > 0;
      recorder.record(request, hasErrors, milliseconds);
      recorder.countProducts(request.prepared, outcome, milliseconds);
    }
  };
}

const FAILED: RequestOutcome = Object.freeze({ kind: "failed" });
const REFUSED: RequestOutcome = Object.freeze({ kind: "refused" });
