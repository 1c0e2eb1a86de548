import { createHash, randomBytes } from "node:crypto";
import { ClientError } from "../../shared/errors.ts";
import type { RegistryStore } from "./store-postgres.ts";

/** The domain whose tokens are the governance team's: they approve, roll back and give out tokens. */
export const GOVERNANCE_DOMAIN = "governance";

/** The domain whose tokens gateways report usage with; it has no subgraphs. */
const GATEWAY_DOMAIN = "gateway";

/** The domain whose tokens read the metrics of quality and nothing else: what Prometheus asks with; it has no subgraphs. */
export const METRICS_DOMAIN = "metrics-reader";

/** Who acts on the registry. */
export interface Actor {
  /** The token's id, or the name of a process. */
  readonly id: string;
  readonly domain: string;
}

export interface DeployToken {
  readonly id: string;
  readonly domain: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

/** True for the governance team. */
export function isGovernance({ domain }: Actor): boolean {
  return domain === GOVERNANCE_DOMAIN;
}

/** True for gateways. */
export function isGateway({ domain }: Actor): boolean {
  return domain === GATEWAY_DOMAIN;
}

/** True for those who may read metrics and nothing else. */
export function isMetricsReader({ domain }: Actor): boolean {
  return domain === METRICS_DOMAIN;
}

/** Deploy tokens: 256 random bits, shown once, stored as SHA-256, for one domain, until they expire or are revoked. */
export class DeployTokens {
  readonly #store: RegistryStore;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** Makes a token that holds for `seconds`; its text is stored nowhere. */
  async create(domain: string, seconds: number, by: string): Promise<{ token: string; id: string }> {
    if (!/^[a-z][a-z0-9_-]*$/.test(domain))
      throw new ClientError("USAGE", `${domain} is no domain name: lower-case letters, digits, - and _.`);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
      throw new ClientError("USAGE", "A deploy token holds from one second to one year.");
    const id = `${domain}/${randomBytes(6).toString("hex")}`;
    const token = `dpgd_${randomBytes(32).toString("base64url")}`;
    await this.#store.pool.query(
      `INSERT INTO deploy_token (id, hash, domain, created_by, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')`,
      [id, hashOf(token), domain, by, seconds],
    );
    await this.#store.recordAct({ actor: by, verb: "create token", subject: id, outcome: "done" });
    return { token, id };
  }

  /**
   * Who acts with a token; what asks with this is closed to those who only read metrics.
   *
   * @throws ClientError DEPLOY_TOKEN_INVALID that does not say which of the reasons it is, METRICS_ONLY
   */
  async verify(token: string): Promise<Actor> {
    const actor = await this.verifyAny(token);
    if (isMetricsReader(actor))
      throw new ClientError("METRICS_ONLY", "This deploy token reads metrics, and nothing else.");
    return actor;
  }

  /**
   * {@link verify} for what those may do too who only read metrics.
   *
   * @param seconds for which it must hold from now on
   * @throws ClientError DEPLOY_TOKEN_INVALID
   */
  async verifyAny(token: string, seconds = 0): Promise<Actor> {
    const { rows } = await this.#store.pool.query<Actor>(
      `SELECT id, domain FROM deploy_token
       WHERE hash = $1 AND revoked_at IS NULL AND expires_at > now() + $2 * interval '1 second'`,
      [hashOf(token), seconds],
    );
    if (rows[0]) return rows[0];
    throw new ClientError("DEPLOY_TOKEN_INVALID", "The deploy token is not valid.");
  }

  async list(): Promise<readonly DeployToken[]> {
    const { rows } = await this.#store.pool.query<DeployToken>(
      `SELECT id, domain, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
         revoked_at AS "revokedAt" FROM deploy_token ORDER BY created_at DESC, id`,
    );
    return rows;
  }

  /** Ends a token now; false where there is none of that id that still holds. */
  async revoke(id: string, by: string): Promise<boolean> {
    const { rowCount } = await this.#store.pool.query(
      "UPDATE deploy_token SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
      [id],
    );
    const outcome = rowCount === 1 ? "done" : "not found";
    await this.#store.recordAct({ actor: by, verb: "revoke token", subject: id, outcome });
    return rowCount === 1;
  }

  /** Ends all tokens of one maker that still hold. */
  async revokeAllBy(maker: string): Promise<void> {
    const { rows } = await this.#store.pool.query<{ readonly id: string }>(
      "SELECT id FROM deploy_token WHERE created_by = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY id",
      [maker],
    );
    for (const { id } of rows) await this.revoke(id, maker);
  }
}

const MAX_SECONDS = 366 * 24 * 3600;

function hashOf(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}
