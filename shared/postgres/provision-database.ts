import type { Client } from "pg";
import { ClientError } from "../errors.ts";
import { isDatabaseError, withConnection } from "./connect.ts";
import { createRoles, createServiceRole, setPassword } from "./create-roles.ts";
import { type DatabaseNames, nameDatabase } from "./database-names.ts";
import { derivePassword, readDatabaseUrl, withDatabase, withUser } from "./database-url.ts";
import { grantPart, type PartRole } from "./part-role.ts";
import { prepareSchemas } from "./prepare-schemas.ts";
import { prepareQualityRole } from "./quality-role.ts";
import { runMigrations } from "./run-migrations.ts";

interface ProvisionRequest {
  /** Connects as somebody who may create roles and databases. */
  readonly adminUrl: string;
  /** Name of the database, `[a-z][a-z0-9_]*`; the roles are `<database>_owner` and `<database>_app`. */
  readonly database: string;
  /** Folder of `NNNN_name.sql` files. */
  readonly migrationsDirectory: string;
  /** Of the application's role; by default derived from the administrator's password, if that has one. */
  readonly applicationPassword?: string;
  /** Makes the role for checks of quality as well. */
  readonly quality?: boolean;
  /** A service that needs less than the application gets a role of its own. */
  readonly part?: PartRole;
  /** Told what was migrated. */
  readonly log?: (message: string) => void;
}

interface ProvisionedDatabase {
  /** Connects as the application's role, which reads and writes rows as far as policies let it. */
  readonly applicationUrl: string;
  /** Connects as the administrator acting as the owner of the tables: for seeds, not for a service. */
  readonly ownerUrl: string;
  /** Connects as the role for checks of quality; null where none was asked for. */
  readonly qualityUrl: string | null;
  /** Connects as the role of the part; null where none was asked for. */
  readonly partUrl: string | null;
  /** How many migrations ran. */
  readonly migrated: number;
}

/** Roles belong to the whole server: one process at a time changes them. The number is arbitrary. */
const PROVISION_LOCK = 4_713_020_260;
/** Each holder needs a fraction of a second. */
const LOCK_TIMEOUT = "60s";

/**
 * Makes a domain's database ready: owner and application roles, database, rights, the functions of row-level
 * security, migrations. Repeating it changes nothing; several processes may do it at once.
 *
 * @throws ClientError POSTGRES_UNAVAILABLE, DATABASE_RIGHTS_MISSING, DATABASE_ROLE_UNSAFE, MIGRATION_FAILED, MIGRATIONS_DIFFER or
 *   CONFIG_INVALID (name)
 */
export async function provisionDatabase(request: ProvisionRequest): Promise<ProvisionedDatabase> {
  const { adminUrl, migrationsDirectory, log = () => {} } = request;
  const names = nameDatabase(request.database);
  const admin = readDatabaseUrl(adminUrl);
  const password = request.applicationPassword ?? derivePassword(admin, names.application);
  const applicationUrl = withUser(admin, names.database, names.application, password);
  const ownerUrl = withDatabase(admin, names.database, names.owner);
  await alone(adminUrl, async (client) => {
    await createRoles(client, names, password);
    await withConnection(withDatabase(admin, names.database), (inside) => prepareSchemas(inside, names));
    await checkServiceRole(client, names.application);
    if (password !== undefined) await ensurePassword(client, names.application, applicationUrl, password);
  });
  const migrated = await runMigrations({ ownerUrl, directory: migrationsDirectory, log });
  const qualityUrl = request.quality ? await provisionQuality(adminUrl, names) : null;
  const partUrl = request.part ? await provisionPart(adminUrl, names, request.part) : null;
  return { applicationUrl, ownerUrl, qualityUrl, partUrl, migrated };
}

async function provisionQuality(adminUrl: string, names: DatabaseNames): Promise<string> {
  const admin = readDatabaseUrl(adminUrl);
  const password = derivePassword(admin, names.quality);
  await alone(withDatabase(admin, names.database), (inside) => prepareQualityRole(inside, names, password));
  return withUser(admin, names.database, names.quality, password);
}

async function provisionPart(adminUrl: string, names: DatabaseNames, part: PartRole): Promise<string> {
  const admin = readDatabaseUrl(adminUrl);
  const role = `${names.database}_${part.name}`;
  const password = part.password ?? derivePassword(admin, role);
  const partUrl = withUser(admin, names.database, role, password);
  await alone(withDatabase(admin, names.database), async (inside) => {
    await createServiceRole(inside, role, password);
    await checkServiceRole(inside, role);
    await grantPart(inside, names, role, part);
    if (password !== undefined) await ensurePassword(inside, role, partUrl, password);
  });
  return partUrl;
}

/** Works on a connection of its own while no other process does. */
async function alone(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  await withConnection(url, (client) =>
    explaining(readDatabaseUrl(url).user, async () => {
      await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
      // Released when the connection ends.
      await client.query("SELECT pg_advisory_lock($1)", [PROVISION_LOCK]);
      await work(client);
    }),
  );
}

/** Its rights bind a role only while it is, and may become, nothing more than itself. */
async function checkServiceRole(client: Client, role: string): Promise<void> {
  const { rows } = await client.query<{ memberships: string | null; owns: boolean }>(
    `SELECT
       (SELECT string_agg(quote_ident(pg_get_userbyid(roleid)), ', ') FROM pg_auth_members WHERE member = r.oid)
         AS memberships,
       EXISTS (SELECT FROM pg_shdepend
         WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o') AS owns
     FROM pg_roles r WHERE rolname = $1`,
    [role],
  );
  const { memberships = null, owns = false } = rows[0] ?? {};
  if (memberships !== null) {
    throw new ClientError("DATABASE_ROLE_UNSAFE", `The role "${role}" is a member of ${memberships}.`);
  }
  if (owns) {
    throw new ClientError("DATABASE_ROLE_UNSAFE", `The role "${role}" owns objects in a database.`);
  }
}

/** Whether a stored password is the wanted one shows only when it is used. */
async function ensurePassword(
  client: Client,
  role: string,
  roleUrl: string,
  password: string,
): Promise<void> {
  const tryIt = () => withConnection(roleUrl, async () => {});
  try {
    await tryIt();
  } catch {
    await setPassword(client, role, password);
    await tryIt();
  }
}

/** Says in our words what the server refused; `user` is whom the work is done as. */
async function explaining(user: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const lost = error instanceof Error && error.message.startsWith("Connection terminated");
    if (!lost && !isDatabaseError(error)) throw error;
    throw isDatabaseError(error, "42501")
      ? new ClientError(
          "DATABASE_RIGHTS_MISSING",
          `The database user "${user}" may not prepare the database: ${error.message}.`,
        )
      : new ClientError("POSTGRES_UNAVAILABLE", `The database could not be prepared: ${error.message}.`);
  }
}
