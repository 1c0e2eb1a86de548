import { createLog, type LogLevel } from "../log.ts";
import { logRejections } from "../log-rejections.ts";
import { explainFailure } from "./explain-failure.ts";
import { loadSubgraph } from "./load-subgraph.ts";
import { QualitySchedule, type QualitySettings, readQualitySettings } from "./quality-schedule.ts";
import { serveSubgraph } from "./serve-subgraph.ts";
import { readSubgraphSettings } from "./settings.ts";
import type { SubgraphDefinition } from "./subgraph-definition.ts";

/** Time for requests in flight once a signal came; then the process ends regardless. */
const GRACE_MS = 8_000;

/**
 * The whole `main.ts` of a subgraph: settings from the environment, serve until SIGTERM or SIGINT. A start that
 * fails prints code, cause and remedy on standard error and leaves exit code 1.
 */
export async function runSubgraph<Loaders>(definition: SubgraphDefinition<Loaders>): Promise<void> {
  try {
    const settings = readSubgraphSettings(process.env);
    const quality = readQualitySettings(process.env);
    logRejections(createLog({ name: "subgraph", level: settings.logLevel }));
    const { stop } = await serveSubgraph(definition, settings);
    const checks = quality && (await startChecks(definition, quality, settings.logLevel));
    stopOnSignal(async () => {
      await checks?.stop();
      await stop();
    });
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exitCode = 1;
  }
}

async function startChecks(
  definition: Pick<SubgraphDefinition, "directory" | "resolvers" | "database">,
  settings: QualitySettings,
  level: LogLevel,
): Promise<QualitySchedule> {
  const { descriptor } = await loadSubgraph(definition);
  const log = createLog({ name: `quality-${descriptor.domain}`, level });
  return new QualitySchedule({ settings, descriptor, log });
}

function stopOnSignal(stop: () => Promise<void>): void {
  const end = () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  // Started with a channel to its parent, a service ends with it, also where that was killed.
  process.once("disconnect", end);
}
