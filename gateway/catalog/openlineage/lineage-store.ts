import { createHash } from "node:crypto";
import type pg from "pg";
import { inTransaction } from "../../../shared/postgres/in-transaction.ts";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import { eventRows, type Rows } from "./event-rows.ts";
import type { LineageEvent } from "./lineage-event.ts";

/** Days for which events, runs and assertions are kept. */
const KEPT_DAYS = 90;
/** Events of one domain kept at most, however young. */
const KEPT_EVENTS = 200_000;
/** Milliseconds between two looks for what is too old. */
const RETENTION_PAUSE = 3_600_000;

/** What came of a request's events. */
export interface Recorded {
  /** Events that were new. */
  readonly accepted: number;
  /** Events that had come before. */
  readonly known: number;
}

/** What pipelines reported, in the registry's tables. */
export class LineageStore {
  readonly #pool: pg.Pool;
  #nextRetention = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * Records events that a domain's pipelines sent: all of them or, where the database fails, none. An event that comes
   * twice changes nothing; events of a run may come in any order.
   */
  async record(domain: string, events: readonly LineageEvent[]): Promise<Recorded> {
    const accepted = await inTransaction(this.#pool, async (client) => {
      const fresh = await keepNew(client, domain, events);
      if (fresh.length > 0) await write(client, domain, eventRows(fresh, Date.now()));
      return fresh.length;
    });
    await this.#retainSometimes();
    return { accepted, known: events.length - accepted };
  }

  /** Deletes what is older, and the oldest of too many of one domain. */
  async retain(days: number, events: number): Promise<void> {
    const old = "now() - $1 * interval '1 day'";
    await this.#pool.query(
      `DELETE FROM lineage_event WHERE received_at < ${old}
         OR id IN (SELECT id FROM (
           SELECT id, row_number() OVER (PARTITION BY domain ORDER BY received_at DESC) AS place FROM lineage_event) AS events
           WHERE place > $2)`,
      [days, events],
    );
    await this.#pool.query(`DELETE FROM lineage_run WHERE seen_at < ${old}`, [days]);
    await this.#pool.query(`DELETE FROM lineage_assertion WHERE at < ${old}`, [days]);
    await this.#pool.query(`DELETE FROM lineage_edge WHERE seen_at < ${old}`, [days]);
    await this.#pool.query(`DELETE FROM lineage_dataset WHERE seen_at < ${old}`, [days]);
  }

  async #retainSometimes(): Promise<void> {
    if (Date.now() < this.#nextRetention) return;
    this.#nextRetention = Date.now() + RETENTION_PAUSE;
    await this.retain(KEPT_DAYS, KEPT_EVENTS);
  }
}

/** Inserts the events and gives those that had not come before. */
async function keepNew(
  client: pg.PoolClient,
  domain: string,
  events: readonly LineageEvent[],
): Promise<readonly LineageEvent[]> {
  const byId = new Map(events.map((event) => [idOf(domain, event), event]));
  const rows = [...byId].map(([id, { body }]) => ({ id, body: cutLargeFacets(body) }));
  const { rows: inserted } = await client.query<{ id: string }>(
    `INSERT INTO lineage_event (id, domain, body)
     SELECT id, $2, body FROM jsonb_to_recordset($1) AS t (id text, body jsonb) ORDER BY id
     ON CONFLICT DO NOTHING RETURNING id`,
    [jsonText(rows), domain],
  );
  const isNew = new Set(inserted.map(({ id }) => id));
  return [...byId].flatMap(([id, event]) => (isNew.has(id) ? [event] : []));
}

async function write(client: pg.PoolClient, domain: string, rows: Rows): Promise<void> {
  for (const [name, statement] of STATEMENTS) {
    const list = rows[name];
    if (list.length > 0) await client.query(statement, [jsonText(list), domain]);
  }
  await client.query(FRESH, [jsonText(rows.runs), domain]);
}

