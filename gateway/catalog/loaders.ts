import DataLoader from "dataloader";
import sql, { join } from "sql-template-tag";
import { InternalError } from "../../shared/errors.ts";
import {
  type Connection,
  type ConnectionArguments,
  connectionLoader,
} from "../../shared/subgraph/connection.ts";
import { groupLoader, keyLoader } from "../../shared/subgraph/loaders.ts";
import type { RequestDatabase } from "../../shared/subgraph/request-database.ts";
import type { SubgraphContext, SubgraphRequest } from "../../shared/subgraph/subgraph-definition.ts";
import type { CatalogProjector } from "./catalog-projector.ts";
import { type FieldConditions, fieldList, productConditions, productList } from "./lists.ts";
import { type MeshDay, type MeshNumbers, readMesh, readTrend } from "./mesh-metrics.ts";
import type {
  CreateReadModels,
  LineageAnswer,
  LineageQuestion,
  Measurement,
  PipelineTest,
  QualityResult,
  ServiceLevelAddress,
  ServiceLevelStatus,
} from "./read-models.ts";
import type { DataProductSort } from "./resolver-types.ts";
import {
  type CatalogFieldRow,
  type DataProductConnectionRow,
  type DataProductRow,
  FIELD_COLUMNS,
  PRODUCT_COLUMNS,
  type ProductConditions,
} from "./rows.ts";
import { type ConsumerCount, readConsumerCounts, readUses, type UseRow } from "./usage-rows.ts";

/** What one request loads the catalog with. */
export interface Loaders {
  readonly product: DataLoader<string, DataProductRow | null>;
  readonly products: (
    args: ConnectionArguments<ProductConditions, DataProductSort>,
  ) => Promise<DataProductConnectionRow>;
  readonly facets: (filter: ProductConditions) => Promise<Facets>;
  readonly field: DataLoader<string, CatalogFieldRow | null>;
  readonly fields: (
    args: ConnectionArguments<FieldConditions, "DEFAULT">,
  ) => Promise<Connection<CatalogFieldRow>>;
  readonly fieldsOf: DataLoader<string, readonly CatalogFieldRow[]>;
  readonly versionsOf: DataLoader<string, readonly VersionRow[]>;
  readonly changesOf: (product: string, last: number) => Promise<readonly ChangeRow[]>;
  readonly consumerCount: DataLoader<string, ConsumerCount | null>;
  /** Uses of a product's fields. */
  readonly usesOfProduct: DataLoader<string, readonly UseRow[]>;
  /** Uses of one field. */
  readonly usesOfField: DataLoader<string, readonly UseRow[]>;
  readonly results: (product: string, rule: string, last: number) => Promise<readonly QualityResult[] | null>;
  readonly pipelineTests: (product: string, last: number) => Promise<readonly PipelineTest[]>;
  readonly status: (level: ServiceLevelAddress) => Promise<ServiceLevelStatus | null>;
  readonly series: (level: ServiceLevelAddress, hours: number) => Promise<readonly Measurement[] | null>;
  readonly lineage: (question: LineageQuestion) => Promise<LineageAnswer | null>;
  readonly mesh: () => Promise<MeshNumbers>;
  readonly meshTrend: (days: number) => Promise<readonly MeshDay[]>;
}

export type Context = SubgraphContext<Loaders>;

interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** How the matching products are spread. */
export interface Facets {
  readonly domains: readonly FacetCount[];
  readonly owners: readonly FacetCount[];
  readonly classifications: readonly FacetCount[];
  readonly tags: readonly FacetCount[];
}

export interface VersionRow {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly generation: number;
  readonly publishedAt: Date;
  readonly author: string;
  readonly reason: string;
}

export interface ChangeRow {
  readonly product: string;
  readonly kind: "ADDED" | "REMOVED" | "CHANGED";
  readonly coordinate: string;
  readonly summary: string;
  readonly generation: number;
  readonly at: Date;
}

/** Makes the loaders of requests: each sees the newest catalog. */
export function loadersOf(projector: CatalogProjector, createReadModels: CreateReadModels) {
  return (request: SubgraphRequest): Loaders => {
    const database = afterProjection(request.database, projector);
    return { ...catalogLoaders({ ...request, database }), ...measureLoaders(database, createReadModels) };
  };
}

/** Reads wait for the projection, which must be there before the request's snapshot opens. */
function afterProjection(database: RequestDatabase, projector: CatalogProjector): RequestDatabase {
  let ready: Promise<void> | null = null;
  return {
    query: async (statement) => {
      ready ??= projector.current();
      await ready;
      return database.query(statement);
    },
    write: () => {
      throw new InternalError("the catalog is only read");
    },
  };
}

