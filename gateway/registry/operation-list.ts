import type pg from "pg";
import {
  type ListedOperation,
  type ListedOperations,
  operationHash,
} from "../../shared/listed-operations.ts";
import { inTransaction } from "../../shared/postgres/in-transaction.ts";

export interface ListChange {
  readonly client: string;
  readonly bodies: readonly string[];
  readonly replace: boolean;
  /** Id of the token that publishes. */
  readonly by: string;
}

/** The operations that applications have published (`dpg operations publish`). */
export class OperationList {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** All of it or nothing. @returns how many were added and taken back */
  async publish({ client, bodies, replace, by }: ListChange): Promise<{ added: number; removed: number }> {
    const hashes = bodies.map(operationHash);
    return await inTransaction(this.#pool, async (connection) => {
      const taken = replace
        ? await connection.query("DELETE FROM listed_operation WHERE client = $1 AND hash <> ALL ($2)", [
            client,
            hashes,
          ])
        : null;
      const added = await connection.query(
        `INSERT INTO listed_operation (client, hash, body, published_by)
         SELECT $1, hash, body, $4 FROM unnest($2::text[], $3::text[]) AS t (hash, body) ON CONFLICT DO NOTHING`,
        [client, hashes, bodies, by],
      );
      await connection.query(
        "INSERT INTO act (actor, verb, subject, outcome, detail) VALUES ($1, 'publish operations', $2, 'done', $3)",
        [by, client, JSON.stringify({ hashes: hashes.slice(0, 1000), replace })],
      );
      return { added: added.rowCount ?? 0, removed: taken?.rowCount ?? 0 };
    });
  }

  /** The list where it is another than that of a revision, else null. */
  async newerThan(known: string | null): Promise<ListedOperations | null> {
    const { rows } = await this.#pool.query<{ revision: string }>(
      "SELECT coalesce(max(id), 0) || '-' || count(*) || '-' || coalesce(sum(id), 0) AS revision FROM listed_operation",
    );
    const revision = rows[0]?.revision ?? "0";
    if (revision === known) return null;
    const listed = await this.#pool.query<ListedOperation>(
      "SELECT client, body FROM listed_operation ORDER BY client, id",
    );
    return { revision, operations: listed.rows };
  }
}
