import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../shared/postgres/embedded-postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's URL of the server that all integration tests of a run share. */
    postgresAdminUrl: string;
  }
}

/** Starts one real Postgres for the run, without fsync; the returned function stops and deletes it. */
export default async function startSharedPostgres(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "dpg-test-postgres-"));
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
  project.provide("postgresAdminUrl", server.adminUrl);
  return async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}
