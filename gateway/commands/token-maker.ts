import { randomInt } from "node:crypto";
import pg from "pg";
import type { DeployTokens } from "../registry/deploy-tokens.ts";

/** A process that makes deploy tokens which only it and what it starts know, so that they need not outlast it. */
export interface TokenMaker {
  /** Told as the maker of its tokens: `npm start in /data #1234`. */
  readonly name: string;
  readonly stop: () => Promise<void>;
}

/** The first half of the advisory locks that makers hold; the second is their number. */
const LOCK = 7_461_903;

/**
 * Becomes a maker of that kind, and ends the tokens of those that are gone. One that runs holds a lock for as long as
 * it is connected, wherever it runs and however it ends.
 *
 * @param kind what makers that stand in for each other have in common: `npm start in /data`
 */
export async function startTokenMaker(
  tokens: DeployTokens,
  databaseUrl: string,
  kind: string,
): Promise<TokenMaker> {
  const number = randomInt(1, 2 ** 31);
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "dpg-maker",
    keepAlive: true,
  });
  // Of a maker that lost its connection nobody knows that it runs: the next one ends its tokens.
  client.on("error", () => undefined);
  const stop = () => client.end().catch(() => undefined);
  try {
    await client.connect();
    await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK, number]);
    for (const maker of await makersOf(tokens, kind))
      if (await isGone(client, maker.number)) await tokens.revokeAllBy(maker.name);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: `${kind} #${number}`, stop };
}

interface EarlierMaker {
  readonly name: string;
  /** 0 where makers had none yet. */
  readonly number: number;
}

async function makersOf(tokens: DeployTokens, kind: string): Promise<readonly EarlierMaker[]> {
  const lasting = (await tokens.list()).filter(({ revokedAt }) => revokedAt === null);
  return [...new Set(lasting.map(({ createdBy }) => createdBy))]
    .filter((name) => name.startsWith(kind) && /^( #\d{1,10})?$/.test(name.slice(kind.length)))
    .map((name) => ({ name, number: Number(name.slice(kind.length + 2)) }));
}

/** Where no other connection has the lock; it is let go at once. */
async function isGone(client: pg.Client, number: number): Promise<boolean> {
  const { rows } = await client.query<{ readonly gone: boolean }>(
    "SELECT pg_try_advisory_xact_lock($1, $2) AS gone",
    [LOCK, number],
  );
  return rows[0]?.gone === true;
}
