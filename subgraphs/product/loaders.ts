import type DataLoader from "dataloader";
import sql from "sql-template-tag";
import {
  type Connection,
  type ConnectionArguments,
  connectionLoader,
} from "../../shared/subgraph/connection.ts";
import { type ListSource, present } from "../../shared/subgraph/list-source.ts";
import { keyLoader } from "../../shared/subgraph/loaders.ts";
import type { SubgraphContext, SubgraphRequest } from "../../shared/subgraph/subgraph-definition.ts";
import type { ProductFilter, ProductSort } from "./resolver-types.ts";
import { PRODUCT_COLUMNS, type ProductRow } from "./rows.ts";

/** What one request loads products with. */
export interface Loaders {
  readonly product: DataLoader<string, ProductRow | null>;
  readonly products: (args: ConnectionArguments<ProductFilter, ProductSort>) => Connection<ProductRow>;
}

export type Context = SubgraphContext<Loaders>;

/** The loaders of one request. */
export function createLoaders(request: SubgraphRequest): Loaders {
  const { database } = request;
  return {
    product: keyLoader(
      (ids) => database.query<ProductRow>(sql`SELECT ${PRODUCT_COLUMNS} FROM product WHERE id = ANY(${ids})`),
      (row) => row.id,
    ),
    products: connectionLoader<ProductRow, ProductFilter, ProductSort>(request, productList),
  };
}

const productList: ListSource<ProductFilter, ProductSort> = {
  name: "products",
  columns: PRODUCT_COLUMNS,
  from: sql`product`,
  id: sql`id`,
  defaultSort: "ID_ASC",
  sorts: {
    ID_ASC: { key: sql`id`, type: "text", direction: "ASC" },
    NAME_ASC: { key: sql`name`, type: "text", direction: "ASC" },
    NAME_DESC: { key: sql`name`, type: "text", direction: "DESC" },
    PRICE_ASC: { key: sql`price`, type: "numeric", direction: "ASC" },
    PRICE_DESC: { key: sql`price`, type: "numeric", direction: "DESC" },
  },
  where: (filter) => [
    ...present(filter.category, (category) => sql`category = ${category}`),
    ...present(filter.minPrice, (price) => sql`price >= ${price}`),
    ...present(filter.maxPrice, (price) => sql`price <= ${price}`),
    ...present(filter.inStock, (inStock) => (inStock ? sql`inventory > 0` : sql`inventory = 0`)),
  ],
};
