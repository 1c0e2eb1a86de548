import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { ClientError } from "../shared/errors.ts";
import { subgraphDefaults, subgraphSettings } from "./subgraph-settings.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|.*\.localhost)$/;

/** `http:` is for loopback addresses everywhere, for others only outside production (governance.md §6). */
export function isAllowedAddress(text: string, production: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && (!production || LOOPBACK.test(url.hostname));
}

const address = (production: boolean) =>
  z.string().refine((text) => isAllowedAddress(text, production), {
    message: `expected an https: address${production ? " (http: only for loopback in production)" : " or an http: one"}`,
  });

const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

/** As https://specs.apollo.dev/tag/v0.3 allows it. */
const TAG = z.string().regex(/^[_A-Za-z][_A-Za-z0-9/-]{0,127}$/, "expected a tag's name");

/** Requests, and cost as estimated, of one window. */
const budget = () =>
  z
    .strictObject({
      requests: z.int().positive().max(1e9).nullable().default(null),
      cost: z.int().positive().max(1e9).nullable().default(null),
    })
    .prefault({});

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
    auth: z
      .strictObject({
        issuers: z
          .array(
            z.strictObject({
              issuer: z.string().min(1),
              jwksUrl: address(production),
              audience: z.string().min(1),
              algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256", "ES256", "EdDSA"]),
            }),
          )
          .refine((items) => new Set(items.map((item) => item.issuer)).size === items.length, {
            message: "an issuer may be listed once only",
          })
          .default([]),
        scopesClaim: z.string().min(1).default("scope"),
        purposeClaim: z.string().min(1).default("purpose"),
        /** Seconds by which the clocks of issuer and gateway may differ. */
        clockToleranceSeconds: z.int().min(0).max(300).default(5),
      })
      .prefault({}),
    authorization: z
      .strictObject({
        mode: z.enum(["filter", "reject"]).default("filter"),
        errors: z.enum(["response", "extensions", "off"]).default("response"),
        /** What is judged and logged, but not enforced: all refusals, or directives and coordinates by name. */
        dryRun: z
          .union([
            z.boolean(),
            z.array(
              z.string().regex(/^@?[A-Za-z]\w*(\.\w+(\(\w+:\))?)?$/, "expected a directive or a coordinate"),
            ),
          ])
          .default(false),
        /** Name the scopes and policies that would be enough in each error. */
        missing: z.boolean().default(true),
      })
      .prefault({}),
    /** Where deliveries of audited fields are recorded: a database, else a folder, else nowhere. */
    audit: z
      .strictObject({
        databaseUrl: z.string().min(1).nullable().default(null),
        directory: z.string().min(1).nullable().default(null),
        /** How long a response waits for its record before it is held back. */
        timeoutMs: z.int().positive().default(1000),
      })
      .prefault({}),
    /** Cedar policies, one file each; without a folder every policy that a schema names refuses. */
    policies: z
      .strictObject({
        directory: z.string().min(1).nullable().default(null),
        /** For all policies of one request together. */
        timeoutMs: z.int().positive().default(200),
      })
      .prefault({}),
    governance: z
      .strictObject({
        /** Hold values to the `@format` of their fields and inputs. */
        checkFormats: z.boolean().default(false),
        /** Who may have operations explained: every caller its own, the governance team only, or nobody. */
        explain: z.enum(["callers", "stewards", "off"]).default("callers"),
      })
      .prefault({}),
    masking: z.strictObject({ hmacKey: z.string().min(16).nullable().default(null) }).prefault({}),
    /** Signs who calls to subgraphs; every replica needs the same key. Without one, each start makes its own. */
    identity: z.strictObject({ privateKey: z.string().nullable().default(null) }).prefault({}),
    limits: z
      .strictObject({
        bodyBytes: z.int().positive().default(1_000_000),
        tokens: z.int().positive().default(15_000),
        depth: z.int().positive().default(50),
        aliases: z.int().positive().default(100),
        cost: z.int().positive().default(100_000),
        planMs: z.int().positive().default(1000),
        /** For all subgraph calls of one request together, in milliseconds. */
        requestMs: z.int().positive().default(10_000),
        /** Fields an operation may select once its fragments are expanded. */
        selections: z.int().positive().default(20_000),
        /** Fields of the root type; each may start a call. */
        rootFields: z.int().positive().default(100),
        /** Fields that stand twice in one selection set. */
        duplicates: z.int().positive().default(100),
        directives: z.int().positive().default(100),
        /** Operations and fragments of one document. */
        definitions: z.int().positive().default(500),
        /** Objects that subgraphs may be asked for by key, as estimated. */
        entityFanOut: z.int().positive().default(50_000),
        /** Items that a list is taken to have where neither schema nor arguments say. */
        listSize: z.int().positive().default(10),
        /** Who is told the cost of an operation: whoever asks by the header `x-report-cost`, all, or nobody. */
        reportCost: z.enum(["asked", "always", "off"]).default("asked"),
        /** Operations of one request; 0 where batches are not served. */
        batch: z.int().min(0).max(100).default(0),
        /** Bytes of operation texts whose plans are remembered. */
        operationCacheBytes: z.int().positive().default(10_000_000),
      })
      .prefault({}),
    /** What clients may take of time and connections. */
    http: z
      .strictObject({
        headersTimeoutMs: z.int().positive().default(5000),
        requestTimeoutMs: z.int().positive().default(9000),
        keepAliveTimeoutMs: z.int().positive().default(65_000),
        writeTimeoutMs: z.int().positive().default(10_000),
        /** Bytes of answers that clients have not taken yet. */
        maxUnsentBytes: z.int().positive().default(200_000_000),
        maxConnections: z.int().positive().default(10_000),
      })
      .prefault({}),
    /** Beyond these, requests are refused at once. */
    overload: z
      .strictObject({
        inFlight: z.int().positive().default(1000),
        loopDelayMs: z.int().positive().default(100),
        heapPercent: z.int().min(1).max(100).default(92),
      })
      .prefault({}),
    /** Between a signal and the end: not ready, then in-flight requests are answered. */
    shutdown: z
      .strictObject({
        /** How long requests are still taken, so that load balancers notice. */
        delayMs: z
          .int()
          .min(0)
          .default(production ? 3000 : 0),
        graceMs: z.int().positive().default(8000),
      })
      .prefault({}),
    /** Which operations are answered: all, or those that applications have published. */
    operations: z
      .strictObject({
        /** log: answer what is not published, and tell of it; enforce: refuse it. */
        mode: z.enum(["off", "log", "enforce"]).default("off"),
        /** The operations of each application, instead of a registry's. */
        file: z.string().min(1).nullable().default(null),
      })
      .prefault({}),
    /** What each caller and application may use in a window; null: as much as it likes. */
    rateLimits: z
      .strictObject({
        store: z.enum(["memory", "postgres"]).default("memory"),
        databaseUrl: z.string().min(1).nullable().default(null),
        /** While the store does not answer: each gateway counts for itself, or refuses. */
        whenDown: z.enum(["local", "refuse"]).default("local"),
        windowSeconds: z.int().min(1).max(86_400).default(60),
        identity: budget(),
        client: budget(),
      })
      .prefault({}),
    subgraphDefaults,
    subgraphs: z.record(z.string().min(1), subgraphSettings(address(production))).default({}),
    log: z
      .strictObject({
        level: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
        /** A line per GraphQL request: so many per second at most without errors, and so many with. */
        access: z
          .strictObject({
            level: z.enum(["off", "debug", "info"]).default("info"),
            ordinaryPerSecond: z.int().min(0).default(20),
            failedPerSecond: z.int().min(0).default(200),
          })
          .prefault({}),
      })
      .prefault({}),
    telemetry: z
      .strictObject({
        /** Where a collector takes OTLP over HTTP, and for which share of the requests. */
        traces: z
          .strictObject({
            otlpUrl: address(production).nullable().default(null),
            sample: z.number().min(0).max(1).default(0.1),
          })
          .prefault({}),
      })
      .prefault({}),
    errors: z
      .strictObject({
        /** Whose own words reach clients: all errors of subgraphs, or those with one of these codes. */
        subgraphTexts: z
          .union([
            z.literal("all"),
            z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "expected an error's code")),
          ])
          .default(production ? ["BAD_USER_INPUT", "IDEMPOTENCY_CONFLICT"] : "all"),
      })
      .prefault({}),
    /** How data products are, as the registry that is followed knows: told on request, and where data is stale. */
    products: z
      .strictObject({
        watch: z.boolean().default(true),
        intervalMs: z.int().min(100).default(10_000),
      })
      .prefault({}),
    /** What is counted of the operations that applications send, for a registry. */
    usage: z
      .strictObject({
        record: z.boolean().default(true),
        intervalMs: z.int().min(100).default(10_000),
      })
      .prefault({}),
    /** Parts of the API, chosen by `@tag`, each at `/graphql/<name>` with its own introspection. */
    contracts: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]*$/, "expected lower-case letters, digits and -"),
        z
          .strictObject({
            /** Where not empty, only types and fields with one of these tags are shown. */
            include: z.array(TAG).default([]),
            /** What has one of these tags is hidden. */
            exclude: z.array(TAG).default([]),
          })
          .refine(({ include, exclude }) => include.length + exclude.length > 0, {
            message: "a contract names at least one tag to include or exclude",
          }),
      )
      .default({}),
    introspection: z.boolean().default(true),
    graphiql: z.boolean().default(!production),
    /** The page at `/`; it holds no data and no token of its own. */
    console: z.boolean().default(true),
    /** From NODE_ENV, not a key of its own: nothing in a file may loosen it. */
    production: z.literal(production).default(production),
  });

