import type { AuditRecord } from "../request/audit-record.ts";
import type { ChainEntry, ChainHead } from "./audit-chain.ts";

/** Keeps chains; a writer's view. */
export interface AuditStore {
  /** The last entries of the youngest chains, {@link WITNESSED} at most. */
  readonly heads: () => Promise<readonly ChainHead[]>;
  /**
   * Keeps all of the entries, which follow each other in one chain, or none; resolves once they are durable. Repeating
   * it changes nothing.
   */
  readonly append: (entries: readonly ChainEntry[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A new chain remembers how far this many others had come. */
export const WITNESSED = 20;

/** The same chains as auditors and stewards read them. */
export interface AuditArchive {
  /** Ids of all chains, oldest first. */
  readonly chains: () => Promise<readonly string[]>;
  /** The entries of a chain in order. */
  readonly entries: (chain: string) => AsyncIterable<StoredEntry>;
  /** Records that match, in no particular order. */
  readonly deliveries: (query: DeliveryQuery) => AsyncIterable<AuditRecord>;
  readonly close: () => Promise<void>;
}

/** As it was found: nothing of it is believed yet. `torn`: the writer was killed in the middle of it. */
export type StoredEntry = Pick<ChainEntry, "seq" | "hash" | "body"> | "torn";

export interface DeliveryQuery {
  readonly coordinate?: string;
  readonly product?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Whether a record is what a query asks for. */
export function matches({ coordinate, product, since }: DeliveryQuery, record: AuditRecord): boolean {
  return (
    (coordinate === undefined || record.coordinate === coordinate) &&
    (product === undefined || record.product === product) &&
    Date.parse(record.time) >= since
  );
}
