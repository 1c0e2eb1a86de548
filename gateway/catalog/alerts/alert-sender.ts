import { createHmac } from "node:crypto";
import type pg from "pg";
import { Agent, request } from "undici";
import type { Logger } from "../../../shared/log.ts";
import { createGuardedLookup, refuseRoutingUrl } from "../../../shared/routing-address.ts";
import { type AlertEvent, alertPayload } from "./alert-payload.ts";
import type { Alert } from "./alert-store.ts";

export interface SenderOptions {
  readonly pool: pg.Pool;
  readonly production: boolean;
  /** Milliseconds between two looks for what is due. */
  readonly intervalMs: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly backoffMs: number;
  readonly log: Pick<Logger, "warn">;
}

interface Due {
  readonly id: string;
  readonly event: AlertEvent;
  readonly attempts: number;
  readonly url: string;
  readonly format: "json" | "slack";
  readonly secret: string;
  readonly alert: Alert;
}

/** Milliseconds for one attempt. */
const DEADLINE = 5000;
const MAX_ATTEMPTS = 12;
const MAX_BACKOFF = 3_600_000;
/** Deliveries sent at once. */
const BATCH = 20;

/**
 * Sends what is due to webhooks, until each took it: signed, with a pause that doubles, given up after twelve attempts.
 * Any number of processes may send at once; a delivery that one of them took and lost is tried again. A receiver may
 * get one twice, where its answer was lost: `x-dpg-delivery` is the same then.
 */
export class AlertSender {
  readonly #options: SenderOptions;
  readonly #agent: Agent;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    // Asked at every connection: a name may point inward by now (hardening.md 61). Redirects are not followed.
    this.#agent = new Agent({
      connect: { lookup: createGuardedLookup(options.production), timeout: DEADLINE },
    });
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
    await this.#agent.close();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#sendDue()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, "alerts could not be sent"))
        .then(() => this.#schedule());
    }, this.#options.intervalMs).unref();
  }

  async #sendDue(): Promise<void> {
    const { rows } = await this.#options.pool.query<Due>(TAKE, [BATCH, MAX_ATTEMPTS, 4 * DEADLINE]);
    await Promise.all(rows.map((due) => this.#send(due)));
  }

  async #send(due: Due): Promise<void> {
    const failure = await this.#attempt(due);
    const { pool, backoffMs, log } = this.#options;
    if (failure === null) {
      await pool.query("UPDATE alert_delivery SET delivered_at = now(), failure = NULL WHERE id = $1", [
        due.id,
      ]);
      return;
    }
    const pause = Math.min(MAX_BACKOFF, backoffMs * 2 ** (due.attempts - 1));
    await pool.query(
      "UPDATE alert_delivery SET failure = $2, next_at = now() + $3 * interval '1 millisecond' WHERE id = $1",
      [due.id, failure, pause],
    );
    if (due.attempts >= MAX_ATTEMPTS) log.warn({ delivery: due.id, failure }, "an alert was given up");
  }

  /** Why it failed, or null. */
  async #attempt({ id, event, url, format, secret, alert }: Due): Promise<string | null> {
    const refusal = refuseRoutingUrl(url, this.#options.production);
    if (refusal) return `the address is refused: ${refusal}`;
    const body = alertPayload(format, event, alert);
    const seconds = Math.floor(Date.now() / 1000);
    try {
      const { statusCode, body: answer } = await request(url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: {
          "content-type": "application/json",
          "user-agent": "data-product-gateway",
          "x-dpg-delivery": id,
          "x-dpg-signature": `t=${seconds},v1=${signAlert(secret, seconds, body)}`,
        },
        body,
        signal: AbortSignal.timeout(DEADLINE),
      });
      await answer.dump({ limit: 10_000 });
      return statusCode >= 200 && statusCode < 300 ? null : `status ${statusCode}`;
    } catch (error) {
      return error instanceof Error ? error.message.slice(0, 500) : "no answer";
    }
  }
}

/**
 * What a receiver computes for itself: lower-case hex of HMAC-SHA256 over `<seconds>.<body>` with its secret. A receiver
 * also refuses what was signed long ago.
 *
 * @param seconds since the epoch, as in the header
 */
export function signAlert(secret: string, seconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`, "utf8").digest("hex");
}

/** Takes what is due for a while; the end of an alert waits until its beginning was told, or given up. */
const TAKE = `UPDATE alert_delivery d SET attempts = d.attempts + 1, next_at = now() + $3 * interval '1 millisecond'
  FROM alert a, alert_webhook w
  WHERE d.alert = a.id AND d.webhook = w.id AND d.id IN (
    SELECT id FROM alert_delivery x WHERE delivered_at IS NULL AND next_at <= now() AND attempts < $2
      AND NOT EXISTS (SELECT FROM alert_delivery y WHERE y.alert = x.alert AND y.webhook = x.webhook
        AND y.delivered_at IS NULL AND y.attempts < $2
        AND (y.event = 'opened' AND x.event <> 'opened' OR y.event = 'escalated' AND x.event = 'resolved'))
    ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING d.id, d.event, d.attempts, w.url, w.format, w.secret, json_build_object('id', a.id::text, 'product', a.product,
    'domain', a.domain, 'kind', a.kind, 'rule', a.rule, 'severity', a.severity, 'summary', a.summary,
    'openedAt', a.opened_at, 'resolvedAt', a.resolved_at, 'acknowledgedBy', a.acknowledged_by,
    'isSilenced', false) AS alert`;
