import type pg from "pg";
import type { KnownOperation } from "../../shared/known-operation.ts";
import { inTransaction } from "../../shared/postgres/in-transaction.ts";
import { CHECKS_CLIENT, OTHER_CLIENT, type UsageBatch } from "../../shared/usage-batch.ts";
import { inSlices } from "../supergraph/in-slices.ts";
import { plainBatch } from "./plain-batch.ts";
import { writeUsage } from "./write-usage.ts";

/** An operation as one kind of caller of one application sent it. */
export interface RecordedOperation {
  /** SHA-256 over name and signature, lower-case hex. */
  readonly hash: string;
  /** Normalised text: literals hidden, aliases gone. It parses as GraphQL. Empty where it is not told. */
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

/** Usage in the registry's tables, by the hour. */
export class UsageStore {
  readonly #pool: pg.Pool;
  #nextRetention = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Adds what a gateway counted; a batch that comes again adds nothing. */
  async record(batch: UsageBatch): Promise<void> {
    const plain = await inSlices(plainBatch(batch));
    await inTransaction(this.#pool, (client) => writeUsage(client, plain));
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

  /** The same of those that use one of the coordinates. */
  async operationsUsing(options: {
    readonly coordinates: readonly string[];
    readonly days: number;
    readonly limit: number;
  }): Promise<readonly DescribedOperation[]> {
    const { rows } = await this.#pool.query<DescribedOperation>(
      `SELECT ${COLUMNS}, coordinates ${RECORDED_USING} ORDER BY sum(requests) DESC, operation LIMIT $2`,
      [options.days, options.limit, options.coordinates],
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

  /** How much is recorded of what applications asked for in the last days. */
  async totals(days: number): Promise<UsageTotals> {
    const { rows } = await this.#pool.query<UsageTotals>(
      `SELECT (SELECT coalesce(sum(requests), 0)::float8 ${OF_APPLICATIONS}) AS requests,
         (SELECT coalesce(sum(dropped), 0)::float8 FROM usage_batch WHERE at > now() - $1 * interval '1 day') AS dropped,
         (SELECT to_json(min(hour)) #>> '{}' ${OF_APPLICATIONS}) AS since`,
      [days, CHECKS_CLIENT],
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
const OF_APPLICATIONS = `FROM usage_count JOIN usage_caller c ON c.hash = caller
  WHERE ${IN_WINDOW} AND client_name <> $2`;
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
