import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { ClientError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import type { AuditArchive, AuditStore } from "./audit/audit-store.ts";
import { type AuditReport, AuditWriter } from "./audit/audit-writer.ts";
import { FileAuditStore, openFileArchive } from "./audit/file-audit-store.ts";
import { openPostgresArchive, PostgresAuditStore } from "./audit/postgres-audit-store.ts";
import type { Config } from "./config.ts";
import { type Audit, createAudit } from "./request/audit.ts";
import { auditRules } from "./request/audit-plan.ts";
import { inSlices } from "./supergraph/in-slices.ts";
import type { Supergraph } from "./supergraph/supergraph.ts";

export interface AuditLife {
  readonly isOn: boolean;
  readonly audit: Audit;
  /** What is recorded, for stewards; null where nothing is. */
  readonly archive: AuditArchive | null;
  /** Says of a supergraph that is about to be served what of it goes unrecorded. */
  readonly examine: (supergraph: Supergraph) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Opens the audit that the configuration names: a database, else a folder, else none. A database that does not
 * answer holds back audited values until it does; one that is not prepared refuses the start.
 *
 * @throws ClientError AUDIT_NOT_PREPARED or DATABASE_ROLE_UNSAFE
 */
export async function openAudit({ audit }: Config, metrics: Registry, log: Logger): Promise<AuditLife> {
  const store = await openStore(audit, log);
  if (store === null) return withoutAudit(log);
  const writer = new AuditWriter({ store, timeoutMs: audit.timeoutMs, report: createReport(metrics, log) });
  await writer.start().catch((error: unknown) => {
    if (audit.databaseUrl === null) throw unusableFolder(audit.directory ?? "", error);
  });
  const withheld = new Counter({
    name: "dpg_audit_withheld_responses_total",
    help: "Responses that lost their audited values because the record could not be written",
    registers: [metrics],
  });
  const archive = openArchive(audit);
  return {
    isOn: true,
    audit: createAudit(writer, () => withheld.inc()),
    archive,
    examine: async () => {},
    stop: async () => {
      await writer.close();
      await archive?.close();
    },
  };
}

async function openStore(audit: Config["audit"], log: Logger): Promise<AuditStore | null> {
  if (audit.databaseUrl === null)
    return audit.directory === null ? null : new FileAuditStore(audit.directory);
  const store = new PostgresAuditStore(audit.databaseUrl);
  try {
    await store.check();
  } catch (error) {
    if (error instanceof ClientError) {
      await store.close();
      throw error;
    }
    log.error({ err: error }, "the audit database does not answer");
  }
  return store;
}

/** Connections of its own, made when somebody asks. */
function openArchive({ databaseUrl, directory }: Config["audit"]): AuditArchive | null {
  if (databaseUrl !== null) return openPostgresArchive(databaseUrl);
  return directory === null ? null : openFileArchive(directory);
}

function unusableFolder(directory: string, error: unknown): ClientError {
  const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return new ClientError("AUDIT_NOT_PREPARED", `The audit folder ${directory} cannot be written: ${reason}.`);
}

function withoutAudit(log: Logger): AuditLife {
  return {
    isOn: false,
    audit: (_operation, _request, result) => result,
    archive: null,
    examine: async (supergraph) => {
      try {
        const unrecorded = await inSlices(auditedCoordinates(supergraph));
        if (unrecorded.length > 0)
          log.warn({ unrecorded }, "no audit is configured: deliveries of these are not recorded");
      } catch (error) {
        log.error({ err: error }, "what goes unrecorded without an audit could not be listed");
      }
    },
    stop: async () => {},
  };
}

function* auditedCoordinates(supergraph: Supergraph): Generator<void, readonly string[], void> {
  const found: string[] = [];
  for (const type of Object.values(supergraph.apiSchema.getTypeMap())) {
    if (!("getFields" in type)) continue;
    for (const field of Object.keys(type.getFields()))
      if (auditRules(supergraph, type.name, field)) found.push(`${type.name}.${field}`);
    yield;
  }
  return found.sort();
}

function createReport(metrics: Registry, log: Logger): AuditReport {
  const registers = [metrics];
  const records = new Counter({ name: "dpg_audit_records_total", help: "Audit records written", registers });
  const seconds = new Histogram({
    name: "dpg_audit_commit_seconds",
    help: "Time from handing a batch of audit records to the store to their being durable",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1, 5],
    registers,
  });
  const failures = new Counter({
    name: "dpg_audit_failures_total",
    help: "How often the audit store stopped working",
    registers,
  });
  const down = new Gauge({
    name: "dpg_audit_down",
    aggregator: "max",
    help: "1 while the audit store does not work",
    registers,
  });
  const waiting = new Gauge({
    name: "dpg_audit_queue_records",
    help: "Audit records that wait for the store",
    registers,
  });
  return {
    written: (count, milliseconds) => {
      records.inc(count);
      seconds.observe(milliseconds / 1000);
    },
    failed: (error) => {
      down.set(1);
      failures.inc();
      log.error({ err: error }, "the audit store does not work: audited values are held back");
    },
    recovered: () => {
      down.set(0);
      log.info("the audit store works again");
    },
    queued: (count) => waiting.set(count),
  };
}
