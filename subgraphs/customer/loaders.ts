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
import type { CustomerFilter, CustomerSort } from "./resolver-types.ts";
import { CUSTOMER_COLUMNS, type CustomerRow } from "./rows.ts";

/** What one request loads customers with. */
export interface Loaders {
  readonly customer: DataLoader<string, CustomerRow | null>;
  readonly customers: (args: ConnectionArguments<CustomerFilter, CustomerSort>) => Connection<CustomerRow>;
}

export type Context = SubgraphContext<Loaders>;

/** The loaders of one request. */
export function createLoaders(request: SubgraphRequest): Loaders {
  const { database } = request;
  return {
    customer: keyLoader(
      (ids) =>
        database.query<CustomerRow>(sql`SELECT ${CUSTOMER_COLUMNS} FROM customer WHERE id = ANY(${ids})`),
      (row) => row.id,
    ),
    customers: connectionLoader<CustomerRow, CustomerFilter, CustomerSort>(request, customerList),
  };
}

const customerList: ListSource<CustomerFilter, CustomerSort> = {
  name: "customers",
  columns: CUSTOMER_COLUMNS,
  from: sql`customer`,
  id: sql`id`,
  defaultSort: "ID_ASC",
  sorts: {
    ID_ASC: { key: sql`id`, type: "text", direction: "ASC" },
    NAME_ASC: { key: sql`name`, type: "text", direction: "ASC" },
    NAME_DESC: { key: sql`name`, type: "text", direction: "DESC" },
    CREATED_AT_ASC: { key: sql`created_at`, type: "timestamptz", direction: "ASC" },
    CREATED_AT_DESC: { key: sql`created_at`, type: "timestamptz", direction: "DESC" },
  },
  where: (filter) => [
    ...present(filter.region, (region) => sql`region = ${region}`),
    ...present(filter.country, (country) => sql`country = ${country}`),
    ...present(filter.loyaltyTier, (tier) => sql`loyalty_tier = ${tier}`),
    ...present(filter.createdFrom, (moment) => sql`created_at >= ${moment}`),
    ...present(filter.createdBefore, (moment) => sql`created_at < ${moment}`),
  ],
};
