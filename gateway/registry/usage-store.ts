import { createHash } from "node:crypto";
import type pg from "pg";
import type { KnownOperation } from "../../shared/known-operation.ts";
import { OTHER_CLIENT, type UsageBatch } from "../../shared/usage-batch.ts";
import { writeTraffic } from "../catalog/quality/traffic-store.ts";

/** An operation as one kind of caller of one application sent it. */
export interface RecordedOperation {
  /** SHA-256 over name and signature, lower-case hex. */
  readonly hash: string;
  /** Normalised text: literals hidden, aliases gone. It parses as GraphQL. */
  readonly signature: string;
  /** Empty where the operation has no name. */
  readonly operationName: string;
  readonly clientName: string;
  readonly clientVersion: string;
  /** Whether the callers had a token; scopes and purpose are all that is known of it. */
  readonly authenticated: boolean;
  readonly scopes: readonly string[];
  readonly purpose: string | null;
  readonly requests: number;
  /** Requests whose answer had errors. */
  readonly errors: number;
  /** ISO 8601, to a few seconds. */
  readonly lastSeen: string;
}

/** A recorded operation with all of the schema that it was seen to use. */
export interface DescribedOperation extends RecordedOperation {
  readonly coordinates: readonly string[];
}

/** A recorded operation that uses some of the coordinates asked for. */
export interface RecordedUse extends RecordedOperation {
  /** Which of them. */
  readonly coordinates: readonly string[];
}

/** What usage is recorded of a window, so that shares can be told and silence be trusted. */
export interface UsageTotals {
  readonly requests: number;
  /** Requests that gateways had no room to record. */
  readonly dropped: number;
  /** ISO 8601 of the first hour within the window, or null where nothing was recorded. */
  readonly since: string | null;
}

/** Days for which usage is kept. */
const KEPT_DAYS = 90;
/** Milliseconds between two looks for what is too old. */
const RETENTION_PAUSE = 3_600_000;
/** Milliseconds by which a batch may be late. */
const LATENESS = 24 * 3_600_000;

/** Usage in the registry's tables, by the hour. */
export class UsageStore {
  readonly #pool: pg.Pool;
  #nextRetention = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Adds what a gateway counted; a batch that comes again adds nothing. */
  async record(batch: UsageBatch): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      await writeBatch(client, batch);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
    if (Date.now() < this.#nextRetention) return;
    this.#nextRetention = Date.now() + RETENTION_PAUSE;
    await this.retain(KEPT_DAYS);
  }

  /** The operations of the last days, per kind of caller, the most used first. */
  async operations(options: {
    readonly days: number;
    readonly limit: number;
  }): Promise<readonly DescribedOperation[]> {
    const { rows } = await this.#pool.query<DescribedOperation>(
      `SELECT ${COLUMNS}, coordinates ${RECORDED} ORDER BY sum(requests) DESC, operation LIMIT $2`,
      [options.days, options.limit],
    );
    return rows;
  }

  /** The operations that use one of the coordinates, the most used first. */
  async usesOf(options: {
    readonly coordinates: readonly string[];
    readonly days: number;
    readonly limit: number;
  }): Promise<readonly RecordedUse[]> {
    const { rows } = await this.#pool.query<RecordedUse>(
      `SELECT ${COLUMNS}, ARRAY(SELECT x FROM unnest(coordinates) AS x WHERE x = ANY ($3) ORDER BY x) AS coordinates
       ${RECORDED_USING} ORDER BY sum(requests) DESC, operation LIMIT $2`,
      [options.days, options.limit, options.coordinates],
    );
    return rows;
  }

  /** The operations of which a text is kept, the most used first, each with the kinds of callers that send it. */
  async texts(options: {
    readonly days: number;
    readonly limit: number;
  }): Promise<readonly KnownOperation[]> {
    const { rows } = await this.#pool.query<KnownOperation>(TEXTS, [
      options.days,
      options.limit,
      OTHER_CLIENT,
      KINDS,
    ]);
    return rows;
  }

  /** How much is recorded of the last days. */
  async totals(days: number): Promise<UsageTotals> {
    const { rows } = await this.#pool.query<UsageTotals>(
      `SELECT (SELECT coalesce(sum(requests), 0)::float8 FROM usage_count WHERE ${IN_WINDOW}) AS requests,
         (SELECT coalesce(sum(dropped), 0)::float8 FROM usage_batch WHERE at > now() - $1 * interval '1 day') AS dropped,
         (SELECT to_json(min(hour)) #>> '{}' FROM usage_count WHERE ${IN_WINDOW}) AS since`,
      [days],
    );
    return rows[0] ?? { requests: 0, dropped: 0, since: null };
  }

  /** Deletes what is older. */
  async retain(days: number): Promise<void> {
    await this.#pool.query("DELETE FROM usage_count WHERE hour < now() - $1 * interval '1 day'", [days]);
    await this.#pool.query("DELETE FROM usage_batch WHERE at < now() - $1 * interval '1 day'", [days]);
    await this.#pool.query(
      "DELETE FROM usage_operation WHERE NOT EXISTS (SELECT FROM usage_count WHERE operation = hash)",
    );
    await this.#pool.query(
      "DELETE FROM usage_caller WHERE NOT EXISTS (SELECT FROM usage_count WHERE caller = hash)",
    );
  }
}

const IN_WINDOW = "hour > now() - $1 * interval '1 day'";
const COLUMNS = `operation AS hash, signature, o.name AS "operationName", client_name AS "clientName",
  client_version AS "clientVersion", authenticated, scopes, purpose, sum(requests)::float8 AS requests,
  sum(errors)::float8 AS errors, to_json(max(last_seen)) #>> '{}' AS "lastSeen"`;
