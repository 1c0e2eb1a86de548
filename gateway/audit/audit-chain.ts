import { hash } from "node:crypto";

/** One link: everything in `body` is held by `hash`, and so is everything before it. */
export interface ChainEntry {
  /** UUID of the chain: one per writer and start, so that replicas need not agree on an order. */
  readonly chain: string;
  /** From 0, without gaps. */
  readonly seq: number;
  /** SHA-256 over the hash before and the body, lower-case hex. */
  readonly hash: string;
  /** One line of JSON. */
  readonly body: string;
}

/** The last entry of a chain as another chain remembers it. */
export type ChainHead = Pick<ChainEntry, "chain" | "seq" | "hash">;

/** Appends bodies to one chain. */
export class Chain {
  readonly id: string;
  #seq = 0;
  #hash: string;

  constructor(id: string) {
    this.id = id;
    this.#hash = chainOrigin(id);
  }

  next(body: string): ChainEntry {
    this.#hash = entryHash(this.#hash, body);
    const entry = { chain: this.id, seq: this.#seq, hash: this.#hash, body };
    this.#seq += 1;
    return entry;
  }
}

/** What the first entry of a chain follows: entries cannot be moved to another chain. */
export function chainOrigin(id: string): string {
  return hash("sha256", `dpg-audit-1\n${id}`);
}

/** The hash of an entry with this body after the one with the hash `previous`. */
export function entryHash(previous: string, body: string): string {
  return hash("sha256", `${previous}\n${body}`);
}
