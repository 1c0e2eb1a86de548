import type { Registry } from "prom-client";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import type { HandleOperation } from "./request/handle-operation.ts";
import type { OperationStore } from "./request/prepare-operation.ts";
import { measureUsage } from "./usage/measure-usage.ts";
import { SignatureThread } from "./usage/signature-thread.ts";
import { UsageRecorder } from "./usage/usage-recorder.ts";
import { UsageReporter, type UsageSink } from "./usage/usage-reporter.ts";

export interface UsageOptions {
  readonly config: Config;
  /** Undefined where nobody takes usage. */
  readonly sink: UsageSink | undefined;
  readonly operations: OperationStore;
  readonly metrics: Registry;
  readonly log: Logger;
}

/** The recording of usage, or its absence. */
export interface UsageLife {
  /** The same path, recorded; where nothing is recorded it is the very same. */
  readonly measure: (handle: HandleOperation) => HandleOperation;
  readonly stop: () => Promise<void>;
}

/** Opens the recording of usage where it is configured and somebody takes it. */
export function openUsage({ config, sink, operations, metrics, log }: UsageOptions): UsageLife {
  if (!config.usage.record || !sink) return { measure: (handle) => handle, stop: async () => {} };
  const thread = new SignatureThread();
  const recorder = new UsageRecorder({
    signAside: ({ source, operationName }) => thread.sign({ source, operationName }),
    onDescribed: (prepared, bytes) => operations.charge(prepared, bytes),
  });
  const { intervalMs } = config.usage;
  const reporter = new UsageReporter({ take: () => recorder.take(), sink, intervalMs, metrics, log });
  const stop = async () => {
    await recorder.settle();
    await Promise.all([reporter.stop(), thread.stop()]);
  };
  return { measure: (handle) => measureUsage(handle, recorder), stop };
}