const FROM = `FROM usage_count JOIN usage_operation o ON o.hash = operation JOIN usage_caller c ON c.hash = caller
  WHERE ${IN_WINDOW}`;
const GROUP = "GROUP BY operation, o.hash, c.hash";
const RECORDED = `${FROM} ${GROUP}`;
const RECORDED_USING = `${FROM} AND coordinates && $3::text[] ${GROUP}`;

/** Kinds of callers told with a text. */
const KINDS = 8;

/** Of callers that were counted together, only those without a token are told: of the others the scopes are not known. */
const TEXTS = `WITH used AS (
    SELECT operation, authenticated, scopes, purpose, sum(requests) AS requests
    FROM usage_count JOIN usage_caller c ON c.hash = caller
    WHERE ${IN_WINDOW} AND NOT (client_name = $3 AND authenticated)
    GROUP BY operation, authenticated, scopes, purpose),
  ranked AS (
    SELECT *, row_number() OVER (PARTITION BY operation ORDER BY requests DESC, authenticated, scopes, purpose) AS place
    FROM used)
  SELECT source, CASE WHEN source_is_named THEN name END AS "operationName", source_contract AS contract,
    json_agg(json_build_object('authenticated', authenticated, 'scopes', scopes, 'purpose', purpose) ORDER BY place)
      FILTER (WHERE place <= $4) AS callers
  FROM ranked JOIN usage_operation o ON o.hash = operation
  WHERE source IS NOT NULL
  GROUP BY o.hash ORDER BY sum(requests) DESC, o.hash LIMIT $2`;

async function writeBatch(client: pg.PoolClient, batch: UsageBatch): Promise<void> {
  const at = new Date(Math.min(Date.now(), Math.max(batch.at, Date.now() - LATENESS)));
  const { rowCount } = await client.query(
    "INSERT INTO usage_batch (id, at, dropped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    [batch.id, at, batch.dropped],
  );
  if (rowCount === 0) return;
  await writeTraffic(client, batch.products, at);
  const { operations, callers, counts } = toRows(batch);
  await client.query(
    `INSERT INTO usage_operation AS known
       (hash, name, signature, coordinates, source, source_is_named, source_contract)
     SELECT hash, name, signature, coordinates, text ->> 'source', coalesce((text ->> 'isNamed')::boolean, false),
       coalesce(text ->> 'contract', '')
     FROM jsonb_to_recordset($1) AS t (hash text, name text, signature text, coordinates text[], text jsonb) ORDER BY hash
     ON CONFLICT (hash) DO UPDATE SET
       coordinates = (SELECT array_agg(DISTINCT x ORDER BY x) FROM unnest(known.coordinates || excluded.coordinates) AS x),
       source = coalesce(excluded.source, known.source),
       source_is_named = CASE WHEN excluded.source IS NULL THEN known.source_is_named ELSE excluded.source_is_named END,
       source_contract = CASE WHEN excluded.source IS NULL THEN known.source_contract ELSE excluded.source_contract END
     WHERE NOT known.coordinates @> excluded.coordinates OR (excluded.source IS NOT NULL AND
       (excluded.source, excluded.source_is_named, excluded.source_contract)
         IS DISTINCT FROM (known.source, known.source_is_named, known.source_contract))`,
    [operations],
  );
  await client.query(
    `INSERT INTO usage_caller (hash, client_name, client_version, authenticated, scopes, purpose)
     SELECT hash, name, version, authenticated, scopes, purpose FROM jsonb_to_recordset($1)
       AS t (hash text, name text, version text, authenticated boolean, scopes text[], purpose text) ORDER BY hash
     ON CONFLICT DO NOTHING`,
    [callers],
  );
  await client.query(
    `INSERT INTO usage_count (hour, operation, caller, requests, errors, latency, last_seen)
     SELECT date_trunc('hour', $2::timestamptz), operation, caller, requests, errors, latency, $2
     FROM jsonb_to_recordset($1)
       AS t (operation text, caller text, requests bigint, errors bigint, latency bigint[])
     ORDER BY operation, caller
     ON CONFLICT (operation, caller, hour) DO UPDATE SET requests = usage_count.requests + excluded.requests,
       errors = usage_count.errors + excluded.errors, latency = add_each(usage_count.latency, excluded.latency),
       last_seen = greatest(usage_count.last_seen, excluded.last_seen)`,
    [counts, at],
  );
}

/** The batch as JSON texts of rows, each key once: two rows of one statement may not have the same. */
function toRows(batch: UsageBatch) {
  const operations = new Map<string, object>();
  const callers = new Map<string, object>();
  const counts = new Map<string, object>();
  for (const { name, signature, coordinates, text: source, counts: sent } of batch.operations) {
    const operation = sha256(JSON.stringify([name, signature]));
    operations.set(operation, { hash: operation, name, signature, coordinates, text: source });
    for (const item of sent) {
      const { clientName, clientVersion, authenticated, scopes, purpose, requests, errors, latency } = item;
      const caller = sha256(JSON.stringify([clientName, clientVersion, authenticated, scopes, purpose]));
      const row = { hash: caller, name: clientName, version: clientVersion, authenticated, scopes, purpose };
      callers.set(caller, row);
      counts.set(`${operation} ${caller}`, { operation, caller, requests, errors, latency });
    }
  }
  const text = (rows: ReadonlyMap<string, object>) => JSON.stringify([...rows.values()]);
  return { operations: text(operations), callers: text(callers), counts: text(counts) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
