import type pg from "pg";
import { ClientError } from "../../shared/errors.ts";
import type { SubgraphSource } from "./compose.ts";

/** Channel that tells gateways of a new generation. */
export const CHANNEL = "dpg_generation";

export type GenerationAct = "publish" | "delete" | "rollback";

/** One generation to append, with the versions of subgraphs that come into being with it. */
export interface Append {
  readonly number: number;
  readonly content: string;
  readonly hash: string;
  readonly signature: string;
  readonly act: GenerationAct;
  readonly author: string;
  readonly reason: string;
  /** Members taken over as they are. */
  readonly kept: readonly { readonly name: string; readonly version: number }[];
  /** Members with a new version; `domain` is whose subgraph it is. */
  readonly published: readonly (Required<SubgraphSource> & { readonly domain: string })[];
  /** Subgraphs whose approvals end: they were given for the next change of what is served now. Null for all. */
  readonly changed: readonly string[] | null;
}

/**
 * Writes a generation within a transaction, in an order such that the generation's row, which decides, comes before
 * what refers to it.
 */
export async function writeGeneration(client: pg.PoolClient, append: Append): Promise<void> {
  const { number, hash, content, signature, act, author, reason } = append;
  await client.query("INSERT INTO artifact (hash, content) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    hash,
    content,
  ]);
  await client.query(
    `INSERT INTO generation (number, artifact_hash, signature, act, author, reason)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [number, hash, signature, act, author, reason],
  );
  const members = [...append.kept];
  for (const source of append.published)
    members.push({ name: source.name, version: await writeVersion(client, source, author) });
  await client.query("DELETE FROM approval WHERE $1::text[] IS NULL OR name = ANY ($1)", [append.changed]);
  for (const { name, version } of members)
    await client.query("INSERT INTO generation_member (generation, name, version) VALUES ($1, $2, $3)", [
      number,
      name,
      version,
    ]);
  await client.query(
    "INSERT INTO act (actor, verb, subject, outcome, detail) VALUES ($1, $2, $3, 'done', $4)",
    [author, act, `generation ${number}`, JSON.stringify({ hash, reason, members })],
  );
  await client.query("SELECT pg_notify($1, $2)", [CHANNEL, String(number)]);
}

async function writeVersion(
  client: pg.PoolClient,
  { name, sdl, url, product, domain }: Append["published"][number],
  author: string,
): Promise<number> {
  const { rows: owners } = await client.query<{ domain: string }>(
    `WITH made AS (INSERT INTO subgraph (name, domain) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING domain)
     SELECT domain FROM made UNION ALL SELECT domain FROM subgraph WHERE name = $1`,
    [name, domain],
  );
  if (owners[0]?.domain !== domain)
    throw new ClientError("SUBGRAPH_NOT_YOURS", `${name} belongs to the domain ${owners[0]?.domain}.`);
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO subgraph_version (name, version, sdl, url, author, product)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM subgraph_version WHERE name = $1
     RETURNING version`,
    [name, sdl, url, author, product],
  );
  return rows[0]?.version ?? 1;
}
