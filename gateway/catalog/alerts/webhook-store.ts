import { randomBytes } from "node:crypto";
import type pg from "pg";
import { ClientError } from "../../../shared/errors.ts";
import { refuseRoutingUrl } from "../../../shared/routing-address.ts";

export interface Webhook {
  readonly id: string;
  readonly domain: string;
  readonly url: string;
  readonly format: "json" | "slack";
  readonly createdBy: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface NewWebhook extends Pick<Webhook, "domain" | "url" | "format"> {
  readonly by: string;
}

/** Webhooks of one domain: each alert of each product goes to all of them. */
const MAX_WEBHOOKS = 20;

/** Where alerts are sent, in the registry's tables. */
export class WebhookStore {
  readonly #pool: pg.Pool;
  readonly #production: boolean;

  constructor(pool: pg.Pool, production: boolean) {
    this.#pool = pool;
    this.#production = production;
  }

  /**
   * Adds one; the secret that signs what it gets is told this once.
   *
   * @throws ClientError WEBHOOK_REFUSED for an address that is none of a service (hardening.md 61), or too many
   */
  async add({ domain, url, format, by }: NewWebhook): Promise<{ id: string; secret: string }> {
    const reason = refuseRoutingUrl(url, this.#production);
    if (reason) throw new ClientError("WEBHOOK_REFUSED", `The webhook is refused: ${reason}.`);
    const id = `wh_${randomBytes(6).toString("hex")}`;
    const secret = `dpgw_${randomBytes(32).toString("base64url")}`;
    const { rowCount } = await this.#pool.query(
      `INSERT INTO alert_webhook (id, domain, url, format, secret, created_by) SELECT $1, $2, $3, $4, $5, $6
       WHERE (SELECT count(*) FROM alert_webhook WHERE domain = $2) < $7`,
      [id, domain, url, format, secret, by, MAX_WEBHOOKS],
    );
    if (rowCount === 1) return { id, secret };
    throw new ClientError("WEBHOOK_REFUSED", `The domain ${domain} has ${MAX_WEBHOOKS} webhooks already.`);
  }

  /** @param domain null for all */
  async list(domain: string | null): Promise<readonly Webhook[]> {
    const { rows } = await this.#pool.query<Webhook>(
      `SELECT id, domain, url, format, created_by AS "createdBy", to_json(created_at) #>> '{}' AS "createdAt"
       FROM alert_webhook WHERE $1::text IS NULL OR domain = $1 ORDER BY created_at, id`,
      [domain],
    );
    return rows;
  }

  /** Removes one of the domain's; false where it has none of that id. @param domain null for any */
  async remove(id: string, domain: string | null): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      "DELETE FROM alert_webhook WHERE id = $1 AND ($2::text IS NULL OR domain = $2)",
      [id, domain],
    );
    return rowCount === 1;
  }
}
