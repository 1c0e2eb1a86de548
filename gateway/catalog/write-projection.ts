import type pg from "pg";
import { inTransaction } from "../../shared/postgres/in-transaction.ts";
import { jsonText } from "../../shared/postgres/json-text.ts";
import { keyText } from "../../shared/postgres/key-text.ts";
import type { Catalog, CatalogField, CatalogProduct } from "./catalog.ts";
import type { CatalogChange } from "./compare-catalogs.ts";
import { searchText } from "./search-text.ts";
import { OPEN_FORMAT, openFacts } from "./standards/open-facts.ts";
import { toContract } from "./standards/to-contract.ts";
import { toProduct } from "./standards/to-product.ts";

/** The catalog of one generation, with what led to it. */
export interface Projection {
  readonly generation: number;
  readonly catalog: Catalog;
  readonly changes: readonly (CatalogChange & { readonly generation: number; readonly at: Date })[];
  /** Of each generation on the way, the version of each product; only what is new of it is kept. */
  readonly versions: readonly {
    readonly product: string;
    readonly generation: number;
    readonly version: string;
    readonly revision: number;
    readonly publishedAt: Date;
    readonly author: string;
    readonly reason: string;
  }[];
}

/** One process at a time writes. The number is arbitrary. */
const LOCK = 4_713_020_261;

/**
 * Puts a catalog in the place of the one before, all of it or nothing; an older one changes nothing, nor does an equal one
 * unless an older version of this program wrote what is there.
 */
export async function writeProjection(pool: pg.Pool, projection: Projection): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const known = await readState(client);
    if (
      projection.generation > known.generation ||
      (projection.generation === known.generation && known.isOutdated)
    )
      await write(client, projection, known.generation);
  });
}

/** What the catalog's tables hold. */
export interface ProjectionState {
  /** 0 where they are empty. */
  readonly generation: number;
  /** Whether an older version of this program wrote them. */
  readonly isOutdated: boolean;
}

/** Reads which generation the catalog's tables are of. */
export async function readState(client: Pick<pg.Pool, "query">): Promise<ProjectionState> {
  const { rows } = await client.query<ProjectionState>(
    `SELECT coalesce((SELECT generation FROM catalog_state), 0) AS generation,
       EXISTS (SELECT FROM catalog_product WHERE open_format < $1) AS "isOutdated"`,
    [OPEN_FORMAT],
  );
  return rows[0] ?? { generation: 0, isOutdated: false };
}

async function write(client: pg.PoolClient, projection: Projection, known: number): Promise<void> {
  const { generation, catalog } = projection;
  const isNew = (item: { readonly generation: number }) => item.generation > known;
  await insertVersions(client, projection.versions.filter(isNew));
  await insertChanges(client, projection.changes.filter(isNew));
  await client.query("DELETE FROM catalog_product");
  await client.query("DELETE FROM catalog_field");
  await insertProducts(client, catalog);
  await insertFields(client, catalog.fields);
  await client.query(NOTE_SERVED);
  await client.query(
    `INSERT INTO catalog_state (generation, hidden) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, hidden = excluded.hidden`,
    [generation, catalog.hidden],
  );
}

/** When each product was first used, as far as recorded usage reaches back. */
export const NOTE_SERVED = `INSERT INTO catalog_served (product, at)
  SELECT f.product, min(o.first_seen)
  FROM usage_operation o CROSS JOIN unnest(o.coordinates) AS used(coordinate) JOIN catalog_field f USING (coordinate)
  GROUP BY f.product
  ON CONFLICT DO NOTHING`;

/** A version is kept where it differs from the product's last one. */
async function insertVersions(client: pg.PoolClient, versions: Projection["versions"]): Promise<void> {
  for (const version of versions)
    await client.query(
      `INSERT INTO catalog_version (product, generation, version, revision, published_at, author, reason)
       SELECT product, generation, version, revision, "publishedAt", author, reason
       FROM jsonb_to_record($1) AS t (product text, generation integer, version text, revision integer,
         "publishedAt" timestamptz, author text, reason text)
       WHERE NOT EXISTS (
         SELECT FROM (SELECT version, revision FROM catalog_version WHERE product = t.product ORDER BY generation DESC LIMIT 1) last
         WHERE last.version = t.version AND last.revision = t.revision)
       ON CONFLICT DO NOTHING`,
      [jsonText({ ...version, product: keyText(version.product) })],
    );
}

