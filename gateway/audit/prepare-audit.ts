import { fileURLToPath } from "node:url";
import { provisionDatabase } from "../../shared/postgres/provision-database.ts";

const MIGRATIONS = fileURLToPath(new URL("./migrations/", import.meta.url));

/**
 * Makes the audit's database where it is missing, with a role that can only append and read; repeating it changes
 * nothing.
 *
 * @param adminUrl connects as somebody who may create roles and databases
 * @param applicationPassword of the role; by default derived from the administrator's
 * @returns the address that gateways and stewards connect to
 * @throws ClientError as `provisionDatabase` does
 */
export async function prepareAudit(
  adminUrl: string,
  database: string,
  applicationPassword?: string,
): Promise<string> {
  const { applicationUrl } = await provisionDatabase({
    adminUrl,
    database,
    migrationsDirectory: MIGRATIONS,
    ...(applicationPassword ? { applicationPassword } : {}),
  });
  return applicationUrl;
}
