import DataLoader from "dataloader";
import sql from "sql-template-tag";
import { ClientError } from "../errors.ts";
import type { CursorCodec, Position } from "./cursor.ts";
import { type ListSource, type ParentLink, selectCounts, selectPages } from "./list-source.ts";
import { groupBy } from "./loaders.ts";
import type { RequestDatabase } from "./request-database.ts";

/** Arguments of a connection field, as generated from the SDL. */
export interface ConnectionArguments<Filter, Sort extends string> {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: Filter | null;
  readonly sort?: Sort | null;
}

/** A Relay connection (https://relay.dev/graphql/connections.htm, forwards) whose parts are read when asked for. */
export interface Connection<Row> {
  readonly page: () => Promise<Page<Row>>;
  readonly totalCount: () => Promise<number>;
}

export interface Page<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export interface Edge<Row> {
  readonly node: Row;
  /** Made when asked for. */
  readonly cursor: () => string;
}

/** What a connection needs of the request. */
export interface ConnectionRequest {
  readonly database: RequestDatabase;
  readonly cursors: CursorCodec;
}

/** The connection of one parent. Throws BAD_USER_INPUT for arguments out of range and cursors not ours. */
export type LoadConnection<Row, Filter, Sort extends string> = (
  parentId: string,
  args: ConnectionArguments<Filter, Sort>,
) => Connection<Row>;

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/** A list without parents, such as a field of `Query`. */
export function connectionLoader<Row extends object, Filter, Sort extends string>(
  request: ConnectionRequest,
  source: ListSource<Filter, Sort>,
): (args: ConnectionArguments<Filter, Sort>) => Connection<Row> {
  const load = childConnectionLoader<Row, Filter, Sort>(request, source, () => sql`TRUE`);
  return (args) => load("", args);
}

/**
 * A list per parent. All parents that ask with equal arguments at one level of a request share one statement for
 * their pages and, where it is selected, one for their counts.
 */
export function childConnectionLoader<Row extends object, Filter, Sort extends string>(
  request: ConnectionRequest,
  source: ListSource<Filter, Sort>,
  link: ParentLink,
): LoadConnection<Row, Filter, Sort> {
  const loaders = createLoaders<Row, Filter, Sort>(request, source, link);
  return (parentId, args) => {
    const sort = args.sort ?? source.defaultSort;
    const first = checkFirst(args.first ?? DEFAULT_PAGE_SIZE);
    const after = args.after == null ? null : request.cursors.decode(scopeOf(source, sort), args.after);
    const filter = args.filter ?? null;
    return {
      page: () => loaders.pages(parentId, { filter, sort, after, first }),
      totalCount: () => loaders.counts(parentId, filter),
    };
  };
}

interface PageWindow<Filter, Sort> {
  readonly filter: Filter | null;
  readonly sort: Sort;
  readonly after: Position | null;
  readonly first: number;
}

interface PageRow {
  readonly parentId: string;
  readonly rowId: string;
  readonly cursorKey: string;
}

function createLoaders<Row extends object, Filter, Sort extends string>(
  { database, cursors }: ConnectionRequest,
  source: ListSource<Filter, Sort>,
  link: ParentLink,
) {
  const conditions = (filter: Filter | null) => (filter === null ? [] : source.where(filter));

  const pages = windowLoader(async (parentIds, window: PageWindow<Filter, Sort>) => {
    const { filter, sort, after, first } = window;
    const rows = await database.query<Row & PageRow>(
      selectPages(source, link, {
        parentIds,
        conditions: conditions(filter),
        order: source.sorts[sort],
        after,
        limit: first + 1,
      }),
    );
    const byParent = groupBy(rows, (row) => row.parentId);
    const scope = scopeOf(source, sort);
    return (parentId) => toPage(byParent.get(parentId) ?? [], window, scope, cursors);
  });

  const counts = windowLoader(async (parentIds, filter: Filter | null) => {
    const rows = await database.query<{ parentId: string; total: number }>(
      selectCounts(source, link, { parentIds, conditions: conditions(filter) }),
    );
    const byParent = new Map(rows.map((row) => [row.parentId, row.total]));
    return (parentId) => byParent.get(parentId) ?? 0;
  });

  return { pages, counts };
}

/** Loads windows of lists: parents that ask for an equal window in one turn are read together. */
function windowLoader<Window, Result>(
  read: (parentIds: readonly string[], window: Window) => Promise<(parentId: string) => Result>,
): (parentId: string, window: Window) => Promise<Result> {
  const loaders = new Map<string, DataLoader<string, Result>>();
  return (parentId, window) => {
    const name = JSON.stringify(window);
    const loader =
      loaders.get(name) ??
      new DataLoader<string, Result>(async (parentIds) => parentIds.map(await read(parentIds, window)));
    loaders.set(name, loader);
    return loader.load(parentId);
  };
}

/** What a cursor is valid for. */
function scopeOf<Filter, Sort extends string>(source: ListSource<Filter, Sort>, sort: Sort): string {
  return `${source.name}:${sort}`;
}

function toPage<Row extends object>(
  rows: readonly (Row & PageRow)[],
  { first, after }: { readonly first: number; readonly after: Position | null },
  scope: string,
  cursors: CursorCodec,
): Page<Row> {
  const edges = rows.slice(0, first).map((row) => ({
    node: row,
    cursor: () => cursors.encode(scope, { key: row.cursorKey, id: row.rowId }),
  }));
  return { edges, hasNextPage: rows.length > first, hasPreviousPage: after !== null };
}

function checkFirst(first: number): number {
  if (first >= 0 && first <= MAX_PAGE_SIZE) return first;
  throw new ClientError("BAD_USER_INPUT", `first: expected 0 to ${MAX_PAGE_SIZE}, got ${first}`);
}
