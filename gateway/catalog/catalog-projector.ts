import pg from "pg";
import type { Artifact } from "../registry/compose.ts";
import type { Catalog } from "./catalog.ts";
import { compareCatalogs } from "./compare-catalogs.ts";
import { describeCatalog } from "./describe-catalog.ts";
import { NOTE_SERVED, type Projection, readState, writeProjection } from "./write-projection.ts";

/** Generations that are read for their changes at once; what lies before is not compared. */
const MAX_BEHIND = 20;
/** Milliseconds for which a request waits for the newest generation; then it gets the one before. */
const PATIENCE = 1000;
/** Milliseconds between two looks for a new generation. */
const POLL_MS = 2000;
/** Milliseconds between two notes of which products are used: usage itself is forgotten after a while. */
const NOTE_MS = 3_600_000;

/**
 * Keeps the catalog's tables at the newest generation of the registry, whose database it shares. Any number of
 * processes may do so: each generation is written once.
 */
export class CatalogProjector {
  readonly #pool: pg.Pool;
  readonly #timer: NodeJS.Timeout;
  readonly #report: (error: unknown) => void;
  #running: Promise<void> | null = null;
  /** What went wrong last, and was told; null since it went well. */
  #told: string | null = null;
  #noteAt = Date.now() + NOTE_MS;

  /**
   * @param databaseUrl the registry's database, as the catalog's role
   * @param report told once of each thing that keeps the tables from the newest generation
   */
  constructor(databaseUrl: string, report: (error: unknown) => void = () => undefined) {
    this.#report = report;
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: "dpg-catalog",
      max: 2,
      connectionTimeoutMillis: 3000,
      idleTimeoutMillis: 30_000,
    });
    this.#pool.on("error", () => undefined);
    this.#timer = setInterval(() => void this.#tick().catch(this.#tell), POLL_MS);
    this.#timer.unref();
  }

  /** Brings the tables up to date; where that takes long, what is there is good enough. Never throws. */
  async current(): Promise<void> {
    const patience = new AbortController();
    const deadline = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      patience.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    await Promise.race([this.#refresh().catch(this.#tell), deadline]);
    patience.abort();
  }

  /** Reads every generation that is newer than the tables. @throws where the database does not answer */
  async catchUp(): Promise<void> {
    await this.#refresh();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running?.catch(() => undefined);
    await this.#pool.end();
  }

  async #tick(): Promise<void> {
    await this.#refresh();
    if (Date.now() < this.#noteAt) return;
    this.#noteAt = Date.now() + NOTE_MS;
    await this.#pool.query(NOTE_SERVED);
  }

  #refresh(): Promise<void> {
    this.#running ??= this.#project()
      .then(() => {
        this.#told = null;
      })
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #project(): Promise<void> {
    const { generation: known, isOutdated } = await readState(this.#pool);
    const { rows } = await this.#pool.query<{ latest: number }>(
      "SELECT coalesce(max(number), 0) AS latest FROM generation",
    );
    const { latest = 0 } = rows[0] ?? {};
    if (latest === known && !isOutdated) return;
    const projection = await this.#read(known, latest);
    if (projection) await writeProjection(this.#pool, projection);
  }

  readonly #tell = (error: unknown): void => {
    const what = String(error);
    if (what === this.#told) return;
    this.#told = what;
    this.#report(error);
  };

  /** The newest catalog with what happened on the way to it. */
  async #read(known: number, latest: number): Promise<Projection | null> {
    const { rows } = await this.#pool.query<GenerationRow>(
      `SELECT number, content, author, reason, created_at AS at,
         (SELECT coalesce(json_object_agg(m.name, m.version), '{}') FROM generation_member m
          WHERE m.generation = number) AS revisions
       FROM generation JOIN artifact ON artifact_hash = hash
       WHERE number >= $1 AND number <= $2 ORDER BY number`,
      [Math.max(known, latest - MAX_BEHIND), latest],
    );
    let before: Catalog | null = null;
    const changes: Projection["changes"][number][] = [];
    const versions: Projection["versions"][number][] = [];
    for (const { number: generation, content, author, reason, at, revisions } of rows) {
      const artifact: Artifact = JSON.parse(content);
      const catalog = describeCatalog(artifact);
      if (generation > known) {
        if (before)
          changes.push(...compareCatalogs(before, catalog).map((item) => ({ ...item, generation, at })));
        const published = { generation, author, reason, publishedAt: at };
        for (const { id: product, version, subgraph } of catalog.products)
          versions.push({ ...published, product, version, revision: revisions[subgraph] ?? 0 });
      }
      before = catalog;
    }
    return before && { generation: latest, catalog: before, changes, versions };
  }
}

interface GenerationRow {
  readonly number: number;
  readonly content: string;
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
  /** Version of each subgraph. */
  readonly revisions: Readonly<Record<string, number>>;
}
