import sql, { type Sql } from "sql-template-tag";
import { groupBy } from "../../shared/subgraph/loaders.ts";
import type { Query } from "../../shared/subgraph/request-database.ts";

/** One operation of one application, and the fields that were asked about. */
export interface UseRow {
  readonly application: string;
  readonly version: string;
  readonly hash: string;
  readonly name: string;
  readonly requests: number;
  readonly errors: number;
  readonly lastSeen: Date;
  readonly fields: readonly string[];
}

/** An application that uses data, with all it asks. */
export interface Consumer {
  readonly application: string;
  readonly versions: readonly string[];
  readonly requests: number;
  readonly lastSeen: Date;
  readonly operations: readonly ConsumerOperation[];
}

export interface ConsumerOperation {
  readonly name: string;
  readonly hash: string;
  readonly requests: number;
  readonly errors: number;
  readonly lastSeen: Date;
  readonly fields: readonly string[];
}

/** Days of usage that count. */
const DAYS = 90;

/** Recorded uses of fields; the condition is on the table `catalog_field`, named `f`. */
export function readUses(query: Query, condition: Sql): Promise<readonly UseRow[]> {
  return query<UseRow & Record<string, unknown>>(sql`
SELECT c.client_name AS application, c.client_version AS version, o.hash, o.name,
  sum(u.requests)::float8 AS requests, sum(u.errors)::float8 AS errors, max(u.last_seen) AS "lastSeen", o.fields
FROM (
  SELECT o.hash, o.name, array_agg(coordinate ORDER BY coordinate) AS fields
  FROM usage_operation o CROSS JOIN unnest(o.coordinates) AS used(coordinate) JOIN catalog_field f USING (coordinate)
  WHERE ${condition} GROUP BY o.hash
) o
JOIN usage_count u ON u.operation = o.hash JOIN usage_caller c ON c.hash = u.caller
WHERE u.hour > now() - ${DAYS} * interval '1 day'
GROUP BY c.client_name, c.client_version, o.hash, o.name, o.fields
ORDER BY requests DESC, o.hash`);
}

/** How many applications use a product. */
export interface ConsumerCount {
  readonly product: string;
  readonly count: number;
}

/** The condition is on the table `catalog_field`, named `f`. */
export function readConsumerCounts(query: Query, condition: Sql): Promise<readonly ConsumerCount[]> {
  return query<ConsumerCount & object>(sql`
SELECT f.product, count(DISTINCT c.client_name)::int AS count
FROM usage_operation o CROSS JOIN unnest(o.coordinates) AS used(coordinate) JOIN catalog_field f USING (coordinate)
JOIN usage_count u ON u.operation = o.hash JOIN usage_caller c ON c.hash = u.caller
WHERE ${condition} AND u.hour > now() - ${DAYS} * interval '1 day'
GROUP BY f.product ORDER BY count DESC, f.product`);
}

/** Uses by application, the most frequent first. */
export function toConsumers(uses: readonly UseRow[]): readonly Consumer[] {
  const byApplication = groupBy(uses, ({ application }) => application);
  return [...byApplication]
    .map(([application, own]) => ({
      application,
      versions: [...new Set(own.map(({ version }) => version))].filter((version) => version !== "").sort(),
      requests: sum(own.map(({ requests }) => requests)),
      lastSeen: latest(own),
      operations: toOperations(own),
    }))
    .sort((a, b) => b.requests - a.requests);
}

/** Uses by operation, whatever the application's version. */
export function toOperations(uses: readonly UseRow[]): readonly ConsumerOperation[] {
  return [...groupBy(uses, ({ hash }) => hash)].map(([hash, own]) => ({
    hash,
    name: own[0]?.name ?? "",
    requests: sum(own.map(({ requests }) => requests)),
    errors: sum(own.map(({ errors }) => errors)),
    lastSeen: latest(own),
    fields: [...new Set(own.flatMap(({ fields }) => fields))],
  }));
}

function latest(uses: readonly UseRow[]): Date {
  return new Date(Math.max(...uses.map(({ lastSeen }) => lastSeen.getTime())));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
