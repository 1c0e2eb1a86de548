import type { KeyObject } from "node:crypto";
import { ClientError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { within } from "../../shared/within.ts";
import { type BuiltGeneration, buildGeneration } from "./build-generation.ts";
import type { ContractSpec } from "./contract.ts";
import { readLastGood, writeLastGood } from "./last-good.ts";
import { ReadThread } from "./read-thread.ts";
import type { RuleOrigins } from "./rule-origins.ts";
import type { SignedGeneration } from "./signed-generation.ts";
import type { Supergraph } from "./supergraph.ts";
import type { PlanningText } from "./supergraph-parts.ts";

/** Where generations come from. */
export interface GenerationFeed {
  /** The latest generation if its number is greater, else null. Rejects where nobody answers. */
  readonly newerThan: (number: number) => Promise<SignedGeneration | null>;
  /** Calls back when there may be a newer one; returns how to stop. Missed calls are made up for by polling. */
  readonly onNotice: (listener: () => void) => () => Promise<void>;
}

export interface FollowOptions {
  readonly feed: GenerationFeed;
  /** The registry's Ed25519 key. */
  readonly publicKey: KeyObject;
  /** Keeps the last good generation for a start without the registry. */
  readonly lastGoodFile: string;
  /** Milliseconds between two questions to the feed, notices aside. */
  readonly pollMs: number;
}

export interface WatchOptions extends FollowOptions {
  readonly log: Logger;
  /** The parts of each generation's API that have a path of their own. */
  readonly contracts: readonly ContractSpec[];
  /** Resolves when the generation before the served one has ended: no more than two are ever alive. */
  readonly quiet: () => Promise<void>;
  /** Has planners read the next supergraph while the rest of it is being read. */
  readonly foresee: (text: PlanningText) => void;
  /** Lets go of what was foreseen or prepared and is not served. */
  readonly discard: (hash: string) => void;
  /** Gets a supergraph ready while the other one is served. */
  readonly prepare: (served: Supergraph, next: Supergraph) => Promise<void>;
  /** Makes a supergraph the served one, or throws and leaves the old one. */
  readonly adopt: (supergraph: Supergraph) => void;
  readonly report: (event: WatchEvent) => void;
}

export type WatchEvent =
  | { readonly kind: "adopted"; readonly number: number }
  | { readonly kind: "refused"; readonly number: number }
  | { readonly kind: "unreachable" };

/**
 * Follows the registry: each new generation is verified, built and then served at once; one that is not good
 * leaves the old one (hardening.md 63, 102–105).
 */
export class SupergraphWatch {
  readonly #options: WatchOptions;
  readonly #thread: ReadThread;
  readonly #listeners = new Set<(supergraph: Supergraph) => void>();
  #current: ServedGeneration;
  /** What it started with, until the thread has read it again or another. */
  #first: SignedGeneration | null;
  /** The newest number looked at, good or not. */
  #seen: number;
  /** What could not be read, though it may be good: it is tried again. */
  #failed: { readonly number: number; readonly pauseMs: number; readonly until: number } | null = null;
  #refreshing: Promise<void> | null = null;
  #isStale = false;
  #isStopped = false;
  #unlisten: () => Promise<void> = async () => {};
  #keeping = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  private constructor(options: WatchOptions, thread: ReadThread, first: FirstGeneration) {
    const { signed, ...current } = first;
    this.#options = options;
    this.#thread = thread;
    this.#first = signed;
    this.#current = current;
    this.#seen = current.number;
  }

  /**
   * Starts with what the registry has, or, where it cannot be reached or what it has is not good, with the last
   * good generation on disk.
   *
   * @throws ClientError REGISTRY_UNAVAILABLE where there is neither, or ARTIFACT_REFUSED, SUPERGRAPH_INVALID
   */
  static async start(options: WatchOptions): Promise<SupergraphWatch> {
    const thread = new ReadThread();
    thread.start();
    const first = await firstGeneration(options, thread).catch(async (error: unknown) => {
      await thread.stop();
      throw error;
    });
    const watch = new SupergraphWatch(options, thread, first);
    watch.#unlisten = options.feed.onNotice(() => void watch.refresh());
    watch.#timer = setInterval(() => void watch.refresh(), options.pollMs).unref();
    void watch.refresh();
    return watch;
  }

  current(): Supergraph {
    return this.#current.supergraph;
  }

  /** Which subgraph states which rule of the generation. */
  origins(): RuleOrigins {
    return this.#current.origins;
  }

  /** The generation's number. */
  get number(): number {
    return this.#current.number;
  }

  onChange(listener: (supergraph: Supergraph) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Gets the thread that reads generations ready for the next one: it reads the first once more, since code that ran
   * once is slow. Costs the event loop a message.
   */
  rehearse(): void {
    const { publicKey, contracts } = this.#options;
    const generation = this.#first;
    this.#first = null;
    if (generation && !this.#isStopped)
      this.#thread.rehearse({ generation, publicKey, contracts, served: null });
  }

  /** Looks for a newer generation now; never rejects. */
  refresh(): Promise<void> {
    this.#isStale = true;
    this.#refreshing ??= this.#catchUp().finally(() => {
      this.#refreshing = null;
      if (this.#isStale && !this.#isStopped) void this.refresh();
    });
    return this.#refreshing;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all([this.#unlisten(), this.#thread.stop(), this.#keeping]);
  }

  async #catchUp(): Promise<void> {
    while (this.#isStale && !this.#isStopped) {
      this.#isStale = false;
      await this.#options.quiet();
      const next = await this.#ask();
      if (next && !this.#isStopped && !this.#isTooEarly(next)) await this.#take(next);
    }
  }

  #isTooEarly({ number }: SignedGeneration): boolean {
    return this.#failed?.number === number && performance.now() < this.#failed.until;
  }

  /** A thread that ended, or starved, says nothing about the generation: it is asked for again, less and less often. */
  #tryAgain(number: number, seen: number): void {
    const isKnown = this.#failed?.number === number;
    const pauseMs = isKnown
      ? Math.min(2 * (this.#failed?.pauseMs ?? 0), LONGEST_PAUSE)
      : this.#options.pollMs;
    this.#failed = { number, pauseMs, until: performance.now() + pauseMs / 2 };
    this.#seen = seen;
  }

  async #ask(): Promise<SignedGeneration | null> {
    try {
      return await this.#options.feed.newerThan(this.#seen);
    } catch (error) {
      this.#options.log.warn({ err: error }, "the registry could not be reached; the generation stays");
      this.#options.report({ kind: "unreachable" });
      return null;
    }
  }

  async #take(next: SignedGeneration): Promise<void> {
    const { log, report, lastGoodFile, adopt } = this.#options;
    const seen = this.#seen;
    this.#seen = next.number;
    this.#first = null;
    try {
      const known = this.#current.supergraph;
      const { hash } = await takeUp(this.#options, this.#thread, next, known, ({ supergraph, origins }) => {
        if (this.#isStopped) return;
        adopt(supergraph);
        this.#current = { number: next.number, supergraph, origins };
      });
      if (this.#isStopped) return;
      const { supergraph } = this.#current;
      if (supergraph !== known) for (const listener of this.#listeners) listener(supergraph);
      log.info({ generation: next.number, hash }, "a new generation is served");
      report({ kind: "adopted", number: next.number });
    } catch (error) {
      const isRefused = error instanceof ClientError;
      if (!isRefused) this.#tryAgain(next.number, seen);
      const what = isRefused ? "was refused" : "could not be read, and is tried again";
      log.error({ err: error, generation: next.number }, `a generation ${what}; the old one stays`);
      report({ kind: "refused", number: next.number });
      return;
    }
    this.#keeping = keep(lastGoodFile, next, log);
    await this.#keeping;
  }
}

/** Milliseconds between two attempts to read a generation. */
const LONGEST_PAUSE = 300_000;
/** Attempts at a start to read a generation: a thread that ended says nothing about it. */
const ATTEMPTS = 3;

interface ServedGeneration {
  readonly number: number;
  readonly supergraph: Supergraph;
  readonly origins: RuleOrigins;
}

interface FirstGeneration extends ServedGeneration {
  readonly signed: SignedGeneration;
}

/** Reads a generation, gets it ready beside the one that is served, if there is one, and serves it. */
async function takeUp(
  { publicKey, contracts, foresee, discard, prepare }: WatchOptions,
  thread: ReadThread,
  generation: SignedGeneration,
  served: Supergraph | null,
  serve: (built: BuiltGeneration) => void,
): Promise<BuiltGeneration> {
  let foreseen: string | null = null;
  const onPlanning = (text: PlanningText) => {
    foreseen = text.hash;
    foresee(text);
  };
  try {
    const built = await buildGeneration(thread, { generation, publicKey, contracts }, served, onPlanning);
    if (served && built.supergraph !== served) await prepare(served, built.supergraph);
    serve(built);
    return built;
  } catch (error) {
    if (foreseen !== null) discard(foreseen);
    throw error;
  }
}

async function firstGeneration(options: WatchOptions, thread: ReadThread): Promise<FirstGeneration> {
  const { feed, lastGoodFile, log, report } = options;
  const found = await feed.newerThan(0).catch((error: unknown) => {
    log.warn({ err: error }, "the registry could not be reached; starting from the last good generation");
    report({ kind: "unreachable" });
    return null;
  });
  const stored = readLastGood(lastGoodFile);
  const open = async (signed: SignedGeneration, attempts = ATTEMPTS): Promise<FirstGeneration> => {
    const { number } = signed;
    try {
      const serve = ({ supergraph }: BuiltGeneration) => options.adopt(supergraph);
      const { supergraph, origins } = await takeUp(options, thread, signed, null, serve);
      report({ kind: "adopted", number });
      return { number, supergraph, origins, signed };
    } catch (error) {
      if (error instanceof ClientError || attempts === 1) throw error;
      log.warn({ err: error, generation: number }, "a generation could not be read, and is tried again");
      return open(signed, attempts - 1);
    }
  };
  if (found) {
    try {
      const first = await open(found);
      await keep(lastGoodFile, found, log);
      return first;
    } catch (error) {
      const isRefused = error instanceof ClientError;
      const what = isRefused ? "was refused" : "could not be read";
      log.error({ err: error, generation: found.number }, `the registry's generation ${what}`);
      if (isRefused) report({ kind: "refused", number: found.number });
      if (stored === null) throw error;
    }
  }
  if (stored) return await open(stored);
  throw new ClientError(
    "REGISTRY_UNAVAILABLE",
    "No generation can be had, neither of the registry nor on disk.",
  );
}

/** Milliseconds that a disk may take; afterwards it is not waited for. */
const KEEP_WITHIN = 5000;

/** A disk that is full, or hangs, does not keep a good generation from being served, nor the next one from being looked for. */
async function keep(file: string, generation: SignedGeneration, log: Logger): Promise<void> {
  try {
    await within(KEEP_WITHIN, writeLastGood(file, generation));
  } catch (error) {
    log.warn({ err: error }, "the generation could not be kept for a start without the registry");
  }
}