/** Rows are sorted by their keys, so that two requests at once do not wait for each other in a circle. */
const STATEMENTS: readonly (readonly [keyof Rows, string])[] = [
  [
    "runs",
    `INSERT INTO lineage_run AS r (domain, run_id, job_namespace, job_name, state, started_at, ended_at, facets)
     SELECT $2, id, job_namespace, job_name, state, started_at, ended_at, facets FROM jsonb_to_recordset($1)
       AS t (id text, job_namespace text, job_name text, state text, started_at timestamptz, ended_at timestamptz, facets jsonb)
     ORDER BY id
     ON CONFLICT (domain, run_id) DO UPDATE SET
       state = CASE WHEN r.state IN ('COMPLETE', 'ABORT', 'FAIL') AND excluded.ended_at IS NULL THEN r.state
                    WHEN r.ended_at > excluded.ended_at THEN r.state ELSE excluded.state END,
       started_at = least(r.started_at, excluded.started_at), ended_at = greatest(r.ended_at, excluded.ended_at),
       facets = r.facets || excluded.facets, seen_at = now()`,
  ],
  [
    "datasets",
    `INSERT INTO lineage_dataset AS d (domain, namespace, name, facets, row_count)
     SELECT $2, namespace, name, facets, row_count FROM jsonb_to_recordset($1)
       AS t (namespace text, name text, facets jsonb, row_count bigint) ORDER BY namespace, name
     ON CONFLICT (domain, namespace, name) DO UPDATE SET facets = d.facets || excluded.facets,
       row_count = coalesce(excluded.row_count, d.row_count), seen_at = now()`,
  ],
  [
    "outputs",
    `INSERT INTO lineage_run_output (domain, run_id, namespace, name)
     SELECT $2, run_id, namespace, name FROM jsonb_to_recordset($1)
       AS t (run_id text, namespace text, name text) ORDER BY run_id, namespace, name
     ON CONFLICT DO NOTHING`,
  ],
  [
    "edges",
    `INSERT INTO lineage_edge (domain, from_namespace, from_name, from_field, to_namespace, to_name, to_field, kind, masking, job)
     SELECT $2, from_namespace, from_name, from_field, to_namespace, to_name, to_field, kind, masking, job
     FROM jsonb_to_recordset($1) AS t (from_namespace text, from_name text, from_field text, to_namespace text,
       to_name text, to_field text, kind text, masking boolean, job text)
     ORDER BY to_namespace, to_name, to_field, from_namespace, from_name, from_field
     ON CONFLICT (domain, to_namespace, to_name, to_field, from_namespace, from_name, from_field)
       DO UPDATE SET kind = excluded.kind, masking = excluded.masking, job = excluded.job, seen_at = now()`,
  ],
  [
    "assertions",
    `INSERT INTO lineage_assertion (domain, namespace, name, assertion, column_name, at, success)
     SELECT $2, namespace, name, assertion, column_name, at, success FROM jsonb_to_recordset($1)
       AS t (namespace text, name text, assertion text, column_name text, at timestamptz, success boolean)
     ORDER BY namespace, name, assertion, column_name, at
     ON CONFLICT (domain, namespace, name, assertion, column_name, at) DO UPDATE SET success = excluded.success`,
  ],
];

/** Whatever order the events came in: a run that succeeded makes all its outputs as fresh as its end. */
const FRESH = `UPDATE lineage_dataset d SET fresh_at = greatest(d.fresh_at, e.ended_at), seen_at = now()
  FROM (SELECT o.namespace, o.name, max(r.ended_at) AS ended_at FROM jsonb_to_recordset($1) AS t (id text)
    JOIN lineage_run r ON r.domain = $2 AND r.run_id = t.id AND r.state = 'COMPLETE'
    JOIN lineage_run_output o ON o.domain = $2 AND o.run_id = t.id GROUP BY o.namespace, o.name) e
  WHERE d.domain = $2 AND d.namespace = e.namespace AND d.name = e.name`;

function idOf(domain: string, { body }: LineageEvent): string {
  return createHash("sha256")
    .update(JSON.stringify([domain, body]), "utf8")
    .digest("hex");
}

/** Characters of one facet that are kept: query plans of Spark are megabytes. */
const FACET_LENGTH = 20_000;

/** The event with large facets replaced by their size, wherever they are. */
function cutLargeFacets(body: LineageEvent["body"]): unknown {
  const cut = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(cut);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, /facets$/i.test(key) ? cutFacets(item) : cut(item)]),
    );
  };
  return cut(body);
}

function cutFacets(facets: unknown): unknown {
  if (typeof facets !== "object" || facets === null) return facets;
  return Object.fromEntries(
    Object.entries(facets).map(([name, facet]) => {
      const length = JSON.stringify(facet)?.length ?? 0;
      return [name, length > FACET_LENGTH ? { _cut: length } : facet];
    }),
  );
}
