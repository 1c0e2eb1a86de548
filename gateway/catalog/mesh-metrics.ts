import sql from "sql-template-tag";
import type { Query } from "../../shared/subgraph/request-database.ts";
import { readConsumerCounts } from "./usage-rows.ts";

/** How the mesh as a whole does. */
export interface MeshNumbers {
  readonly products: number;
  readonly domains: number;
  readonly productsPerDomain: readonly Count[];
  /** Every product, also those that nobody uses. */
  readonly consumersPerProduct: readonly Count[];
  readonly fields: {
    readonly total: number;
    /** Shares of the total, 0 to 1. */
    readonly described: number;
    /** Themselves, or as parts of what is: their type, their product. */
    readonly owned: number;
    readonly classified: number;
  };
  readonly checks: {
    readonly checksPassed: number;
    readonly checksRefused: number;
    readonly published: number;
    readonly publishesRefused: number;
  };
  readonly timeToServed: readonly TimeToServed[];
  readonly medianSecondsToServed: number | null;
}

export interface Count {
  readonly value: string;
  readonly count: number;
}

/** From when a product was scaffolded, or else first published, to the first operation that used it. */
export interface TimeToServed {
  readonly product: string;
  /** From when on counts. */
  readonly startedAt: Date;
  readonly publishedAt: Date;
  readonly servedAt: Date | null;
  readonly seconds: number | null;
}

/** One day (UTC), with shares from 0 to 1; null where nothing ran or was read. */
export interface MeshDay {
  readonly at: Date;
  readonly quality: number | null;
  readonly availability: number | null;
}

/** How quality and availability went in the last days, today among them, the oldest first; what is not known is left out. */
export function readTrend(query: Query, days: number): Promise<readonly MeshDay[]> {
  return query<MeshDay & object>(sql`
WITH since AS (SELECT date_trunc('day', now(), 'UTC') - ${days - 1} * interval '24 hours' AS at),
checked AS (
  SELECT date_trunc('day', q.at, 'UTC') AS at, avg((outcome = 'PASSED')::int)::float8 AS quality
  FROM quality_result q, since WHERE q.at >= since.at GROUP BY 1),
reached AS (
  SELECT date_trunc('day', p.at, 'UTC') AS at, (1 - sum(failures) / sum(requests))::float8 AS availability
  FROM product_traffic p, since WHERE resolution = 3600 AND p.at >= since.at GROUP BY 1 HAVING sum(requests) > 0)
SELECT at, quality, availability FROM checked FULL JOIN reached USING (at) ORDER BY at`);
}

/** Reads the numbers from the registry's tables, as of now. */
export async function readMesh(query: Query): Promise<MeshNumbers> {
  const [products, consumers, [fields], [checks], served] = await Promise.all([
    query<{ id: string; domain: string }>(sql`SELECT id, domain FROM catalog_product ORDER BY domain, id`),
    readConsumerCounts(query, sql`TRUE`),
    query<MeshNumbers["fields"] & object>(FIELDS),
    query<MeshNumbers["checks"] & object>(CHECKS),
    query<ServedRow & object>(TIME_TO_SERVED),
  ]);
  const timeToServed = served.map(timeOf);
  const domains = [...new Set(products.map(({ domain }) => domain))];
  const used = new Map(consumers.map(({ product, count }) => [product, count]));
  return {
    products: products.length,
    domains: domains.length,
    productsPerDomain: domains.map((value) => ({
      value,
      count: products.filter(({ domain }) => domain === value).length,
    })),
    consumersPerProduct: products.map(({ id }) => ({ value: id, count: used.get(id) ?? 0 })),
    fields: fields ?? { total: 0, described: 0, owned: 0, classified: 0 },
    checks: checks ?? { checksPassed: 0, checksRefused: 0, published: 0, publishesRefused: 0 },
    timeToServed,
    medianSecondsToServed: median(timeToServed.flatMap(({ seconds }) => seconds ?? [])),
  };
}

const FIELDS = sql`
SELECT count(*)::int AS total, coalesce(avg((description IS NOT NULL)::int), 0)::float8 AS described,
  coalesce(avg((owner_team IS NOT NULL)::int), 0)::float8 AS owned,
  coalesce(avg((classification IS NOT NULL)::int), 0)::float8 AS classified
FROM catalog_field`;

const CHECKS = sql`
SELECT count(*) FILTER (WHERE verb = 'check' AND outcome = 'passed')::int AS "checksPassed",
  count(*) FILTER (WHERE verb = 'check' AND outcome <> 'passed')::int AS "checksRefused",
  count(*) FILTER (WHERE verb = 'publish' AND outcome = 'done')::int AS published,
  count(*) FILTER (WHERE verb = 'publish' AND outcome <> 'done')::int AS "publishesRefused"
FROM act WHERE verb IN ('check', 'publish')`;

interface ServedRow {
  readonly product: string;
  /** As the descriptor says it. */
  readonly created: string | null;
  readonly publishedAt: Date;
  readonly servedAt: Date | null;
}

/** What was noted of first use counts, and what is recorded since. */
const TIME_TO_SERVED = sql`
WITH first_published AS (SELECT product, min(published_at) AS at FROM catalog_version GROUP BY product),
first_used AS (
  SELECT f.product, min(o.first_seen) AS at
  FROM usage_operation o CROSS JOIN unnest(o.coordinates) AS used(coordinate) JOIN catalog_field f USING (coordinate)
  GROUP BY f.product)
SELECT p.id AS product, p.descriptor ->> 'created' AS created, first_published.at AS "publishedAt", served.at AS "servedAt"
FROM catalog_product p JOIN first_published ON first_published.product = p.id
LEFT JOIN catalog_served s ON s.product = p.id LEFT JOIN first_used u ON u.product = p.id
CROSS JOIN LATERAL (SELECT coalesce(s.at, u.at) AS at) AS served
ORDER BY p.id`;

/** A descriptor may tell any moment; nothing is begun after its first publish. An operation may be older than the product. */
function timeOf({ product, created, publishedAt, servedAt }: ServedRow): TimeToServed {
  const told = created === null ? Number.NaN : Date.parse(created);
  const startedAt = told < publishedAt.getTime() ? new Date(told) : publishedAt;
  const seconds = servedAt && Math.max(0, (servedAt.getTime() - startedAt.getTime()) / 1000);
  return { product, startedAt, publishedAt, servedAt, seconds };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
