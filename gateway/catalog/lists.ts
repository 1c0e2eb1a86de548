import sql, { join, type Sql } from "sql-template-tag";
import type { Classification } from "../../shared/classification-levels.ts";
import { type ListSource, present } from "../../shared/subgraph/list-source.ts";
import type { DataProductSort } from "./resolver-types.ts";
import { FIELD_COLUMNS, PRODUCT_COLUMNS, type ProductConditions } from "./rows.ts";
import { type SearchQuery, searchQuery } from "./search-text.ts";

/** Conditions on fields; all that are given must hold. */
export interface FieldConditions {
  readonly search?: string | null;
  readonly product?: string | null;
  readonly classification?: Classification | null;
}

/** The list of products; the best matches of the search come first where that is asked for. */
export function productList(search: string | null): ListSource<ProductConditions, DataProductSort> {
  const question = searchQuery(search);
  return {
    name: `products:${question?.all ?? ""}`,
    columns: PRODUCT_COLUMNS,
    from: sql`catalog_product`,
    id: sql`id`,
    defaultSort: "RELEVANCE",
    sorts: {
      RELEVANCE:
        question === null
          ? { key: sql`name`, type: "text", direction: "ASC" }
          : { key: rank(question), type: "numeric", direction: "DESC" },
      NAME_ASC: { key: sql`name`, type: "text", direction: "ASC" },
      NAME_DESC: { key: sql`name`, type: "text", direction: "DESC" },
      UPDATED_AT_DESC: { key: sql`updated_at`, type: "timestamptz", direction: "DESC" },
    },
    where: productConditions,
  };
}

/** The conditions as SQL on `catalog_product`. */
export function productConditions(filter: ProductConditions): readonly Sql[] {
  const others = [
    ...present(filter.domain, (domain) => sql`domain = ${domain}`),
    ...present(filter.owner, (team) => sql`owner_team = ${team}`),
    ...present(
      filter.classification,
      (level) =>
        sql`EXISTS (SELECT FROM catalog_field f WHERE f.product = id AND f.classification = ${level})`,
    ),
    ...present(filter.tag, (tag) => sql`${tag} = ANY (tags)`),
  ];
  return [...searched(filter.search, sql`catalog_product`, others), ...others];
}

/** The list of fields, in the order of their products' schemas; the best matches of a search first. */
export function fieldList(search: string | null): ListSource<FieldConditions, "DEFAULT"> {
  const question = searchQuery(search);
  return {
    name: `fields:${question?.all ?? ""}`,
    columns: FIELD_COLUMNS,
    from: sql`catalog_field`,
    id: sql`coordinate`,
    defaultSort: "DEFAULT",
    sorts: {
      DEFAULT:
        question === null
          ? { key: sql`position::numeric`, type: "numeric", direction: "ASC" }
          : { key: rank(question), type: "numeric", direction: "DESC" },
    },
    where: (filter) => {
      const others = [
        ...present(filter.product, (product) => sql`product = ${product}`),
        ...present(filter.classification, (level) => sql`classification = ${level}`),
      ];
      return [...searched(filter.search, sql`catalog_field`, others), ...others];
    },
  };
}

/**
 * What has all the words; where nothing has that meets the other conditions, what has some: a question is rarely put in our
 * words.
 */
function searched(search: string | null | undefined, table: Sql, others: readonly Sql[]): readonly Sql[] {
  return present(searchQuery(search), ({ all, any }) => {
    const hasAll = sql`search @@ to_tsquery('english', ${all})`;
    return sql`(${hasAll} OR (search @@ to_tsquery('english', ${any})
      AND NOT EXISTS (SELECT FROM ${table} WHERE ${join([hasAll, ...others], " AND ")})))`;
  });
}

function rank({ all, any }: SearchQuery): Sql {
  return sql`round((ts_rank(search, to_tsquery('english', ${all})) + ts_rank(search, to_tsquery('english', ${any})))::numeric, 6)`;
}