/** The gateway's settings, as gateway.yaml and `DPG_…` variables give them. */
export type Config = z.infer<ReturnType<typeof schema>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads gateway.yaml and the environment; the environment wins. Every key has a variable: `limits.bodyBytes`
 * is `DPG_LIMITS_BODY_BYTES`; lists and maps are JSON there. `${NAME}` in the file stands for a variable.
 *
 * @param file path of gateway.yaml, or null for the defaults
 * @throws ClientError CONFIG_INVALID that names every wrong key, never a secret's value
 */
export function readConfig(file: string | null, env: Environment): Config {
  const production = env.NODE_ENV === "production";
  const written = file === null ? {} : readFile(file, env);
  const parsed = schema(production).safeParse(withEnvironment(written, env));
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "(top level)"}: ${issue.message}`,
  );
  throw new ClientError("CONFIG_INVALID", `The configuration is not valid:\n${reasons.join("\n")}`);
}

function readFile(file: string, env: Environment): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new ClientError("FILE_UNREADABLE", `The configuration ${file} cannot be read.`);
  }
  const value: unknown = parseYamlText(text, file);
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw new ClientError("CONFIG_INVALID", `${file} must be a map of keys.`);
  refuseWrittenSecret(value, file);
  return interpolate(value, env);
}

function parseYamlText(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ClientError(
      "CONFIG_INVALID",
      `${file} is not YAML: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

