import type { QueryPlan } from "@apollo/query-planner";
import { ClientError, InternalError } from "../../shared/errors.ts";
import { type PlanJob, PlanThread } from "./plan-thread.ts";

interface Waiting {
  readonly job: PlanJob;
  readonly resolve: (plan: QueryPlan) => void;
  readonly reject: (error: unknown) => void;
}

/** A second thread keeps operations going while the first one is busy with a hard one. */
const MAX_THREADS = 2;
/** Milliseconds that a plan may take before the operations behind it get the second thread. */
const SLOW = 100;
/** Milliseconds after which the second thread, when nobody needs it, is given up. */
const IDLE = 60_000;
/** Operations that wait to be planned; more are refused. */
const MAX_WAITING = 500;

/**
 * Threads that plan, off the event loop that serves requests (hardening.md §0: planning is synchronous and has no
 * deadline of its own). A thread whose plan takes too long is killed and replaced.
 */
export class PlanPool {
  readonly #deadline: number;
  readonly #all = new Set<PlanThread>();
  /** Threads without work; each with the timer that ends it where there are others. */
  readonly #idle = new Map<PlanThread, NodeJS.Timeout>();
  readonly #waiting: Waiting[] = [];
  /** Generations that are being read ahead of their first plan. */
  readonly #warming = new Map<string, Promise<void>>();
  /** Plans under way that take long. */
  #slow = 0;
  #isStopped = false;

  /** @param deadline milliseconds for one plan */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** Operations that wait for a thread. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Starts a thread and reads a supergraph, so that the first plan need not wait for either; never rejects. */
  warm(generation: Pick<PlanJob, "generation" | "sdl">): Promise<void> {
    const known = this.#warming.get(generation.generation);
    if (known) return known;
    const warming = this.#warm(generation).finally(() => this.#warming.delete(generation.generation));
    this.#warming.set(generation.generation, warming);
    return warming;
  }

  async #warm(generation: Pick<PlanJob, "generation" | "sdl">): Promise<void> {
    const thread = this.#take();
    if (!thread) return;
    // Reading takes long: operations that are to be planned meanwhile get the second thread.
    this.#slow += 1;
    await thread.load(generation).catch(() => undefined);
    this.#slow -= 1;
    this.#free(thread);
  }

  /** @throws ClientError PLANNING_TIMEOUT; InternalError for what the planner throws */
  plan(job: PlanJob): Promise<QueryPlan> {
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(
        new ClientError("PLANNING_TIMEOUT", "Too many new operations wait to be planned; try again."),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Frees what the threads hold for a generation. */
  forget(generation: string): void {
    for (const thread of this.#all) thread.forget(generation);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new InternalError("the gateway is stopping"));
    await Promise.all([...this.#all].map((thread) => thread.stop()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const thread = this.#take();
    const first = thread && this.#waiting.shift();
    if (first) void this.#run(thread, first);
  }

  async #run(thread: PlanThread, { job, resolve, reject }: Waiting): Promise<void> {
    let slow = 0;
    const timer = setTimeout(() => {
      slow = 1;
      this.#slow += slow;
      this.#next();
    }, SLOW);
    try {
      resolve(await thread.plan(job));
    } catch (error) {
      reject(error);
    }
    clearTimeout(timer);
    this.#slow -= slow;
    this.#free(thread);
  }

  /** An idle thread, or a new one where there is none yet or the others are slow. */
  #take(): PlanThread | undefined {
    for (const [thread, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(thread);
      if (!thread.isDead) return thread;
      this.#all.delete(thread);
    }
    const mayStart = this.#all.size < Math.min(MAX_THREADS, this.#slow + 1);
    return mayStart && !this.#isStopped ? this.#start() : undefined;
  }

  #free(thread: PlanThread): void {
    if (thread.isDead) this.#all.delete(thread);
    else this.#idle.set(thread, setTimeout(() => this.#retire(thread), IDLE).unref());
    this.#next();
  }

  #retire(thread: PlanThread): void {
    if (this.#all.size === 1) return;
    this.#idle.delete(thread);
    this.#all.delete(thread);
    void thread.stop();
  }

  #start(): PlanThread {
    const thread = new PlanThread(this.#deadline);
    this.#all.add(thread);
    return thread;
  }
}