function catalogLoaders(request: SubgraphRequest): Omit<Loaders, keyof ReturnType<typeof measureLoaders>> {
  const { database } = request;
  const { query } = database;
  return {
    product: keyLoader(
      (ids) =>
        query<DataProductRow & object>(
          sql`SELECT ${PRODUCT_COLUMNS} FROM catalog_product WHERE id = ANY(${ids})`,
        ),
      (row) => row.id,
    ),
    products: async (args) => {
      const conditions = args.filter ?? {};
      const source = productList(conditions.search ?? null);
      const connection = connectionLoader<DataProductRow, ProductConditions, DataProductSort>(
        request,
        source,
      )(args);
      return { ...connection, conditions };
    },
    facets: (filter) => readFacets(database, filter),
    field: keyLoader(
      (coordinates) =>
        query<CatalogFieldRow & object>(
          sql`SELECT ${FIELD_COLUMNS} FROM catalog_field WHERE coordinate = ANY(${coordinates})`,
        ),
      (row) => row.coordinate,
    ),
    fields: async (args) =>
      connectionLoader<CatalogFieldRow, FieldConditions, "DEFAULT">(
        request,
        fieldList(args.filter?.search ?? null),
      )(args),
    fieldsOf: groupLoader(
      (products) =>
        query<CatalogFieldRow & object>(
          sql`SELECT ${FIELD_COLUMNS} FROM catalog_field WHERE product = ANY(${products}) ORDER BY position`,
        ),
      (row) => row.product,
    ),
    versionsOf: groupLoader(
      (products) =>
        query<VersionRow & object>(sql`
SELECT product, version, revision, generation, published_at AS "publishedAt", author, reason
FROM catalog_version WHERE product = ANY(${products}) ORDER BY generation DESC`),
      (row) => row.product,
    ),
    changesOf: (product, last) =>
      query<ChangeRow & object>(sql`
SELECT product, kind, coordinate, summary, generation, at FROM catalog_change
WHERE product = ${product} ORDER BY id DESC LIMIT ${last}`),
    consumerCount: keyLoader(
      (products) => readConsumerCounts(query, sql`f.product = ANY(${products})`),
      (row) => row.product,
    ),
    usesOfProduct: new DataLoader((products) =>
      Promise.all(products.map((product) => readUses(query, sql`f.product = ${product}`))),
    ),
    usesOfField: new DataLoader(async (coordinates) => {
      const uses = await readUses(query, sql`f.coordinate = ANY(${coordinates})`);
      return coordinates.map((coordinate) =>
        uses.flatMap((use) => (use.fields.includes(coordinate) ? [{ ...use, fields: [coordinate] }] : [])),
      );
    }),
    mesh: () => readMesh(query),
    meshTrend: (days) => readTrend(query, days),
  };
}

async function readFacets({ query }: RequestDatabase, filter: ProductConditions): Promise<Facets> {
  const conditions = join([sql`TRUE`, ...productConditions(filter)], " AND ");
  const rows = await query<FacetCount & { readonly facet: keyof Facets }>(sql`
WITH found AS (SELECT * FROM catalog_product WHERE ${conditions})
SELECT facet, value, count(*)::int AS count FROM (
  SELECT 'domains' AS facet, domain AS value FROM found
  UNION ALL SELECT 'owners', owner_team FROM found
  UNION ALL SELECT 'tags', unnest(tags) FROM found
  UNION ALL SELECT 'classifications', level FROM (
    SELECT DISTINCT found.id, f.classification AS level FROM found JOIN catalog_field f ON f.product = found.id) levels
) AS each(facet, value) WHERE value IS NOT NULL GROUP BY facet, value ORDER BY count DESC, value`);
  const of = (facet: keyof Facets) =>
    rows.flatMap((row) => (row.facet === facet ? [{ value: row.value, count: row.count }] : []));
  return {
    domains: of("domains"),
    owners: of("owners"),
    classifications: of("classifications"),
    tags: of("tags"),
  };
}

/** What measures and lineage tell; each asked once for all that a request wants to know. */
function measureLoaders(database: RequestDatabase, createReadModels: CreateReadModels) {
  const models = createReadModels(database);
  let hidden: ReturnType<typeof readHidden> | null = null;
  const results = byWindow<{ product: string; rule: string }, readonly QualityResult[] | null, number>(
    (checks, last) => models.qualityResults(checks, last),
  );
  const pipelineTests = byWindow<string, readonly PipelineTest[], number>((products, last) =>
    models.pipelineTests({ products, last }),
  );
  const status = new DataLoader<ServiceLevelAddress, ServiceLevelStatus | null, string>(
    (levels) => models.serviceLevels(levels),
    { cacheKeyFn: ({ product, kind }) => `${product} ${kind}` },
  );
  const series = byWindow<ServiceLevelAddress, readonly Measurement[] | null, number>((levels, hours) =>
    models.serviceLevelSeries(levels, hours),
  );
  return {
    pipelineTests,
    results: (product: string, rule: string, last: number) => results({ product, rule }, last),
    status: (level: ServiceLevelAddress) => status.load(level),
    series,
    lineage: async (question: LineageQuestion) => {
      hidden ??= readHidden(database);
      // Waited for together: where both fail, neither is left behind.
      const [answer, known] = await Promise.all([models.lineage(question), hidden]);
      return withoutHidden(answer, question, known);
    },
  };
}

/** Coordinates that clients do not know. */
async function readHidden({ query }: RequestDatabase): Promise<ReadonlySet<string>> {
  const [state] = await query<{ hidden: readonly string[] }>(sql`SELECT hidden FROM catalog_state`);
  return new Set(state?.hidden);
}

/** Lineage is read from all of the graph; what clients do not know is taken out of what they are told. */
function withoutHidden(
  answer: LineageAnswer | null,
  question: LineageQuestion,
  hidden: ReadonlySet<string>,
): LineageAnswer | null {
  if (answer === null || hidden.has(question.of)) return null;
  const isKnown = (id: string) => !hidden.has(id);
  return {
    ...answer,
    nodes: answer.nodes.filter(({ id }) => isKnown(id)),
    edges: answer.edges.filter(({ from, to }) => isKnown(from) && isKnown(to)),
  };
}

/** Loads keys together that are asked for with the same window. */
function byWindow<Key, Result, Window>(
  read: (keys: readonly Key[], window: Window) => Promise<readonly Result[]>,
) {
  const loaders = new Map<Window, DataLoader<Key, Result>>();
  return (key: Key, window: Window): Promise<Result> => {
    const loader = loaders.get(window) ?? new DataLoader((keys: readonly Key[]) => read(keys, window));
    loaders.set(window, loader);
    return loader.load(key);
  };
}
