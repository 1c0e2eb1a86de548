import { type Client, escapeIdentifier } from "pg";
import type { DatabaseNames } from "./database-names.ts";

/** A service that works on some tables of another's database. */
export interface PartRole {
  /** The role is `<database>_<name>`. */
  readonly name: string;
  /** Tables of the schema `public` whose rows it sees. */
  readonly reads: readonly string[];
  /** Tables that are its own: it sees and changes their rows. */
  readonly writes: readonly string[];
  /** By default derived from the administrator's password, if that has one. */
  readonly password?: string;
}

/**
 * Gives the role exactly these rights, after the migrations; repeating it changes nothing, and takes away what is no
 * longer listed. One transaction: whoever is connected as the role never has less on the way.
 *
 * @param admin inside the database
 */
export async function grantPart(
  admin: Client,
  { database, owner }: DatabaseNames,
  role: string,
  { reads, writes }: PartRole,
): Promise<void> {
  const to = escapeIdentifier(role);
  const tables = (names: readonly string[]) =>
    names.map((name) => `public.${escapeIdentifier(name)}`).join(", ");
  await admin.query("BEGIN");
  try {
    await admin.query(`SET LOCAL ROLE ${escapeIdentifier(owner)}`);
    await admin.query(`
      REVOKE ALL ON DATABASE ${escapeIdentifier(database)} FROM ${to};
      REVOKE ALL ON SCHEMA public FROM ${to};
      REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${to};
      GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${to};
      GRANT USAGE ON SCHEMA public TO ${to};
      GRANT SELECT ON ${tables(reads)} TO ${to};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables(writes)} TO ${to};`);
    await admin.query("COMMIT");
  } catch (error) {
    await admin.query("ROLLBACK");
    throw error;
  }
}
