import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportedEdges } from "../../../gateway/catalog/lineage/reported-edges.ts";
import type { Query } from "../../../shared/subgraph/request-database.ts";
import { query } from "../../testkit/query.ts";
import { startRegistry, type TestRegistry } from "../../testkit/start-registry.ts";

describe("how much of the lineage that domains report is looked at", () => {
  let tested: TestRegistry;
  let pool: pg.Pool;
  beforeAll(async () => {
    tested = await startRegistry();
    pool = new pg.Pool({ connectionString: tested.database.partUrl ?? "" });
    await query(
      tested.database.applicationUrl,
      `INSERT INTO lineage_edge
       SELECT domain, 's3://' || domain, n::text, '', 's3://b', n::text, '', '', false, '', now() - n * interval '1 hour'
       FROM (VALUES ('busy', 3), ('quiet', 1)) AS d (domain, many), generate_series(1, many) AS n`,
    );
  });
  afterAll(async () => {
    await pool.end();
    await tested.stop();
  });

  const ask: Query = async ({ text, values }) => (await pool.query(text, [...values])).rows;

  test.each([
    [5, ["s3://busy/1", "s3://busy/2", "s3://busy/3", "s3://quiet/1"], false],
    [4, ["s3://busy/1", "s3://busy/2", "s3://busy/3", "s3://quiet/1"], false],
    [3, ["s3://busy/1", "s3://busy/2", "s3://quiet/1"], true],
    [2, ["s3://busy/1", "s3://quiet/1"], true],
  ])(
    "of at most %i each domain's newest have a place as long as there is room",
    async (max, from, isTruncated) => {
      const found = await reportedEdges(ask, { named: [], max });
      expect(found.edges.map((edge) => edge.from).sort()).toEqual(from);
      expect(found.isTruncated).toBe(isTruncated);
    },
  );
});