async function insertChanges(client: pg.PoolClient, changes: Projection["changes"]): Promise<void> {
  await client.query(
    `INSERT INTO catalog_change (product, generation, at, kind, coordinate, summary)
     SELECT product, generation, at, kind, coordinate, summary FROM ROWS FROM (jsonb_to_recordset($1)
       AS (product text, generation integer, at timestamptz, kind text, coordinate text, summary text))
       WITH ORDINALITY AS t (product, generation, at, kind, coordinate, summary, n) ORDER BY n`,
    [jsonText(changes.map((change) => ({ ...change, product: keyText(change.product) })))],
  );
}

/** Of products whose ids are the same once they can be stored, the first is kept. No domain's long name stops the others. */
async function insertProducts(client: pg.PoolClient, { products, fields, schema }: Catalog): Promise<void> {
  const versionOf = (id: string) => products.find((product) => product.id === id)?.version ?? null;
  const rows = products.map((product) => {
    const own = fields.filter((field) => field.product === product.id);
    const open = openFacts({ product, fields: own, schema });
    return {
      ...product,
      id: keyText(product.id),
      name: keyText(product.name),
      owner_team: product.owner?.team ?? null,
      owner_contact: product.owner?.contact ?? null,
      contract: toContract({ product, fields: own, schema }),
      standard_product: toProduct(product, versionOf),
      open_contract: toContract(open),
      open_product: toProduct(open.product, versionOf),
      ...productTexts(product, fields),
    };
  });
  await client.query(
    `INSERT INTO catalog_product (id, subgraph, domain, name, version, status, owner_team, owner_contact, tags,
       classification, updated_at, descriptor, contract, standard_product, open_contract, open_product, open_format, ports, rules, search)
     SELECT id, subgraph, domain, name, version, status, owner_team, owner_contact, tags, classification,
       coalesce((SELECT max(published_at) FROM catalog_version v WHERE v.product = t.id), now()),
       descriptor, contract, standard_product, open_contract, open_product, $2::integer, ports, rules,
       setweight(to_tsvector('english', names), 'A') || setweight(to_tsvector('english', texts), 'B')
         || setweight(to_tsvector('english', members), 'C')
     FROM jsonb_to_recordset($1) AS t (id text, subgraph text, domain text, name text, version text, status text,
       owner_team text, owner_contact text, tags text[], classification text, descriptor jsonb, contract json, standard_product json,
       open_contract json, open_product json, ports jsonb,
       rules jsonb, names text, texts text, members text)
     ON CONFLICT DO NOTHING`,
    [jsonText(rows), OPEN_FORMAT],
  );
}

/** What a product is found by, the most telling first. */
function productTexts(product: CatalogProduct, fields: readonly CatalogField[]) {
  const { id, name, domain, owner, tags, ports, descriptor } = product;
  const own = fields.filter((field) => field.product === id);
  return {
    names: searchText(id, name, domain, owner?.team, ...tags, ...ports.map(({ type }) => type)),
    texts: searchText(
      descriptor?.description,
      descriptor?.purpose,
      descriptor?.terms.usage,
      descriptor?.terms.limitations,
      ...ports.map(({ description }) => description),
    ),
    members: searchText(
      ...own.flatMap(({ name: member, description, categories }) => [member, description, ...categories]),
    ),
  };
}

async function insertFields(client: pg.PoolClient, fields: readonly CatalogField[]): Promise<void> {
  const rows = fields.map((field, position) => ({
    coordinate: keyText(field.coordinate),
    product: keyText(field.product),
    position,
    parent_type: field.parentType,
    name: field.name,
    type: field.type,
    description: field.description,
    deprecation_reason: field.deprecationReason,
    classification: field.classification,
    categories: field.categories,
    tags: field.tags,
    format: field.format,
    is_key: field.isKey,
    owner_team: field.owner?.team ?? null,
    owner_contact: field.owner?.contact ?? null,
    rules: field.rules,
    names: searchText(field.coordinate, field.name, ...field.categories),
    texts: searchText(field.description),
  }));
  await client.query(
    `INSERT INTO catalog_field (coordinate, product, position, parent_type, name, type, description,
       deprecation_reason, classification, categories, tags, format, is_key, owner_team, owner_contact, rules, search)
     SELECT coordinate, product, position, parent_type, name, type, description, deprecation_reason, classification,
       categories, tags, format, is_key, owner_team, owner_contact, rules,
       setweight(to_tsvector('english', names), 'A') || setweight(to_tsvector('english', texts), 'B')
     FROM jsonb_to_recordset($1) AS t (coordinate text, product text, position integer, parent_type text, name text,
       type text, description text, deprecation_reason text, classification text, categories text[], tags text[],
       format text, is_key boolean, owner_team text, owner_contact text, rules jsonb, names text, texts text)`,
    [jsonText(rows)],
  );
}
