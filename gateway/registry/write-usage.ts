import { createHash } from "node:crypto";
import type pg from "pg";
import type { UsageBatch, UsedOperation } from "../../shared/usage-batch.ts";
import { writeTraffic } from "../catalog/quality/traffic-store.ts";

/** Milliseconds by which a batch may be late. */
const LATENESS = 24 * 3_600_000;

/** Adds a batch to the tables of usage, within a transaction; one that was added before adds nothing. */
export async function writeUsage(client: pg.PoolClient, batch: UsageBatch): Promise<void> {
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

interface OperationRow {
  readonly hash: string;
  readonly name: string;
  readonly signature: string;
  readonly coordinates: readonly string[];
  readonly text: UsedOperation["text"];
}

interface CountRow {
  readonly operation: string;
  readonly caller: string;
  readonly requests: number;
  readonly errors: number;
  readonly latency: readonly number[];
}

/** The batch as JSON texts of rows, each key once: two rows of one statement may not have the same. */
function toRows(batch: UsageBatch) {
  const operations = new Map<string, OperationRow>();
  const callers = new Map<string, object>();
  const counts = new Map<string, CountRow>();
  for (const { name, signature, coordinates, text: source, counts: sent } of batch.operations) {
    const operation = sha256(JSON.stringify([name, signature]));
    const all = [...new Set([...(operations.get(operation)?.coordinates ?? []), ...coordinates])];
    operations.set(operation, { hash: operation, name, signature, coordinates: all, text: source });
    for (const item of sent) {
      const { clientName, clientVersion, authenticated, scopes, purpose, requests, errors, latency } = item;
      const caller = sha256(JSON.stringify([clientName, clientVersion, authenticated, scopes, purpose]));
      const row = { hash: caller, name: clientName, version: clientVersion, authenticated, scopes, purpose };
      callers.set(caller, row);
      const count = { operation, caller, requests, errors, latency };
      counts.set(`${operation} ${caller}`, sumOf(count, counts.get(`${operation} ${caller}`)));
    }
  }
  const text = (rows: ReadonlyMap<string, object>) => JSON.stringify([...rows.values()]);
  return { operations: text(operations), callers: text(callers), counts: text(counts) };
}

function sumOf(count: CountRow, other: CountRow | undefined): CountRow {
  if (!other) return count;
  return {
    ...count,
    requests: count.requests + other.requests,
    errors: count.errors + other.errors,
    latency: count.latency.map((amount, index) => amount + (other.latency[index] ?? 0)),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
