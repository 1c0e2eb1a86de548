import type pg from "pg";
import { inTransaction } from "../../../shared/postgres/in-transaction.ts";
import { jsonText } from "../../../shared/postgres/json-text.ts";
import type { Condition } from "./find-conditions.ts";

export interface Alert {
  /** A number, as text. */
  readonly id: string;
  readonly product: string;
  readonly domain: string;
  readonly kind: string;
  readonly rule: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  /** ISO 8601. */
  readonly openedAt: string;
  /** Null while it goes on. */
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  /** Whether nobody is told, because somebody silenced it. */
  readonly isSilenced: boolean;
}

export interface Silence {
  readonly product: string;
  /** Null: all kinds. */
  readonly kind: string | null;
  readonly seconds: number;
  readonly reason: string;
}

const SILENCED = `EXISTS (SELECT FROM alert_silence s WHERE s.product = a.product AND s.until > now()
  AND (s.kind IS NULL OR s.kind = a.kind))`;

/** Alerts in the registry's tables: what goes on is one alert, whatever the number of rounds and processes that see it. */
export class AlertStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * Makes the open alerts those that the conditions call for: opens, escalates and resolves, and notes whom to tell,
   * in one transaction. While it is silenced nobody is told; once that ends, of what still goes on.
   */
  async sync(conditions: readonly Condition[]): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query(SYNC, [jsonText(conditions)]);
      await client.query(RESOLVE, [jsonText(conditions)]);
      for (const note of [NOTE_OPENED, NOTE_ESCALATED, NOTE_RESOLVED]) await client.query(note);
    });
  }

  /** The newest first; `domain` null for all domains. */
  async list(options: {
    readonly domain: string | null;
    readonly isOpen: boolean;
    readonly limit: number;
  }): Promise<readonly Alert[]> {
    const { rows } = await this.#pool.query<Alert>(
      `SELECT id, product, domain, kind, rule, severity, summary, to_json(opened_at) #>> '{}' AS "openedAt",
         to_json(resolved_at) #>> '{}' AS "resolvedAt", acknowledged_by AS "acknowledgedBy",
         ${SILENCED} AS "isSilenced"
       FROM alert a WHERE ($1::text IS NULL OR domain = $1) AND (NOT $2 OR resolved_at IS NULL)
       ORDER BY opened_at DESC, id DESC LIMIT $3`,
      [options.domain, options.isOpen, options.limit],
    );
    return rows;
  }

  /** Whose alert it is, or null where there is none. */
  async domainOf(id: string): Promise<string | null> {
    const { rows } = await this.#pool.query<{ domain: string }>("SELECT domain FROM alert WHERE id = $1", [
      id,
    ]);
    return rows[0]?.domain ?? null;
  }

  /** Says that somebody looks after it; false where it is over or somebody did already. */
  async acknowledge(id: string, by: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE alert SET acknowledged_by = $2, acknowledged_at = now()
       WHERE id = $1 AND resolved_at IS NULL AND acknowledged_by IS NULL`,
      [id, by],
    );
    return rowCount === 1;
  }

  /** Tells nobody of a product's alerts for some time. */
  async silence({ product, kind, seconds, reason }: Silence, by: string): Promise<void> {
    await this.#pool.query(
      `INSERT INTO alert_silence (product, kind, until, reason, created_by)
       VALUES ($1, $2, now() + $3 * interval '1 second', $4, $5)`,
      [product, kind, seconds, reason, by],
    );
  }

  /** Deletes what ended longer ago. */
  async retain(days: number): Promise<void> {
    await this.#pool.query("DELETE FROM alert WHERE resolved_at < now() - $1 * interval '1 day'", [days]);
    await this.#pool.query("DELETE FROM alert_silence WHERE until < now() - $1 * interval '1 day'", [days]);
  }
}

const CONDITIONS = `jsonb_to_recordset($1)
  AS c (product text, domain text, kind text, rule text, severity text, summary text)`;

const SYNC = `INSERT INTO alert AS a (product, domain, kind, rule, severity, first_severity, summary)
  SELECT product, domain, kind, rule, severity, severity, summary FROM ${CONDITIONS} ORDER BY product, kind, rule
  ON CONFLICT (product, kind, rule) WHERE resolved_at IS NULL DO UPDATE SET severity =
    CASE WHEN a.severity = 'critical' THEN a.severity ELSE excluded.severity END, summary = excluded.summary`;

const RESOLVE = `UPDATE alert a SET resolved_at = now() WHERE resolved_at IS NULL AND NOT EXISTS
  (SELECT FROM ${CONDITIONS} WHERE c.product = a.product AND c.kind = a.kind AND c.rule = a.rule)`;

const NOTE = (event: string, which: string) => `INSERT INTO alert_delivery (alert, webhook, event)
  SELECT a.id, w.id, '${event}' FROM alert a
  JOIN alert_webhook w ON w.domain IN (a.domain, 'governance') AND w.created_at <= now()
  WHERE ${which} ORDER BY a.id, w.id ON CONFLICT DO NOTHING`;

const TOLD = (event: string) =>
  `EXISTS (SELECT FROM alert_delivery d WHERE d.alert = a.id AND d.webhook = w.id AND d.event = '${event}')`;

const NOTE_OPENED = NOTE("opened", `a.resolved_at IS NULL AND NOT ${SILENCED}`);

/** Opened as a warning, critical by now. */
const NOTE_ESCALATED = NOTE(
  "escalated",
  `a.resolved_at IS NULL AND a.severity = 'critical' AND a.first_severity = 'warning' AND NOT ${SILENCED} AND ${TOLD("opened")}`,
);

/** Only whoever was told that it began is told that it is over. */
const NOTE_RESOLVED = NOTE("resolved", `a.resolved_at > now() - interval '1 day' AND ${TOLD("opened")}`);
