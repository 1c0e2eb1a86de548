import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { AuditLog, AuditRecord } from "../request/audit-record.ts";
import { writeBody, writeDelivery } from "./audit-body.ts";
import { Chain, type ChainEntry } from "./audit-chain.ts";
import type { AuditStore } from "./audit-store.ts";

export interface AuditWriterOptions {
  readonly store: AuditStore;
  /** Milliseconds that a response waits for its record. */
  readonly timeoutMs: number;
  readonly report: AuditReport;
}

/** Told how the writing goes. */
export interface AuditReport {
  /** @param milliseconds from handing a batch over to its being durable */
  readonly written: (records: number, milliseconds: number) => void;
  /** Called once when the store stops working, and not again before it has worked. */
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
  readonly queued: (records: number) => void;
}

/** Records of one call: kept together. */
interface Group {
  readonly bodies: readonly string[];
  readonly characters: number;
  /** Null where nobody waits. */
  readonly waiter: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | null;
}

/** Entries that were handed to the store; until it says otherwise, they may be kept or not. */
interface Batch {
  readonly entries: readonly ChainEntry[];
  readonly groups: readonly Group[];
}

/** Records handed over at once, roughly, and their characters: one record may name a thousand entities. */
const BATCH = 500;
const BATCH_CHARACTERS = 1_000_000;
/**
 * Milliseconds from the end of a batch to the next one: under load, fewer and larger batches. Who comes while nothing is
 * under way does not wait.
 */
const GATHER = 3;
/** Records that may wait for the store; beyond, nothing is delivered that would need another one. */
const MAX_QUEUED = 50_000;
const MAX_QUEUED_CHARACTERS = 50_000_000;
/** Milliseconds between attempts while the store does not work. */
const FIRST_RETRY = 50;
const LAST_RETRY = 2000;
/** Milliseconds that closing waits for the store. */
const CLOSE_WITHIN = 4000;

/**
 * Appends records to one hash chain in groups: whatever comes while the store is busy goes into the next batch, so
 * that many responses share one commit (group commit). While the store does not work, callers that need
 * durability are refused at once, the others' records wait.
 */
export class AuditWriter implements AuditLog {
  readonly #options: AuditWriterOptions;
  readonly #chain = new Chain(randomUUID());
  readonly #queue: Group[] = [];
  #queued = 0;
  #queuedCharacters = 0;
  /** Is tried again until the store has it: its place in the chain is taken. */
  #batch: Batch | null = null;
  #isDown = false;
  #isClosed = false;
  #hasStarted = false;
  #draining: Promise<void> | null = null;
  readonly #stopRetrying = new AbortController();

  constructor(options: AuditWriterOptions) {
    this.#options = options;
  }

  append(records: readonly AuditRecord[], mustBeDurable: boolean): Promise<void> | null {
    if (this.#isClosed) throw new Error("the audit is closed");
    if (mustBeDurable && this.#isDown) throw new Error("the audit store does not work");
    if (this.#queued + records.length > MAX_QUEUED)
      throw new Error("too many audit records wait for the store");
    const bodies = records.map(writeDelivery);
    const characters = lengthOf(bodies);
    // One that is larger than all the room there is must get through where nothing else waits.
    if (this.#queued > 0 && this.#queuedCharacters + characters > MAX_QUEUED_CHARACTERS)
      throw new Error("too many audit records wait for the store");
    if (!mustBeDurable) {
      this.#enqueue({ bodies, characters, waiter: null });
      return null;
    }
    return new Promise((resolve, reject) =>
      this.#enqueue({ bodies, characters, waiter: { resolve, reject } }),
    );
  }

  /** Begins the chain. Rejects where the store does not work; the writer goes on trying all the same. */
  async start(): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      this.#queue.unshift({ bodies: [], characters: 0, waiter: { resolve, reject } });
    });
    this.#wake();
    await started;
  }

  /** Writes what waits and ends the chain, as far as the store lets it within four seconds. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const bodies = [writeBody({ kind: "end", time: new Date().toISOString() })];
    this.#enqueue({ bodies, characters: lengthOf(bodies), waiter: null });
    await Promise.race([this.#draining, pause(CLOSE_WITHIN, undefined, { ref: false })]);
    this.#stopRetrying.abort();
    await this.#options.store.close();
  }

  #enqueue(group: Group): void {
    this.#queue.push(group);
    this.#queued += group.bodies.length;
    this.#queuedCharacters += group.characters;
    this.#options.report.queued(this.#queued);
    this.#wake();
  }

  #wake(): void {
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    let wait = FIRST_RETRY;
    while (this.#isBusy() && !this.#stopRetrying.signal.aborted) {
      try {
        await this.#writeBatch();
        wait = FIRST_RETRY;
        if (this.#isBusy() && !this.#isClosed) await pause(GATHER, undefined, { ref: false });
      } catch (error) {
        this.#fail(error);
        await pause(wait, undefined, { ref: false, signal: this.#stopRetrying.signal }).catch(() => {});
        wait = Math.min(wait * 2, LAST_RETRY);
      }
    }
    // In the same turn as the last look at the queue: whoever comes later wakes it again.
    this.#draining = null;
  }

  /** While the store does not work it is asked again, also if nothing waits for it. */
  #isBusy(): boolean {
    return this.#batch !== null || this.#queue.length > 0 || this.#isDown;
  }

  async #writeBatch(): Promise<void> {
    const { store, timeoutMs, report } = this.#options;
    const since = performance.now();
    const late = setTimeout(() => this.#fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      this.#batch ??= await this.#nextBatch();
      await store.append(this.#batch.entries);
    } finally {
      clearTimeout(late);
    }
    const { entries, groups } = this.#batch;
    this.#batch = null;
    for (const group of groups) this.#leaveQueue(group);
    report.written(entries.length, performance.now() - since);
    report.queued(this.#queued);
    if (this.#isDown) report.recovered();
    this.#isDown = false;
    for (const { waiter } of groups) waiter?.resolve();
  }

  async #nextBatch(): Promise<Batch> {
    const witnessed = this.#hasStarted ? null : await this.#options.store.heads();
    const first = witnessed && writeBody({ kind: "start", time: new Date().toISOString(), witnessed });
    const groups: Group[] = [];
    for (let records = 0, characters = 0; records < BATCH && characters < BATCH_CHARACTERS; ) {
      const group = this.#queue.shift();
      if (!group) break;
      groups.push(group);
      records += group.bodies.length;
      characters += group.characters;
    }
    const bodies = [...(first === null ? [] : [first]), ...groups.flatMap((group) => group.bodies)];
    if (bodies.length === 0) bodies.push(writeBody({ kind: "resume", time: new Date().toISOString() }));
    this.#hasStarted = true;
    return { entries: bodies.map((item) => this.#chain.next(item)), groups };
  }

  /** Nobody waits any longer; what waited in the queue for a promise is dropped, because it is not delivered. */
  #fail(error: unknown): void {
    if (!this.#isDown) this.#options.report.failed(error);
    this.#isDown = true;
    for (const { waiter } of this.#batch?.groups ?? []) waiter?.reject(error);
    for (const group of this.#queue.splice(0)) {
      if (group.waiter === null) this.#queue.push(group);
      else {
        this.#leaveQueue(group);
        group.waiter.reject(error);
      }
    }
  }

  #leaveQueue({ bodies, characters }: Group): void {
    this.#queued -= bodies.length;
    this.#queuedCharacters -= characters;
  }
}

function lengthOf(bodies: readonly string[]): number {
  return bodies.reduce((sum, { length }) => sum + length, 0);
}
