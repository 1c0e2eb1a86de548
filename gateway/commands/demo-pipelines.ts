import { randomUUID } from "node:crypto";

/** A table of the demo's warehouse, or of a system it is loaded from; there is neither, only what pipelines say of them. */
interface Table {
  readonly namespace: string;
  readonly name: string;
}

/** A DAG of one task that loads a table. */
export interface DemoPipeline {
  /** Whose token reports it. */
  readonly domain: string;
  readonly dag: string;
  readonly task: string;
  readonly source: Table;
  readonly output: Table;
  /** Output column → the source's column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: number;
}

const WAREHOUSE = "snowflake://demo-warehouse";

/** What the tables that the domains name with `@lineage` are loaded by, and what is made of orders. */
export const DEMO_PIPELINES: readonly DemoPipeline[] = [
  {
    domain: "customer",
    dag: "demo_load_customers",
    task: "copy_contacts",
    source: { namespace: "postgres://demo-crm:5432", name: "crm.public.contacts" },
    output: { namespace: WAREHOUSE, name: "SHOP.MARTS.CUSTOMERS" },
    columns: {
      ID: "contact_id",
      NAME: "full_name",
      EMAIL: "email_address",
      PHONE: "phone_number",
      COUNTRY: "country_code",
      CREDIT_LIMIT: "credit_limit",
      LOYALTY_TIER: "tier",
    },
    rows: 5000,
  },
  {
    domain: "product",
    dag: "demo_load_products",
    task: "count_stock",
    source: { namespace: "postgres://demo-erp:5432", name: "erp.public.articles" },
    output: { namespace: WAREHOUSE, name: "SHOP.MARTS.PRODUCTS" },
    columns: { SKU: "article_number", NAME: "title", PRICE: "list_price", STOCK: "pieces_counted" },
    rows: 1000,
  },
  {
    domain: "order",
    dag: "demo_report_revenue",
    task: "sum_orders",
    source: { namespace: "graphql://demo", name: "order.orders.Order" },
    output: { namespace: WAREHOUSE, name: "SHOP.REPORTS.REVENUE" },
    columns: { AMOUNT: "total", REGION: "region", DAY: "placedAt" },
    rows: 1100,
  },
];

const AIRFLOW = "https://github.com/apache/airflow/tree/providers-openlineage/2.2.0";
const SPEC = "https://openlineage.io/spec";

/**
 * A DAG run that succeeds, as Airflow's OpenLineage provider sends it: the start of the run and of its task, the end of both.
 *
 * @param at when it ends, in milliseconds since the epoch
 */
export function airflowEvents({ dag, task, source, output, columns, rows }: DemoPipeline, at: number) {
  const [dagRun, taskRun] = [randomUUID(), randomUUID()];
  const event = (eventType: string, before: number, of: object) => ({
    eventType,
    eventTime: new Date(at - before).toISOString(),
    producer: AIRFLOW,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    inputs: [],
    outputs: [],
    ...of,
  });
  const ofDag = { run: { runId: dagRun, facets: {} }, job: { namespace: "airflow", name: dag, facets: {} } };
  const parent = {
    ...facet("1-1-0/ParentRunFacet.json"),
    job: { namespace: "airflow", name: dag },
    run: { runId: dagRun },
  };
  const ofTask = {
    run: { runId: taskRun, facets: { parent } },
    job: { namespace: "airflow", name: `${dag}.${task}`, facets: {} },
  };
  const fields = Object.entries(columns).map(([column, field]) => [
    column,
    { inputFields: [{ ...source, field, transformations: [{ type: "DIRECT", subtype: "IDENTITY" }] }] },
  ]);
  const columnLineage = {
    ...facet("1-2-0/ColumnLineageDatasetFacet.json"),
    fields: Object.fromEntries(fields),
  };
  const outputStatistics = {
    ...facet("1-0-2/OutputStatisticsOutputDatasetFacet.json"),
    rowCount: rows,
  };
  const datasets = {
    inputs: [{ ...source, facets: {} }],
    outputs: [{ ...output, facets: { columnLineage }, outputFacets: { outputStatistics } }],
  };
  return [
    event("START", 30, ofDag),
    event("START", 20, ofTask),
    event("COMPLETE", 10, { ...ofTask, ...datasets }),
    event("COMPLETE", 0, ofDag),
  ];
}

function facet(schema: string): object {
  return { _producer: AIRFLOW, _schemaURL: `${SPEC}/facets/${schema}` };
}
