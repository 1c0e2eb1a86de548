import pg from "pg";
import { ClientError } from "../../shared/errors.ts";
import { readBody } from "./audit-body.ts";
import type { ChainEntry, ChainHead } from "./audit-chain.ts";
import { type AuditArchive, type AuditStore, matches, type StoredEntry, WITNESSED } from "./audit-store.ts";

/** By how many milliseconds the clock of a gateway may be ahead of the database's. */
const CLOCK_SKEW = 24 * 3_600_000;
/** Rows fetched at once while reading. */
const PAGE = 2000;

/** Chains as rows of one table; several gateways share it. */
export class PostgresAuditStore implements AuditStore {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = createPool(databaseUrl, 2);
  }

  /**
   * @throws ClientError DATABASE_ROLE_UNSAFE for a role that could change what is written, AUDIT_NOT_PREPARED where
   * there is no table; the error of the connection where there is none
   */
  async check(): Promise<void> {
    const { rows } = await this.#pool.query<DatabaseState>(STATE);
    const [found] = rows;
    if (!found?.exists)
      throw new ClientError("AUDIT_NOT_PREPARED", "The audit database has no table audit_entry.");
    if (found.rights !== null)
      throw new ClientError(
        "DATABASE_ROLE_UNSAFE",
        `The role ${found.role} may ${found.rights} what the audit has written: it must only append and read.`,
      );
  }

  async heads(): Promise<readonly ChainHead[]> {
    const { rows } = await this.#pool.query<{ chain: string; seq: string; hash: string }>(HEADS, [WITNESSED]);
    return rows.map(({ chain, seq, hash }) => ({ chain, seq: Number(seq), hash }));
  }

  /** One statement is one transaction. */
  async append(entries: readonly ChainEntry[]): Promise<void> {
    const [first] = entries;
    if (!first) return;
    const texts = entries.map(({ hash, body }) => hash + body);
    await this.#pool.query({
      name: "append-audit",
      text: APPEND,
      values: [first.chain, first.seq, JSON.stringify(texts)],
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** The chains of a database, for reading. */
export function openPostgresArchive(databaseUrl: string): AuditArchive {
  const pool = createPool(databaseUrl, 2);
  async function* entries(chain: string): AsyncIterable<StoredEntry> {
    for (let after = -1; ; ) {
      const { rows } = await pool.query<{ seq: string; hash: string; body: string }>(ENTRIES, [
        chain,
        after,
        PAGE,
      ]);
      for (const { seq, hash, body } of rows) yield { seq: Number(seq), hash, body };
      if (rows.length < PAGE) return;
      after = Number(rows.at(-1)?.seq);
    }
  }
  return {
    chains: async () => {
      const { rows } = await pool.query<{ chain: string }>(CHAINS);
      return rows.map(({ chain }) => chain);
    },
    entries,
    deliveries: async function* (query) {
      const place = [
        query.coordinate ?? null,
        query.product ?? null,
        new Date(query.since - CLOCK_SKEW).toISOString(),
      ];
      let after: readonly unknown[] = ["00000000-0000-0000-0000-000000000000", -1];
      for (;;) {
        const { rows } = await pool.query<{ chain: string; seq: string; body: string }>(DELIVERIES, [
          ...place,
          ...after,
          PAGE,
        ]);
        for (const row of rows) {
          const body = readBody(row.body);
          if (body?.kind === "delivery" && matches(query, body)) yield body;
        }
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return;
        after = [last.chain, last.seq];
      }
    },
    close: () => pool.end(),
  };
}

function createPool(databaseUrl: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "dpg-audit",
    max,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    query_timeout: 12_000,
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(WAIT_FOR_DISK);
    },
  });
  pool.on("error", () => undefined);
  return pool;
}

interface DatabaseState {
  readonly exists: boolean;
  readonly role: string;
  /** What the role may do beside appending and reading. */
  readonly rights: string | null;
}

const STATE = `
SELECT to_regclass('audit_entry') IS NOT NULL AS exists, current_user AS role,
  (SELECT string_agg(lower(word), ', ') FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS word
   WHERE has_table_privilege(current_user, to_regclass('audit_entry'), word)) AS rights`;

/** Whatever the server's default is: a commit that does not wait for the disk is not durable. */
const WAIT_FOR_DISK =
  "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

const HEADS = `
SELECT head.chain, head.seq, head.hash
FROM (SELECT chain FROM audit_entry WHERE seq = 0 ORDER BY written_at DESC LIMIT $1) AS youngest
CROSS JOIN LATERAL
  (SELECT chain, seq, hash FROM audit_entry AS entry WHERE entry.chain = youngest.chain ORDER BY seq DESC LIMIT 1) AS head`;

/** One JSON text, which costs the gateway less than an array of Postgres; a hash has 64 characters. */
const APPEND = `
INSERT INTO audit_entry (chain, seq, hash, body)
SELECT $1::uuid, $2::bigint + position - 1, left(entry, 64), substr(entry, 65)
FROM json_array_elements_text($3::json) WITH ORDINALITY AS entries (entry, position)
ON CONFLICT DO NOTHING`;

const CHAINS = "SELECT chain FROM audit_entry GROUP BY chain ORDER BY min(written_at)";

const ENTRIES = "SELECT seq, hash, body FROM audit_entry WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";

const DELIVERIES = `
SELECT chain, seq, body FROM audit_entry
WHERE ($1::text IS NULL OR coordinate = $1) AND ($2::text IS NULL OR product = $2)
  AND coordinate IS NOT NULL AND written_at >= $3::timestamptz AND (chain, seq) > ($4::uuid, $5::bigint)
ORDER BY chain, seq LIMIT $6`;
