import type { Worker } from "node:worker_threads";
import type { QueryPlan } from "@apollo/query-planner";
import { ClientError, InternalError } from "../../shared/errors.ts";
import { startThread } from "../../shared/start-thread.ts";
import type { PlanReply, PlanRequest } from "./plan-worker.ts";

/** An operation to be planned, in the generation whose SDL it is. */
export interface PlanJob {
  readonly generation: string;
  readonly sdl: string;
  readonly document: string;
  readonly operationName: string | null;
}

/** Milliseconds for reading a supergraph; only a broken one takes longer. */
const LOAD_DEADLINE = 60_000;
/** Generations held: the one that is served, the one before and the next. One more takes the place of the oldest. */
const MAX_HELD = 3;
/** Megabytes; a plan that needs more is given up like one that takes too long. */
const MAX_HEAP = 1024;

/** One thread with query planners: plans one job after the other, and is of no use once a job was given up. */
export class PlanThread {
  readonly #worker: Worker;
  readonly #deadline: number;
  /** The one that was used last comes last. */
  readonly #loaded = new Set<string>();
  /** The generation that is being read, and whether its end came meanwhile. */
  #reading: { readonly generation: string; isEnded: boolean } | null = null;
  #settle: { resolve: (reply: PlanReply) => void; reject: (error: Error) => void } | null = null;
  #isDead = false;

  /** @param deadline milliseconds for one plan */
  constructor(deadline: number) {
    this.#deadline = deadline;
    this.#worker = startThread(new URL("./plan-worker", import.meta.url), MAX_HEAP);
    this.#worker.on("message", (reply: PlanReply) => this.#settle?.resolve(reply));
    this.#worker.on("messageerror", () =>
      this.#fail(new InternalError("what the planning thread answers cannot be read")),
    );
    this.#worker.on("error", (error) => this.#fail(explain(error)));
    this.#worker.on("exit", () => this.#fail(new InternalError("the planning thread ended")));
    this.#worker.unref();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Plans a job; nothing else may be asked of the thread meanwhile.
   *
   * @throws ClientError PLANNING_TIMEOUT where it takes too long or too much memory, and then the thread is
   * dead; OPERATION_TOO_COMPLEX where the planner gives up by itself
   */
  async plan(job: PlanJob): Promise<QueryPlan> {
    this.#worker.ref();
    try {
      await this.#load(job);
      const { generation, document, operationName } = job;
      const reply = await this.#ask({ kind: "plan", generation, document, operationName }, this.#deadline);
      if (reply.kind === "planned") return reply.plan;
      throw new ClientError("OPERATION_TOO_COMPLEX", "There are too many ways to plan the operation.");
    } finally {
      this.#worker.unref();
      this.#read();
    }
  }

  /** Reads a supergraph ahead of its first plan. */
  async load({ generation, sdl }: Pick<PlanJob, "generation" | "sdl">): Promise<void> {
    await this.#load({ generation, sdl });
    this.#read();
  }

  /** Frees what is held for a generation; one that is being read, once it was. */
  forget(generation: string): void {
    if (this.#loaded.delete(generation)) this.#post({ kind: "forget", generation });
    else if (this.#reading?.generation === generation) this.#reading.isEnded = true;
  }

  /** What was read has served whoever asked for it. */
  #read(): void {
    const read = this.#reading;
    this.#reading = null;
    if (read?.isEnded === true) this.forget(read.generation);
  }

  async stop(): Promise<void> {
    this.#isDead = true;
    await this.#worker.terminate();
  }

  async #load({ generation, sdl }: Pick<PlanJob, "generation" | "sdl">): Promise<void> {
    if (this.#loaded.delete(generation)) {
      this.#loaded.add(generation);
      return;
    }
    // Whoever asks for one that has ended, or whose end came while it was read, must not fill the thread.
    const [oldest] = this.#loaded.size >= MAX_HELD ? this.#loaded : [];
    if (oldest !== undefined) this.forget(oldest);
    this.#reading = { generation, isEnded: false };
    await this.#ask({ kind: "load", generation, sdl }, LOAD_DEADLINE);
    this.#loaded.add(generation);
  }

  #ask(request: PlanRequest, deadline: number): Promise<PlanReply> {
    return new Promise<PlanReply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(new ClientError("PLANNING_TIMEOUT", `Planning took longer than ${deadline} ms.`));
      }, deadline);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#settle = null;
        act();
      };
      this.#settle = {
        reject: (error) => settle(() => reject(error)),
        resolve: (reply) =>
          settle(() => {
            if (reply.kind === "failed") reject(new InternalError(`planning failed: ${reply.message}`));
            else resolve(reply);
          }),
      };
      if (this.#isDead) this.#settle.reject(new InternalError("the planning thread is dead"));
      else this.#post(request);
    });
  }

  #post(request: PlanRequest): void {
    this.#worker.postMessage(request);
  }

  #fail(error: Error): void {
    this.#isDead = true;
    void this.#worker.terminate();
    this.#settle?.reject(error);
  }
}

function explain(error: Error & { readonly code?: string }): Error {
  return error.code === "ERR_WORKER_OUT_OF_MEMORY"
    ? new ClientError("PLANNING_TIMEOUT", "Planning took more memory than the gateway gives it.")
    : error;
}
