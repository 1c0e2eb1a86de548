import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** An empty audit database of its own. */
export function createAuditDatabase(): Promise<TestDatabase> {
  return createTestDatabase(inject("postgresAdminUrl"), {
    name: "audit_empty",
    migrationsDirectory: fileURLToPath(new URL("../../gateway/audit/migrations/", import.meta.url)),
  });
}
