import { type Client, escapeLiteral } from "pg";
import { ClientError } from "../errors.ts";
import { isDatabaseError } from "./connect.ts";
import type { DatabaseNames } from "./database-names.ts";
import { scramVerifier } from "./scram-verifier.ts";

const POWERLESS = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION";

/** Bounds for what a service asks; a service may set narrower ones for itself. */
const APPLICATION_SETTINGS = {
  statement_timeout: "10s",
  lock_timeout: "3s",
  idle_in_transaction_session_timeout: "30s",
} as const;

/** Creates the two roles and the database where missing, and corrects what differs. */
export async function createRoles(
  admin: Client,
  names: DatabaseNames,
  password: string | undefined,
): Promise<void> {
  await createRole(admin, names.owner, `NOLOGIN ${POWERLESS}`);
  await becomeMember(admin, names.owner);
  await createServiceRole(admin, names.application, password);
  await createDatabase(admin, names);
}

/** Creates a role that a service connects as, where it is missing, and corrects what differs. */
export async function createServiceRole(
  admin: Client,
  role: string,
  password: string | undefined,
): Promise<void> {
  const secret = password === undefined ? "" : ` PASSWORD ${escapeLiteral(scramVerifier(password))}`;
  await createRole(admin, role, `LOGIN ${POWERLESS}`, secret);
  await boundSessions(admin, role);
}

/** Gives the application's role a new password. */
export async function setPassword(admin: Client, role: string, password: string): Promise<void> {
  await admin.query(`ALTER ROLE "${role}" PASSWORD ${escapeLiteral(scramVerifier(password))}`);
}

interface RoleRow {
  readonly powerful: boolean;
  readonly login: boolean;
}

async function createRole(admin: Client, role: string, attributes: string, secret = ""): Promise<void> {
  const { rows } = await admin.query<RoleRow>(
    `SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication AS powerful,
       rolcanlogin AS login
     FROM pg_roles WHERE rolname = $1`,
    [role],
  );
  const [found] = rows;
  if (found === undefined) await admin.query(`CREATE ROLE "${role}" ${attributes}${secret}`);
  else if (found.powerful || found.login !== attributes.startsWith("LOGIN")) {
    await admin.query(`ALTER ROLE "${role}" ${attributes}`);
  }
}

/** An administrator who is no superuser has to be a member of the owner to make things in its name. */
async function becomeMember(admin: Client, owner: string): Promise<void> {
  try {
    await admin.query(`SET ROLE "${owner}"`);
    await admin.query("RESET ROLE");
  } catch (error) {
    if (!isDatabaseError(error, "42501")) throw error;
    await admin.query(`GRANT "${owner}" TO CURRENT_USER`);
  }
}

async function boundSessions(admin: Client, role: string): Promise<void> {
  const { rows } = await admin.query<{ settings: string[] | null }>(
    `SELECT setconfig AS settings FROM pg_db_role_setting
     WHERE setdatabase = 0 AND setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)`,
    [role],
  );
  for (const [name, value] of Object.entries(APPLICATION_SETTINGS)) {
    if (rows[0]?.settings?.includes(`${name}=${value}`)) continue;
    await admin.query(`ALTER ROLE "${role}" SET ${name} = '${value}'`);
  }
}

/** Sorted by bytes on every server, so that a page of a list begins and ends at the same row everywhere. */
async function createDatabase(admin: Client, { database, owner }: DatabaseNames): Promise<void> {
  const { rows } = await admin.query<{ owner: string }>(
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1",
    [database],
  );
  const [found] = rows;
  if (found === undefined) {
    await admin.query(
      `CREATE DATABASE "${database}" OWNER "${owner}" TEMPLATE template0
       ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
  } else if (found.owner !== owner) {
    throw new ClientError(
      "DATABASE_RIGHTS_MISSING",
      `The database "${database}" exists and belongs to "${found.owner}" instead of "${owner}". If it is meant for this domain: ALTER DATABASE "${database}" OWNER TO "${owner}".`,
    );
  }
}
