import { z } from "zod";
import { ClientError } from "../../../shared/errors.ts";
import type { Logger } from "../../../shared/log.ts";
import { refuseRoutingUrl } from "../../../shared/routing-address.ts";
import { Rounds } from "../rounds.ts";
import type { EmittedEvent } from "./export-lineage.ts";

/** Where events are pushed to; the variables are those of OpenLineage's own clients. */
export interface PushTarget {
  readonly url: string;
  readonly apiKey: string | null;
}

const settings = z.object({
  OPENLINEAGE_URL: z.string().min(1),
  OPENLINEAGE_ENDPOINT: z.string().default("api/v1/lineage"),
  OPENLINEAGE_API_KEY: z.string().min(1).optional(),
});

/**
 * The target that OPENLINEAGE_URL, OPENLINEAGE_ENDPOINT and OPENLINEAGE_API_KEY name; null without the first.
 *
 * @throws ClientError CONFIG_INVALID for an address that nothing may be sent to
 */
export function readPushTarget(
  env: Readonly<Record<string, string | undefined>>,
  production: boolean,
): PushTarget | null {
  const read = settings.safeParse(Object.fromEntries(Object.entries(env).filter(([, text]) => text !== "")));
  if (!read.success) return null;
  const { OPENLINEAGE_URL, OPENLINEAGE_ENDPOINT, OPENLINEAGE_API_KEY = null } = read.data;
  const reason = refuseRoutingUrl(OPENLINEAGE_URL, production);
  if (reason) throw new ClientError("CONFIG_INVALID", `OPENLINEAGE_URL is refused: ${reason}.`);
  const url = `${OPENLINEAGE_URL.replace(/\/+$/, "")}/${OPENLINEAGE_ENDPOINT.replace(/^\/+/, "")}`;
  return { url, apiKey: OPENLINEAGE_API_KEY };
}

export interface PusherOptions {
  readonly target: PushTarget;
  readonly intervalMs: number;
  readonly collect: () => Promise<readonly EmittedEvent[]>;
  readonly log: Pick<Logger, "warn">;
}

const DEADLINE = 5000;

/** Sends the mesh's events again and again, as backends of OpenLineage expect it; what fails is tried in the next round. */
export class LineagePusher {
  readonly #options: PusherOptions;
  readonly #rounds: Rounds;

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#rounds = new Rounds({
      intervalMs: options.intervalMs,
      run: () => this.#push(),
      onError: (error) => options.log.warn({ err: error }, "lineage could not be pushed"),
    });
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  /** One event a request: not every backend takes lists. */
  async #push(): Promise<void> {
    const { target, collect } = this.#options;
    for (const event of await collect()) {
      if (this.#rounds.isStopped) return;
      const response = await fetch(target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` }),
        },
        body: JSON.stringify(event),
        redirect: "error",
        signal: AbortSignal.timeout(DEADLINE),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`status ${response.status}`);
    }
  }
}
