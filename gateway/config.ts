import { z } from "zod";
import { ClientError } from "../shared/errors.ts";
import { address } from "./config/allowed-address.ts";
import { auth } from "./config/auth-settings.ts";
import { type Environment, withEnvironment } from "./config/environment.ts";
import { errors } from "./config/error-settings.ts";
import {
  audit,
  authorization,
  contracts,
  governance,
  identity,
  masking,
  policies,
} from "./config/governance-settings.ts";
import { limits, operations, rateLimits } from "./config/limit-settings.ts";
import { readSettingsFile } from "./config/read-settings-file.ts";
import { subgraphDefaults, subgraphSettings } from "./config/subgraph-settings.ts";
import { log, metrics, products, telemetry, usage } from "./config/telemetry-settings.ts";
import { http, overload, shutdown } from "./config/traffic-settings.ts";

const schema = (production: boolean) =>
  z.strictObject({
    port: z.int().min(0).max(65535).default(4000),
    host: z.string().min(1).default("127.0.0.1"),
    /** Processes that share the port (`dpg serve`). */
    workers: z.int().min(1).max(256).default(1),
    executor: z.enum(["compiled", "apollo"]).default("compiled"),
    sharing: z.enum(["off", "subgraph", "request"]).default("off"),
    /** Serve operations that are already prepared without Apollo Server's pipeline, which is then the slower way in. */
    hotLane: z.boolean().default(true),
    auth: auth(production),
    authorization,
    audit,
    policies,
    governance,
    masking,
    identity,
    limits,
    http,
    overload,
    shutdown: shutdown(production),
    operations,
    rateLimits,
    subgraphDefaults,
    subgraphs: z.record(z.string().min(1), subgraphSettings(address(production))).default({}),
    log,
    metrics,
    telemetry: telemetry(production),
    errors: errors(production),
    products,
    usage,
    contracts,
    introspection: z.boolean().default(true),
    graphiql: z.boolean().default(!production),
    /** The page at `/`; it holds no data and no token of its own. */
    console: z.boolean().default(true),
    /** From NODE_ENV, not a key of its own: nothing in a file may loosen it. */
    production: z.literal(production).default(production),
  });

/** The gateway's settings, as gateway.yaml and `DPG_…` variables give them. */
export type Config = z.infer<ReturnType<typeof schema>>;

/**
 * Reads gateway.yaml and the environment; the environment wins. Every key has a variable: `limits.bodyBytes`
 * is `DPG_LIMITS_BODY_BYTES`; lists and maps are JSON there. `${NAME}` in the file stands for a variable.
 *
 * @param file path of gateway.yaml, or null for the defaults
 * @throws ClientError CONFIG_INVALID that names every wrong key, never a secret's value
 */
export function readConfig(file: string | null, env: Environment): Config {
  const production = env.NODE_ENV === "production";
  const written = file === null ? {} : readSettingsFile(file, env);
  const parsed = schema(production).safeParse(withEnvironment(written, env, schema(false).parse({})));
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "(top level)"}: ${issue.message}`,
  );
  throw new ClientError("CONFIG_INVALID", `The configuration is not valid:\n${reasons.join("\n")}`);
}
