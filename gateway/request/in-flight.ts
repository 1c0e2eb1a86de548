import type { Caller } from "../../shared/define-directive.ts";

/**
 * Work that is under way: who asks for the same meanwhile waits for it instead of doing it again. The same
 * means the same subject, the same key, and the same caller object, which stands for one verified token and purpose;
 * so nothing passes between identities.
 */
export class InFlight<T> {
  readonly #running = new WeakMap<object, WeakMap<Caller, Map<string, Promise<T>>>>();

  /**
   * @param subject what the work is about: an operation, a subgraph
   * @param start called unless the same is under way
   */
  run(subject: object, caller: Caller, key: string, start: () => Promise<T>): Promise<T> {
    const running = this.#of(subject, caller);
    const known = running.get(key);
    if (known) return known;
    const started = start().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  }

  #of(subject: object, caller: Caller): Map<string, Promise<T>> {
    const byCaller = this.#running.get(subject) ?? new WeakMap<Caller, Map<string, Promise<T>>>();
    this.#running.set(subject, byCaller);
    const running = byCaller.get(caller) ?? new Map<string, Promise<T>>();
    byCaller.set(caller, running);
    return running;
  }
}
