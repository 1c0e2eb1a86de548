import { fileURLToPath } from "node:url";
import { provisionDatabase } from "../../shared/postgres/provision-database.ts";
import { CATALOG_ROLE } from "../catalog/catalog-role.ts";

const MIGRATIONS = fileURLToPath(new URL("../registry/migrations/", import.meta.url));

export interface RegistryDatabaseRequest {
  /** Connects as somebody who may create roles and databases. */
  readonly adminUrl: string;
  /** Of the registry's role and the catalog's; by default derived from the administrator's. */
  readonly applicationPassword?: string | undefined;
  readonly catalogPassword?: string | undefined;
}

/** How the services connect that work on the registry's database. */
export interface RegistryDatabase {
  /** The registry: as its application role. */
  readonly databaseUrl: string;
  /** The catalog: as a role that reads what it tells of, and writes only what it made of that. */
  readonly catalogUrl: string;
}

/**
 * Makes the registry's database ready, migrated, with a role for each of the two services; repeating it changes nothing.
 *
 * @throws ClientError what provisioning refuses
 */
export async function provisionRegistry({
  adminUrl,
  applicationPassword,
  catalogPassword,
}: RegistryDatabaseRequest): Promise<RegistryDatabase> {
  const { applicationUrl, partUrl } = await provisionDatabase({
    adminUrl,
    database: "registry",
    migrationsDirectory: MIGRATIONS,
    ...(applicationPassword ? { applicationPassword } : {}),
    part: { ...CATALOG_ROLE, ...(catalogPassword ? { password: catalogPassword } : {}) },
  });
  return { databaseUrl: applicationUrl, catalogUrl: partUrl ?? "" };
}
