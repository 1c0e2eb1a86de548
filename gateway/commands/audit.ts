import { existsSync } from "node:fs";
import { ClientError } from "../../shared/errors.ts";
import type { AuditArchive } from "../audit/audit-store.ts";
import { openFileArchive } from "../audit/file-audit-store.ts";
import { openPostgresArchive } from "../audit/postgres-audit-store.ts";
import { prepareAudit } from "../audit/prepare-audit.ts";
import { type Access, type Consumer, consumersOf, whoSaw } from "../audit/query-audit.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import type { Environment } from "../config/environment.ts";
import { readDevelopmentAudit } from "./development-audit.ts";
import type { Outcome } from "./report.ts";
import { textTable } from "./text-table.ts";

export interface ArchiveOptions {
  /** The audit folder; default: DPG_AUDIT_DATABASE_URL, DPG_AUDIT_DIRECTORY, else the database of `npm start`. */
  readonly directory?: string;
}

/** `dpg audit verify`: recomputes every hash; refuses with AUDIT_DAMAGED where one does not fit. */
export function verifyCommand(options: ArchiveOptions, env: Environment): Promise<Outcome> {
  return withArchive(options, env, async (archive) => {
    const { chains, problems } = await verifyAudit(archive);
    const entries = chains.reduce((sum, chain) => sum + chain.entries, 0);
    const broken = chains.filter(({ ending }) => ending === "torn").length;
    const lines = [
      ...problems.map(({ chain, seq, problem }) => `chain ${chain}: entry ${seq} ${problem}`),
      `${chains.length} chains with ${entries} entries verified${broken > 0 ? `; ${broken} end within a line, when their writer was killed` : ""}.`,
    ];
    const [first] = problems;
    if (!first) return { data: { chains, problems }, text: lines.join("\n") };
    const reason = `${problems.length} problems; the first: entry ${first.seq} of chain ${first.chain} ${first.problem}.`;
    return {
      data: { chains, problems },
      text: lines.join("\n"),
      error: new ClientError("AUDIT_DAMAGED", reason),
    };
  });
}

export interface WhoOptions extends ArchiveOptions {
  readonly coordinate: string;
  readonly since: string;
  readonly entity?: string;
  readonly subject?: string;
}

/** `dpg audit who`: who got a field's values, or tried to, and why. */
export function whoCommand(options: WhoOptions, env: Environment): Promise<Outcome> {
  const { coordinate, since, entity, subject } = options;
  const query = {
    coordinate,
    since: sinceMoment(since),
    ...(entity === undefined ? {} : { entity }),
    ...(subject === undefined ? {} : { subject }),
  };
  return withArchive(options, env, async (archive) => {
    const accesses = await whoSaw(archive, query);
    return { data: { accesses }, text: accesses.length === 0 ? "Nobody." : accessTable(accesses) };
  });
}

export interface ConsumersOptions extends ArchiveOptions {
  readonly product: string;
  readonly since: string;
}

/** `dpg audit consumers`: which applications and callers use the audited data of a product. */
export function consumersCommand(options: ConsumersOptions, env: Environment): Promise<Outcome> {
  const query = { product: options.product, since: sinceMoment(options.since) };
  return withArchive(options, env, async (archive) => {
    const consumers = await consumersOf(archive, query);
    return { data: { consumers }, text: consumers.length === 0 ? "Nobody." : consumerTable(consumers) };
  });
}

/** `dpg audit prepare`: makes the audit's database; prints the address that the gateway connects to. */
export async function prepareCommand(database: string, env: Environment): Promise<Outcome> {
  const adminUrl = env.DATABASE_ADMIN_URL;
  if (!adminUrl) throw new ClientError("USAGE", "Set DATABASE_ADMIN_URL to who may create the database.");
  const databaseUrl = await prepareAudit(adminUrl, database, env.APPLICATION_PASSWORD);
  return { data: { databaseUrl }, text: databaseUrl };
}

async function withArchive(
  options: ArchiveOptions,
  env: Environment,
  work: (archive: AuditArchive) => Promise<Outcome>,
): Promise<Outcome> {
  const place = placeOf(options, env);
  const archive =
    place.kind === "database" ? openPostgresArchive(place.url) : openFileArchive(place.directory);
  try {
    return await work(archive);
  } catch (error) {
    if (error instanceof ClientError || place.kind === "directory") throw error;
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new ClientError("POSTGRES_UNAVAILABLE", `The audit database cannot be read: ${reason}.`);
  } finally {
    await archive.close();
  }
}

type Place =
  | { readonly kind: "database"; readonly url: string }
  | { readonly kind: "directory"; readonly directory: string };

/** An audit that is not where it should be is no empty one. */
function placeOf({ directory }: ArchiveOptions, env: Environment): Place {
  const folder = directory ?? (env.DPG_AUDIT_DATABASE_URL ? undefined : env.DPG_AUDIT_DIRECTORY);
  if (folder !== undefined) {
    if (existsSync(folder)) return { kind: "directory", directory: folder };
    throw new ClientError("AUDIT_NOT_PREPARED", `There is no audit folder ${folder}.`);
  }
  const dataDirectory = env.DPG_DATA_DIR ?? ".data";
  const url = env.DPG_AUDIT_DATABASE_URL || readDevelopmentAudit(dataDirectory);
  if (url) return { kind: "database", url };
  throw new ClientError(
    "AUDIT_NOT_PREPARED",
    `No audit is named, and there is none of npm start in ${dataDirectory}: set DPG_AUDIT_DATABASE_URL or give --directory.`,
  );
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `7d`, `12h`, or a date: the moment it stands for, in milliseconds since the epoch. */
function sinceMoment(text: string): number {
  const [, amount, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined && (unit === "m" || unit === "h" || unit === "d" || unit === "w"))
    return Date.now() - Number(amount) * UNITS[unit];
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new ClientError("USAGE", `--since takes a span such as 7d, 12h or 30m, or a date; not ${text}.`);
}

function accessTable(accesses: readonly Access[]): string {
  return textTable(
    ["last", "who", "application", "purpose", "decision", "values", "requests", "why"],
    accesses.map((access) => [
      access.last,
      access.subject ?? "(anonymous)",
      access.client,
      access.purpose ?? "",
      access.isCertain ? access.decision : `${access.decision} (possibly)`,
      String(access.values),
      String(access.requests),
      access.rule,
    ]),
  );
}

function consumerTable(consumers: readonly Consumer[]): string {
  return textTable(
    ["last", "application", "who", "purposes", "values", "requests", "fields"],
    consumers.map((consumer) => [
      consumer.last,
      consumer.client,
      consumer.subject ?? "(anonymous)",
      consumer.purposes.join(", "),
      String(consumer.values),
      String(consumer.requests),
      consumer.coordinates.join(", "),
    ]),
  );
}
