import { Gauge, type Registry } from "prom-client";
import type { Logger } from "../shared/log.ts";
import type { Config } from "./config.ts";
import type { AnsweredRequest, RequestObserver } from "./http/request-observer.ts";
import type { OperationDependencies } from "./request/handle-operation.ts";
import { createAccessLog } from "./telemetry/access-log.ts";
import { GovernanceMetrics } from "./telemetry/governance-metrics.ts";
import { OperationMetrics } from "./telemetry/operation-metrics.ts";
import { SubgraphMetrics } from "./telemetry/subgraph-metrics.ts";
import { openTracing } from "./telemetry/tracing.ts";

export interface Telemetry {
  readonly observer: RequestObserver;
  readonly subgraphs: SubgraphMetrics;
  readonly countAuthorised: OperationDependencies["countAuthorised"];
  /** Notes that another generation is served from now on. */
  readonly adopted: () => void;
  readonly stop: () => Promise<void>;
}

/** Opens what tells the operator how the gateway does: metrics always, log lines and traces as configured. */
export async function openTelemetry(config: Config, metrics: Registry, log: Logger): Promise<Telemetry> {
  const { access } = config.log;
  const { otlpUrl, sample } = config.telemetry.traces;
  const operations = new OperationMetrics(metrics);
  const accessLog = access.level === "off" ? null : createAccessLog({ ...access, level: access.level }, log);
  const tracing = otlpUrl === null ? null : await openTracing({ otlpUrl, sample }, log);
  const governance = new GovernanceMetrics(metrics, config.authorization.dryRun);
  const answered = (request: AnsweredRequest): void => {
    try {
      operations.record(request);
      accessLog?.(request);
      if (request.trace !== null) tracing?.finish(request);
    } catch (error) {
      log.error({ err: error }, "an answered request could not be recorded");
    }
  };
  const adopted = new Gauge({
    name: "dpg_supergraph_adopted_timestamp_seconds",
    aggregator: "max",
    help: "When the generation that is served was taken up (Unix time)",
    registers: [metrics],
  });
  return {
    observer: { trace: tracing?.begin ?? null, answered },
    subgraphs: new SubgraphMetrics(metrics),
    countAuthorised: (operation, { prepared, client }, cost) => {
      governance.count(operation);
      operations.charge(prepared, client, cost);
    },
    adopted: () => adopted.setToCurrentTime(),
    stop: async () => tracing?.stop(),
  };
}
