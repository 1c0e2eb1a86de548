import pg from "pg";
import { inTransaction } from "../../shared/postgres/in-transaction.ts";
import type { SignedGeneration } from "../supergraph/signed-generation.ts";
import { type Append, type GenerationAct, writeGeneration } from "./append-generation.ts";
import type { SubgraphSource } from "./compose.ts";

export interface Member extends Required<SubgraphSource> {
  readonly version: number;
  /** ISO 8601. */
  readonly publishedAt: string;
}

/** What is published now. */
export interface Head extends SignedGeneration {
  readonly members: readonly Member[];
}

export interface HistoryEntry {
  readonly number: number;
  readonly hash: string;
  readonly act: GenerationAct;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly subgraphs: readonly { readonly name: string; readonly version: number }[];
}

/** The registry's tables. Everything that changes what is served happens in one transaction. */
export class RegistryStore {
  readonly pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: "dpg-registry",
      max: 10,
      connectionTimeoutMillis: 3000,
      idleTimeoutMillis: 30_000,
    });
    this.pool.on("error", () => undefined);
  }

  async head(): Promise<Head | null> {
    const latest = await this.generation(null);
    if (latest === null) return null;
    const { rows } = await this.pool.query<Member>(
      `SELECT name, version, sdl, url, product, to_json(published_at) #>> '{}' AS "publishedAt" FROM generation_member JOIN subgraph_version USING (name, version)
       WHERE generation = $1 ORDER BY name`,
      [latest.number],
    );
    return { ...latest, members: rows };
  }

  /** The generation of that number, or the latest one for null. */
  async generation(number: number | null): Promise<SignedGeneration | null> {
    const { rows } = await this.pool.query<SignedGeneration>(
      `SELECT number, content, signature FROM generation JOIN artifact ON artifact_hash = hash
       WHERE number = coalesce($1, (SELECT max(number) FROM generation))`,
      [number],
    );
    return rows[0] ?? null;
  }

  async latestNumber(): Promise<number> {
    const { rows } = await this.pool.query<{ number: number | null }>(
      "SELECT max(number) AS number FROM generation",
    );
    return rows[0]?.number ?? 0;
  }

  async membersOf(number: number): Promise<readonly { readonly name: string; readonly version: number }[]> {
    const { rows } = await this.pool.query<{ name: string; version: number }>(
      "SELECT name, version FROM generation_member WHERE generation = $1 ORDER BY name",
      [number],
    );
    return rows;
  }

  /** The newest entries first. */
  async history(limit: number): Promise<readonly HistoryEntry[]> {
    const { rows } = await this.pool.query<HistoryEntry & { createdAt: unknown }>(
      `SELECT number, artifact_hash AS hash, act, author, reason, to_json(created_at) #>> '{}' AS "createdAt",
         (SELECT coalesce(json_agg(json_build_object('name', name, 'version', version) ORDER BY name), '[]')
          FROM generation_member WHERE generation = number) AS subgraphs
       FROM generation ORDER BY number DESC LIMIT $1`,
      [limit],
    );
    return rows;
  }

  /** Whose subgraph it is, or null for one that was never published. */
  async domainOf(name: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ domain: string }>(
      "SELECT domain FROM subgraph WHERE name = $1",
      [name],
    );
    return rows[0]?.domain ?? null;
  }

  /** The subgraphs that are a domain's, published or not. */
  async subgraphsOf(domain: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ name: string }>("SELECT name FROM subgraph WHERE domain = $1", [
      domain,
    ]);
    return rows.map(({ name }) => name);
  }

  /** Makes the subgraph the domain's. */
  async setDomain(name: string, domain: string): Promise<void> {
    await this.pool.query(
      "INSERT INTO subgraph (name, domain) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET domain = excluded.domain",
      [name, domain],
    );
  }

  /**
   * Appends a generation and so makes it the one that is served: all of it, or nothing.
   *
   * @returns false where another publisher took the number
   */
  async append(append: Append): Promise<boolean> {
    try {
      await inTransaction(this.pool, (client) => writeGeneration(client, append));
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === "23505") return false;
      throw error;
    }
  }

  /** Deletes generations but the newest `keep`, and versions and artifacts that no generation needs. */
  async retain(keep: number): Promise<void> {
    await this.pool.query(
      "DELETE FROM generation WHERE number <= (SELECT max(number) FROM generation) - $1",
      [keep],
    );
    await this.pool.query(
      "DELETE FROM artifact WHERE NOT EXISTS (SELECT FROM generation WHERE artifact_hash = hash)",
    );
    // The newest version of each subgraph stays, so that no version number is given twice.
    await this.pool.query(
      `DELETE FROM subgraph_version v WHERE
         version < (SELECT max(version) FROM subgraph_version w WHERE w.name = v.name)
         AND NOT EXISTS (SELECT FROM generation_member m WHERE m.name = v.name AND m.version = v.version)`,
    );
  }

  /** @returns the act's id */
  async recordAct(act: {
    readonly actor: string;
    readonly verb: string;
    readonly subject: string;
    readonly outcome: string;
    readonly detail?: object;
  }): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      "INSERT INTO act (actor, verb, subject, outcome, detail) VALUES ($1, $2, $3, $4, $5) RETURNING id",
      [act.actor, act.verb, act.subject, act.outcome, JSON.stringify(act.detail ?? {})],
    );
    return rows[0]?.id ?? "";
  }

  /** The act of that id, or null. */
  async act(id: string): Promise<{ actor: string; verb: string; detail: unknown } | null> {
    const { rows } = await this.pool.query<{ actor: string; verb: string; detail: unknown }>(
      "SELECT actor, verb, detail FROM act WHERE id = $1",
      [id],
    );
    return rows[0] ?? null;
  }

  async acts(limit: number): Promise<readonly object[]> {
    const { rows } = await this.pool.query<object>(
      "SELECT at, actor, verb, subject, outcome, detail FROM act ORDER BY id DESC LIMIT $1",
      [limit],
    );
    return rows;
  }

  async approve(name: string, sdlHash: string, by: string): Promise<void> {
    await this.pool.query(
      "INSERT INTO approval (name, sdl_hash, approved_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      [name, sdlHash, by],
    );
  }

  async isApproved(name: string, sdlHash: string): Promise<boolean> {
    const { rows } = await this.pool.query("SELECT FROM approval WHERE name = $1 AND sdl_hash = $2", [
      name,
      sdlHash,
    ]);
    return rows.length > 0;
  }

  async stop(): Promise<void> {
    await this.pool.end();
  }
}
