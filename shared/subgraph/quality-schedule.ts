import pg from "pg";
import { z } from "zod";
import { ClientError } from "../errors.ts";
import { parsePeriod } from "../iso-period.ts";
import type { Logger } from "../log.ts";
import type { ProductDescriptor } from "../product-descriptor.ts";
import { isOwnRule } from "../quality-rule.ts";
import { findKeysThrough, type GatewayAccess } from "./find-keys.ts";
import { type CheckResult, checkQuality } from "./quality-checks.ts";

/** With what a domain checks its data, and whom it tells. */
export interface QualitySettings {
  /** Connection of the database's role for checks, which reads all rows and writes none. */
  readonly databaseUrl: string;
  /** Address of the registry's server, without a path, and a deploy token of the domain. */
  readonly registry: { readonly url: string; readonly token: string };
  /** Where references to other domains are looked up. */
  readonly gateway: GatewayAccess;
}

const schema = z.object({
  QUALITY_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "expected postgres://…"),
  DPG_REGISTRY_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:4000"),
  DPG_TOKEN: z.string().min(1, "a deploy token of the domain is needed"),
  DPG_GATEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  QUALITY_GATEWAY_TOKEN: z.string().min(1).optional(),
});

/**
 * The settings from the environment; null without QUALITY_DATABASE_URL, which switches the checks on.
 *
 * @throws ClientError SUBGRAPH_SETTINGS_INVALID that names what is wrong, never its value
 */
export function readQualitySettings(
  env: Readonly<Record<string, string | undefined>>,
): QualitySettings | null {
  if (!env.QUALITY_DATABASE_URL) return null;
  const parsed = schema.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")),
  );
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new ClientError("SUBGRAPH_SETTINGS_INVALID", faults.join("; "));
  }
  const { QUALITY_DATABASE_URL, DPG_REGISTRY_URL, DPG_TOKEN, DPG_GATEWAY_URL, QUALITY_GATEWAY_TOKEN } =
    parsed.data;
  const url = `${(DPG_GATEWAY_URL ?? DPG_REGISTRY_URL).replace(/\/+$/, "")}/graphql`;
  return {
    databaseUrl: QUALITY_DATABASE_URL,
    registry: { url: DPG_REGISTRY_URL.replace(/\/+$/, ""), token: DPG_TOKEN },
    gateway: { url, token: QUALITY_GATEWAY_TOKEN ?? null },
  };
}

export interface ScheduleOptions {
  readonly settings: QualitySettings;
  readonly descriptor: ProductDescriptor;
  readonly log: Pick<Logger, "warn">;
}

/** Milliseconds for one statement of a check. */
const STATEMENT_MS = 30_000;
const HOUR = 3_600_000;
/** Before what failed is tried again: a check, or telling the registry. */
const RETRY_MS = 10_000;
/** How often a check that could not be run is tried before that is told. */
const ATTEMPTS = 3;
const FIRST_MS = 2000;
/** Results kept while the registry cannot be reached; the oldest go. */
const KEPT = 1000;

/** Checks a product's quality, one rule after the other, each as often as it says, and tells the registry. */
export class QualitySchedule {
  readonly #options: ScheduleOptions;
  readonly #pool: pg.Pool;
  readonly #due: Map<string, number>;
  readonly #failures = new Map<string, number>();
  #waiting: CheckResult[] = [];
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({
      connectionString: options.settings.databaseUrl,
      application_name: `dpg-quality-${options.descriptor.domain}`,
      max: 1,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 10_000,
    });
    this.#pool.on("error", () => undefined);
    this.#due = new Map(
      options.descriptor.quality.filter(isOwnRule).map(({ name }) => [name, Date.now() + FIRST_MS]),
    );
    this.#schedule(FIRST_MS);
  }

  /** Lets the check under way end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
    await this.#pool.end();
  }

  #schedule(milliseconds: number): void {
    if (this.#isStopped || this.#due.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#checkDue().then(() => this.#schedule(this.#pause()));
    }, milliseconds).unref();
  }

  #pause(): number {
    const next = Math.max(0, Math.min(...this.#due.values()) - Date.now());
    return this.#waiting.length > 0 ? Math.min(next, RETRY_MS) : next;
  }

  async #checkDue(): Promise<void> {
    const { descriptor, settings } = this.#options;
    const parts = {
      pool: this.#pool,
      descriptor,
      findKeys: findKeysThrough(settings.gateway),
      timeoutMs: STATEMENT_MS,
    };
    for (const rule of descriptor.quality.filter(isOwnRule)) {
      if (this.#isStopped || (this.#due.get(rule.name) ?? 0) > Date.now()) continue;
      const result = await checkQuality(rule, parts);
      const failures = result.outcome === "ERRORED" ? (this.#failures.get(rule.name) ?? 0) + 1 : 0;
      this.#failures.set(rule.name, failures);
      // The gateway, or the database, may just be starting.
      const isLast = failures === 0 || failures >= ATTEMPTS;
      if (isLast) this.#waiting.push(result);
      const every = parsePeriod(rule.every)?.milliseconds ?? HOUR;
      this.#due.set(rule.name, Date.now() + (failures === 0 ? every : Math.min(every, RETRY_MS * failures)));
    }
    await this.#report();
  }

  async #report(): Promise<void> {
    const results = this.#waiting.splice(0);
    if (results.length === 0) return;
    const { url, token } = this.#options.settings.registry;
    try {
      const response = await fetch(`${url}/registry/v1/quality`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ results }),
        redirect: "error",
        signal: AbortSignal.timeout(5000),
      });
      await response.body?.cancel();
      // What will never be taken is not sent again.
      if (response.status >= 500) this.#keep(results);
      else if (!response.ok)
        this.#options.log.warn({ status: response.status }, "the registry refused results of checks");
    } catch {
      this.#keep(results);
    }
  }

  #keep(results: readonly CheckResult[]): void {
    this.#waiting = [...results, ...this.#waiting].slice(-KEPT);
  }
}
