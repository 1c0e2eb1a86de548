import { z } from "zod";
import { ClientError } from "../errors.ts";
import type { LogLevel } from "../log.ts";

/** How a subgraph process runs; everything it takes from its environment. */
export interface SubgraphSettings {
  /** 0 lets the system choose a free one. */
  readonly port: number;
  readonly host: string;
  /** Connection of the application role; null where the subgraph has no database. */
  readonly databaseUrl: string | null;
  /** Secret of cursors, equal on all instances of the subgraph; null derives it from the database's address. */
  readonly cursorKey: string | null;
  /** Where the gateway publishes the keys that sign identity tokens. */
  readonly gatewayJwksUrl: string;
  readonly logLevel: LogLevel;
}

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  HOST: z.string().min(1).default("127.0.0.1"),
  // A socket folder as host makes an address that URL parsers refuse, so only its beginning is checked.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "expected postgres://…")
    .optional(),
  DPG_CURSOR_KEY: z.string().min(16, "expected 16 characters or more").optional(),
  DPG_GATEWAY_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .default("http://localhost:4000/.well-known/jwks.json"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/**
 * The settings of a subgraph from the environment; an empty variable counts as absent. Throws
 * SUBGRAPH_SETTINGS_INVALID naming each variable that is wrong, never its value: it may hold a password.
 */
export function readSubgraphSettings(env: Readonly<Record<string, string | undefined>>): SubgraphSettings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ClientError("SUBGRAPH_SETTINGS_INVALID", faults.join("; "));
  }
  const { PORT, HOST, DATABASE_URL, DPG_CURSOR_KEY, DPG_GATEWAY_JWKS_URL, LOG_LEVEL } = parsed.data;
  return {
    port: PORT,
    host: HOST,
    databaseUrl: DATABASE_URL ?? null,
    cursorKey: DPG_CURSOR_KEY ?? null,
    gatewayJwksUrl: DPG_GATEWAY_JWKS_URL,
    logLevel: LOG_LEVEL,
  };
}
