import { fileURLToPath } from "node:url";
import { ClientError } from "../errors.ts";
import { provisionDatabase } from "../postgres/provision-database.ts";
import { explainFailure } from "./explain-failure.ts";

/** A subgraph's database. */
export interface DatabaseDefinition {
  /** The folder that holds `migrations/`. */
  readonly directory: URL;
  /** Name of the database; its roles are named after it. */
  readonly database: string;
  /** Loads demonstration data, once; gets the connection of the tables' owner. */
  readonly seed: (ownerUrl: string) => Promise<boolean>;
}

/**
 * The whole `prepare.ts` of a subgraph: creates the database and its roles, migrates, seeds, and prints the
 * connections of the role for checks of quality and, last, of the application's role on standard output. It runs before the service, because the service must not
 * hold the administrator's connection that this takes from DATABASE_ADMIN_URL. APPLICATION_PASSWORD sets the
 * application role's password; without it one is derived from the administrator's. A failure prints code, cause and
 * remedy on standard error and leaves exit code 1.
 */
export async function prepareSubgraph({ directory, database, seed }: DatabaseDefinition): Promise<void> {
  try {
    const adminUrl = process.env.DATABASE_ADMIN_URL;
    if (!adminUrl) throw new ClientError("SUBGRAPH_SETTINGS_INVALID", "DATABASE_ADMIN_URL: required");
    const migrationsDirectory = fileURLToPath(new URL("migrations/", directory));
    const applicationPassword = process.env.APPLICATION_PASSWORD;
    const { applicationUrl, ownerUrl, qualityUrl } = await provisionDatabase({
      adminUrl,
      database,
      migrationsDirectory,
      quality: true,
      ...(applicationPassword ? { applicationPassword } : {}),
    });
    await seed(ownerUrl);
    process.stdout.write(`${qualityUrl}\n${applicationUrl}\n`);
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exitCode = 1;
  }
}
