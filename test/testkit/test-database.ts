import { randomBytes } from "node:crypto";
import type { PartRole } from "../../shared/postgres/part-role.ts";
import { provisionDatabase } from "../../shared/postgres/provision-database.ts";
import { query, withSession } from "./query.ts";

/** What the databases made from a template have in common. */
export interface DatabaseTemplate {
  /** Name of the template: one per run of the tests. */
  readonly name: string;
  readonly migrationsDirectory: string;
  /** A role of its own for a part of it. */
  readonly part?: PartRole;
  /** Fills the template once; every copy has what it wrote. */
  readonly seed?: (ownerUrl: string) => Promise<unknown>;
}

/** A database that no other test uses. */
export interface TestDatabase {
  readonly name: string;
  /** As the application's role, which row-level security binds. */
  readonly applicationUrl: string;
  /** As the role of the template's part; null where it has none. */
  readonly partUrl: string | null;
  /** As the owner of the tables. */
  readonly ownerUrl: string;
  /** As the superuser. */
  readonly adminUrl: string;
  drop(): Promise<void>;
}

/** Any number; processes that make templates wait for each other. */
const TEMPLATE_LOCK = 4_713_020_261;

/**
 * A fresh database with the template's tables and rows. The first call in a run makes the template; each
 * further one is a copy of files. The roles are the template's, shared by all copies.
 */
export async function createTestDatabase(
  adminUrl: string,
  template: DatabaseTemplate,
): Promise<TestDatabase> {
  const name = `${template.name}_${randomBytes(6).toString("hex")}`;
  const roles = { owner: `${template.name}_owner`, application: `${template.name}_app` };
  const part = template.part && `${template.name}_${template.part.name}`;
  await withSession(adminUrl, async (ask) => {
    await ask("SELECT pg_advisory_lock($1)", [TEMPLATE_LOCK]);
    const found = await ask("SELECT FROM pg_database WHERE datname = $1 AND datistemplate", [template.name]);
    if (found.length === 0) await makeTemplate(adminUrl, template);
    await ask(`CREATE DATABASE "${name}" TEMPLATE "${template.name}" OWNER "${roles.owner}"`);
    // Rights on the database itself are not copied.
    await ask(`REVOKE ALL ON DATABASE "${name}" FROM PUBLIC`);
    await ask(`GRANT CONNECT ON DATABASE "${name}" TO "${roles.application}"`);
    if (part) await ask(`GRANT CONNECT ON DATABASE "${name}" TO "${part}"`);
  });
  return {
    name,
    applicationUrl: address(adminUrl, name, (url) => {
      url.username = roles.application;
    }),
    partUrl: part
      ? address(adminUrl, name, (url) => {
          url.username = part;
        })
      : null,
    ownerUrl: address(adminUrl, name, (url) => url.searchParams.set("options", `-c role=${roles.owner}`)),
    adminUrl: address(adminUrl, name, () => {}),
    drop: async () => {
      await query(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
}

/** Marked as a template when it is complete, so that one of a failed seed is made again. */
async function makeTemplate(adminUrl: string, template: DatabaseTemplate): Promise<void> {
  const { name, migrationsDirectory, part, seed } = template;
  await query(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  const { ownerUrl } = await provisionDatabase({
    adminUrl,
    database: name,
    migrationsDirectory,
    ...(part ? { part } : {}),
  });
  await seed?.(ownerUrl);
  await query(adminUrl, `ALTER DATABASE "${name}" IS_TEMPLATE true`);
}

function address(adminUrl: string, database: string, change: (url: URL) => void): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  change(url);
  return url.href;
}
