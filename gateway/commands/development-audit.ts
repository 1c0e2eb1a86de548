import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { prepareAudit } from "../audit/prepare-audit.ts";
import type { Environment } from "../config/environment.ts";
import { writeSecret } from "./development-files.ts";

const ACCESS_FILE = "audit.json";

/**
 * The audit of `npm start`: a database beside those of the domains, unless the environment names another place. Its
 * address lies in the data directory, for `dpg audit`.
 *
 * @param adminUrl connects as somebody who may create the database
 * @returns settings of the gateway
 */
export async function openDevelopmentAudit(
  adminUrl: string,
  dataDirectory: string,
  env: Environment,
): Promise<Environment> {
  if (env.DPG_AUDIT_DATABASE_URL || env.DPG_AUDIT_DIRECTORY) return {};
  const databaseUrl = await prepareAudit(adminUrl, "audit");
  writeSecret(dataDirectory, ACCESS_FILE, JSON.stringify({ databaseUrl }));
  return { DPG_AUDIT_DATABASE_URL: databaseUrl };
}

const access = z.object({ databaseUrl: z.string() });

/** Where the audit of a data directory is; null where `npm start` made none. */
export function readDevelopmentAudit(dataDirectory: string): string | null {
  try {
    return access.parse(JSON.parse(readFileSync(join(dataDirectory, ACCESS_FILE), "utf8"))).databaseUrl;
  } catch {
    return null;
  }
}
