import sql, { join, raw, type Sql } from "sql-template-tag";
import type { Position } from "./cursor.ts";

/** How a list is ordered; rows with an equal key are ordered by id, in the same direction. */
export interface SortOrder {
  /** An expression that is never NULL. */
  readonly key: Sql;
  /** Postgres type of the key: a cursor carries it as text. */
  readonly type: "text" | "numeric" | "timestamptz";
  readonly direction: "ASC" | "DESC";
}

/** What a list of rows is read from. All SQL in it is constant text; values travel as parameters. */
export interface ListSource<Filter, Sort extends string> {
  /** Tells the lists of a subgraph apart, so that a cursor of one is refused by another. */
  readonly name: string;
  readonly columns: Sql;
  readonly from: Sql;
  readonly id: Sql;
  readonly defaultSort: Sort;
  readonly sorts: Readonly<Record<Sort, SortOrder>>;
  /** The conditions that a filter stands for; all must hold. */
  readonly where: (filter: Filter) => readonly Sql[];
}

/** Restricts a list to one parent, whose id is the expression given; `TRUE` for a list without parents. */
export type ParentLink = (parentId: Sql) => Sql;

/** Which part of the list, for which parents. */
export interface ListWindow {
  readonly parentIds: readonly string[];
  readonly conditions: readonly Sql[];
  readonly order: SortOrder;
  readonly after: Position | null;
  /** Rows per parent. */
  readonly limit: number;
}

/**
 * One statement for a page of each parent's list, in order. Rows carry `parentId`, `rowId` and `cursorKey`
 * beside the source's columns.
 */
export function selectPages<Filter, Sort extends string>(
  source: ListSource<Filter, Sort>,
  link: ParentLink,
  window: ListWindow,
): Sql {
  const { key, direction } = window.order;
  const way = raw(direction);
  const conditions = [link(PARENT_ID), ...window.conditions, ...keyset(source.id, window)];
  return sql`
SELECT parent.id AS "parentId", page.*, page."sortKey"::text AS "cursorKey"
FROM unnest(${window.parentIds}::text[]) WITH ORDINALITY AS parent(id, n)
CROSS JOIN LATERAL (
  SELECT ${source.columns}, ${source.id} AS "rowId", ${key} AS "sortKey"
  FROM ${source.from}
  WHERE ${join(conditions, " AND ")}
  ORDER BY ${key} ${way}, ${source.id} ${way}
  LIMIT ${window.limit}
) AS page
ORDER BY parent.n, page."sortKey" ${way}, page."rowId" ${way}`;
}

/** One statement for the length of each parent's list: rows of `parentId` and `total`. */
export function selectCounts<Filter, Sort extends string>(
  source: ListSource<Filter, Sort>,
  link: ParentLink,
  window: Pick<ListWindow, "parentIds" | "conditions">,
): Sql {
  return sql`
SELECT parent.id AS "parentId",
  (SELECT count(*)::int FROM ${source.from} WHERE ${join([link(PARENT_ID), ...window.conditions], " AND ")}) AS total
FROM unnest(${window.parentIds}::text[]) AS parent(id)`;
}

/** The condition on a filter entry, or none where the entry is absent: the parts of {@link ListSource.where}. */
export function present<Value>(
  value: Value | null | undefined,
  condition: (value: Value) => Sql,
): readonly Sql[] {
  return value === null || value === undefined ? [] : [condition(value)];
}

const PARENT_ID = raw("parent.id");

function keyset(id: Sql, { order, after }: ListWindow): readonly Sql[] {
  if (after === null) return [];
  const than = order.direction === "ASC" ? sql`>` : sql`<`;
  return [sql`(${order.key}, ${id}) ${than} (${after.key}::${raw(order.type)}, ${after.id})`];
}
