import pg from "pg";
import type { GenerationFeed } from "../supergraph/watch-supergraph.ts";
import { CHANNEL } from "./append-generation.ts";
import type { RegistryStore } from "./store-postgres.ts";

/** Milliseconds before listening is tried again. */
const PAUSE = 1000;

/** Generations straight from the registry's database: told by NOTIFY, on a connection that is opened again when lost. */
export function followPostgres(store: RegistryStore, databaseUrl: string): GenerationFeed {
  return {
    newerThan: async (number) => {
      const latest = await store.latestNumber();
      return latest > number ? await store.generation(latest) : null;
    },
    onNotice: (listener) => {
      const listening = new Listening(databaseUrl, listener);
      return () => listening.stop();
    },
  };
}

class Listening {
  readonly #databaseUrl: string;
  readonly #listener: () => void;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(databaseUrl: string, listener: () => void) {
    this.#databaseUrl = databaseUrl;
    this.#listener = listener;
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: "dpg-follow",
      connectionTimeoutMillis: 3000,
      keepAlive: true,
    });
    this.#client = client;
    client.on("notification", () => this.#listener());
    client.on("error", () => undefined);
    client.once("end", () => this.#retry());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      // What was published while nobody listened.
      this.#listener();
    } catch {
      await client.end().catch(() => undefined);
      this.#retry();
    }
  }

  #retry(): void {
    if (this.#isStopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#connect();
    }, PAUSE);
    this.#timer.unref();
  }
}
