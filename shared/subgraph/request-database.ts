import type { Pool, PoolClient, QueryResultRow } from "pg";
import { escapeLiteral } from "pg";
import { InternalError } from "../errors.ts";
import type { SubgraphCaller } from "../identity-token.ts";
import type { DatabasePools } from "./postgres.ts";

/** A statement with its parameters, as the tag `sql` makes them. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Sends one statement and gives its rows. */
export type Query = <Row extends QueryResultRow>(statement: Statement) => Promise<readonly Row[]>;

/** What resolvers see of the database during one request: rows of this caller only. */
export interface RequestDatabase {
  /** Reads in the request's read-only snapshot, which opens with the first statement. */
  readonly query: Query;
  /**
   * Runs `work` in a read-write transaction of its own and commits it; whatever it throws rolls it back. Reads
   * after it see its result.
   */
  readonly write: <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>;
}

const BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/**
 * One request's use of the pool. At most one connection is held, from the first read to {@link end}; the
 * caller's claims are settings of the transaction, so that row-level security sees them and they end with it.
 */
export class RequestSession implements RequestDatabase {
  readonly #pools: Pick<DatabasePools, "work" | "control">;
  readonly #claims: string;
  #client: PoolClient | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  #writing = false;
  #cancelled: Promise<unknown> | null = null;

  constructor(pools: Pick<DatabasePools, "work" | "control">, caller: SubgraphCaller) {
    this.#pools = pools;
    this.#claims = `SELECT ${claimSettings(caller)}`;
  }

  readonly query: Query = (statement) => {
    if (this.#writing) throw new InternalError("a read during write() must use the query it is given");
    return this.#enqueue(() => this.#read(statement));
  };

  readonly write = <Result>(work: (query: Query) => Promise<Result>): Promise<Result> =>
    this.#enqueue(async () => {
      await this.#close("COMMIT");
      this.#writing = true;
      try {
        return await this.#write(work);
      } finally {
        this.#writing = false;
      }
    });

  /**
   * The caller has left: reads that have not begun are refused, and the one that runs is cancelled at the server.
   * A write is left to finish, so that nobody has to guess whether it happened.
   */
  cancel(): void {
    if (this.#cancelled) return;
    const running = this.#writing ? null : this.#client;
    this.#cancelled = running ? cancelStatement(this.#pools.control, running) : Promise.resolve();
  }

  /** Ends the snapshot and gives the connection back clean; never throws. */
  async end(): Promise<void> {
    await this.#enqueue(() => this.#close("COMMIT")).catch(() => undefined);
  }

  /** One statement at a time per connection, in the order asked. */
  #enqueue<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #read<Row extends QueryResultRow>(statement: Statement): Promise<readonly Row[]> {
    this.#refuseCancelled();
    this.#client ??= await this.#begin(BEGIN_READ);
    try {
      // The connection may have been long in coming.
      this.#refuseCancelled();
      return await send<Row>(this.#client, statement);
    } catch (error) {
      // Else Postgres would refuse the request's other reads as well.
      await this.#close("ROLLBACK");
      throw error;
    }
  }

  #refuseCancelled(): void {
    if (this.#cancelled) throw new InternalError("the caller has left");
  }

  async #write<Result>(work: (query: Query) => Promise<Result>): Promise<Result> {
    const client = await this.#begin(BEGIN_WRITE);
    this.#client = client;
    try {
      const result = await work((statement) => send(client, statement));
      await client.query("COMMIT");
      this.#release(undefined);
      return result;
    } catch (error) {
      await this.#close("ROLLBACK");
      throw error;
    }
  }

  async #begin(begin: string): Promise<PoolClient> {
    const client = await this.#pools.work.connect();
    try {
      await client.query(`${begin}; ${this.#claims}`);
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async #close(how: "COMMIT" | "ROLLBACK"): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    // A cancellation under way must not reach whoever gets the connection next.
    await this.#cancelled;
    const failure = await client.query(how).then(
      () => undefined,
      () => true,
    );
    this.#release(failure);
  }

  /** A connection that could not end its transaction is closed, not reused. */
  #release(broken: boolean | undefined): void {
    this.#client?.release(broken);
    this.#client = null;
  }
}

/** Postgres lets a role cancel its own statements; `pg` knows the process but does not say so in its types. */
async function cancelStatement(control: Pool, client: PoolClient): Promise<void> {
  const process: unknown = Reflect.get(client, "processID");
  await control.query("SELECT pg_cancel_backend($1)", [process]).catch(() => undefined);
}

/** The settings that row-level security reads, as one select list: valid until the transaction ends. */
export function claimSettings(caller: Pick<SubgraphCaller, "claims" | "subject">): string {
  const claims = escapeLiteral(JSON.stringify(caller.claims));
  const subject = escapeLiteral(caller.subject ?? "");
  return `set_config('dpg.claims', ${claims}, true), set_config('dpg.subject', ${subject}, true)`;
}

async function send<Row extends QueryResultRow>(
  client: PoolClient,
  statement: Statement,
): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(statement.text, [...statement.values]);
  return rows;
}