/** Secrets come from the environment only (interfaces.md). */
function refuseWrittenSecret(value: Record<string, unknown>, file: string): void {
  for (const [section, key] of SECRETS) {
    const group = value[section];
    const text = isRecord(group) ? group[key] : undefined;
    if (typeof text === "string" && !VARIABLE_ONLY.test(text))
      throw new ClientError(
        "CONFIG_INVALID",
        `${section}.${key} in ${file} is a secret: write \${NAME} there and set the variable NAME.`,
      );
  }
}

const SECRETS = [
  ["masking", "hmacKey"],
  ["identity", "privateKey"],
  ["audit", "databaseUrl"],
  ["rateLimits", "databaseUrl"],
] as const;
const VARIABLE_ONLY = /^\$\{\w+\}$/;

function interpolate(value: Record<string, unknown>, env: Environment): Record<string, unknown> {
  const replace = (item: unknown): unknown => {
    if (typeof item === "string") {
      const filled = item.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? "");
      return VARIABLE_ONLY.test(item) && filled === "" ? null : filled;
    }
    if (Array.isArray(item)) return item.map(replace);
    return isRecord(item) ? interpolate(item, env) : item;
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
}

const PREFIX = "DPG_";
/** Variables of other parts that share the prefix. */
const OTHER_VARIABLES = new Set([
  "DPG_DATA_DIR",
  "DPG_MASK_KEY",
  "DPG_REGISTRY_URL",
  "DPG_TOKEN",
  "DPG_GATEWAY_JWKS_URL",
  "DPG_GATEWAY_URL",
]);

function withEnvironment(written: Record<string, unknown>, env: Environment): Record<string, unknown> {
  const paths = knownPaths();
  let merged = written;
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || !name.startsWith(PREFIX) || OTHER_VARIABLES.has(name)) continue;
    const path = paths.get(name);
    if (!path) throw new ClientError("CONFIG_INVALID", `${name} is no setting of the gateway.`);
    merged = setPath(merged, path, parseVariable(text));
  }
  return merged;
}

function parseVariable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setPath(
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return target;
  const inner = target[key];
  return { ...target, [key]: rest.length === 0 ? value : setPath(isRecord(inner) ? inner : {}, rest, value) };
}

/** `DPG_LIMITS_BODY_BYTES` → `["limits", "bodyBytes"]`, for every key of the schema. */
function knownPaths(): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  const walk = (value: Record<string, unknown>, path: readonly string[]): void => {
    for (const [key, item] of Object.entries(value)) {
      const inner = [...path, key];
      paths.set(PREFIX + inner.map((part) => part.replace(/[A-Z]/g, "_$&").toUpperCase()).join("_"), inner);
      if (isRecord(item)) walk(item, inner);
    }
  };
  walk(schema(false).parse({}), []);
  return paths;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
