import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { seedOnce } from "../../../shared/subgraph/seed-once.ts";
import { serveSubgraph } from "../../../shared/subgraph/serve-subgraph.ts";
import { orderSubgraph } from "../../../subgraphs/order/subgraph.ts";
import { seedDomain } from "../../../subgraphs/product/seed.ts";
import { productSubgraph } from "../../../subgraphs/product/subgraph.ts";
import { templateSubgraph } from "../../../subgraphs/template/subgraph.ts";
import { portOf } from "../../testkit/gateway-identity.ts";
import { provisionAlone, testSettings } from "../../testkit/start-domain.ts";

let database: Awaited<ReturnType<typeof provisionAlone>>;
let owner: pg.Client;
beforeAll(async () => {
  database = await provisionAlone(orderSubgraph.directory);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(() => owner.end());

const boot = (databaseUrl: string | null, definition = orderSubgraph) =>
  serveSubgraph(definition, testSettings({ databaseUrl }));

/** Starts, expecting it to work, and stops. */
async function bootAndStop(): Promise<void> {
  await (await boot(database.applicationUrl)).stop();
}

describe("hardening 56: a subgraph refuses to start", () => {
  it("as the owner of its tables", async () => {
    await expect(boot(database.ownerUrl)).rejects.toMatchObject({
      code: "DATABASE_ROLE_UNSAFE",
      message: expect.stringMatching(/_owner owns the table/),
    });
  });

  it("as a superuser", async () => {
    await expect(boot(inject("postgresAdminUrl"))).rejects.toMatchObject({
      code: "DATABASE_ROLE_UNSAFE",
      message: expect.stringContaining("is a superuser"),
    });
  });

  it("as a role that may become a role which is not bound", async () => {
    const admin = new pg.Client({ connectionString: inject("postgresAdminUrl") });
    await admin.connect();
    const role = `bypass_${randomBytes(4).toString("hex")}`;
    const { user } = new pg.Client({ connectionString: database.applicationUrl });
    await admin.query(`CREATE ROLE ${role} BYPASSRLS; GRANT ${role} TO "${user}"`);
    try {
      await expect(boot(database.applicationUrl)).rejects.toMatchObject({
        code: "DATABASE_ROLE_UNSAFE",
        message: expect.stringContaining(`${role} has BYPASSRLS`),
      });
    } finally {
      await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    }
    await bootAndStop();
  });

  it.each([
    [
      "row-level security that is not forced",
      "NO FORCE ROW LEVEL SECURITY",
      "FORCE ROW LEVEL SECURITY",
      /orders lacks FORCE/,
    ],
    [
      "policies that are switched off",
      "DISABLE ROW LEVEL SECURITY",
      "ENABLE ROW LEVEL SECURITY",
      /orders has policies but/,
    ],
  ])("with %s", async (_name, spoil, mend, message) => {
    await owner.query(`ALTER TABLE orders ${spoil}`);
    await expect(boot(database.applicationUrl)).rejects.toMatchObject({
      code: "ROW_SECURITY_MISSING",
      message: expect.stringMatching(message),
    });
    await owner.query(`ALTER TABLE orders ${mend}`);
    await bootAndStop();
  });

  it("where a row-filtered type's table has no policy", async () => {
    await owner.query("ALTER POLICY by_region ON orders RENAME TO kept; DROP POLICY kept ON orders");
    await expect(boot(database.applicationUrl)).rejects.toMatchObject({
      code: "ROW_SECURITY_MISSING",
      message: expect.stringContaining("orders holds row-filtered objects and has no policy"),
    });
    await owner.query(
      "CREATE POLICY by_region ON orders USING (region = ANY ((SELECT dpg.claim_values('region'))::text[]))",
    );
    await bootAndStop();
  });

  it("where the role may TRUNCATE a protected table", async () => {
    const { user } = new pg.Client({ connectionString: database.applicationUrl });
    await owner.query(`GRANT TRUNCATE ON orders TO "${user}"`);
    await expect(boot(database.applicationUrl)).rejects.toMatchObject({
      code: "ROW_SECURITY_MISSING",
      message: expect.stringContaining("TRUNCATE orders"),
    });
    await owner.query(`REVOKE TRUNCATE ON orders FROM "${user}"`);
    await bootAndStop();
  });
});

describe("a subgraph says what keeps it from starting", () => {
  it("without a database", async () => {
    await expect(boot(null)).rejects.toMatchObject({ code: "SUBGRAPH_SETTINGS_INVALID" });
    await expect(boot("postgres://nobody:hunter2@127.0.0.1:1/none")).rejects.toMatchObject({
      code: "POSTGRES_UNAVAILABLE",
      message: expect.not.stringContaining("hunter2"),
    });
  });

  it("on a port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const settings = testSettings({ port: portOf(other.address()) });
    await expect(serveSubgraph(templateSubgraph, settings)).rejects.toMatchObject({ code: "PORT_IN_USE" });
    other.close();
  });

  it("with a folder that is not whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "dpg-subgraph-"));
    const directory = pathToFileURL(`${folder}/`);
    const start = () =>
      serveSubgraph({ ...orderSubgraph, directory }, testSettings({ databaseUrl: database.applicationUrl }));
    await expect(start()).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await cp(new URL("schema.graphql", orderSubgraph.directory), join(folder, "schema.graphql"));
    const yaml = await readFile(new URL("product.yaml", orderSubgraph.directory), "utf8");
    for (const [changed, message] of [
      [yaml.replace("    table: orders\n", ""), /Order is row-filtered and needs its table/],
      [yaml.replace("type: Order", "type: Ordre"), /no such type: Ordre/],
      [yaml.replace("owner:", "ownr:"), /"ownr"/],
    ] as const) {
      await writeFile(join(folder, "product.yaml"), changed);
      await expect(start()).rejects.toMatchObject({
        code: "PRODUCT_DESCRIPTOR_INVALID",
        message: expect.stringMatching(message),
      });
    }
    await rm(folder, { recursive: true });
  });
});

describe("seeding", () => {
  it("happens once, also where it is asked for twice at the same time", async () => {
    const fresh = await provisionAlone(productSubgraph.directory);
    const results = await Promise.all([seedDomain(fresh.ownerUrl), seedDomain(fresh.ownerUrl)]);
    expect(results.toSorted()).toEqual([false, true]);
    expect(await seedDomain(fresh.ownerUrl)).toBe(false);
  });

  it("leaves nothing behind where it fails, and may be tried again", async () => {
    const options = { databaseUrl: database.ownerUrl, name: "test", claims: { region: ["EMEA"] } };
    const insert = {
      text: "INSERT INTO orders VALUES ('X1', 'C1', 'EMEA', 'PENDING', 'EUR', 0, now())",
      values: [],
    };
    const failing = seedOnce(options, async (query) => {
      await query(insert);
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(await seedOnce(options, async (query) => void (await query(insert)))).toBe(true);
  });
});
