import { InternalError } from "../shared/errors.ts";
import type { SubgraphClient } from "./execution/fetch-subgraph.ts";
import type { Supergraph } from "./supergraph/supergraph.ts";

/** How a subgraph is reached: clients are shared by generations that agree on it. */
export interface ClientSpec {
  readonly name: string;
  readonly url: string;
}

export interface GenerationsOptions<Parts> {
  /** The subgraphs of a supergraph with the addresses to call; throws where one may not be called. */
  readonly specs: (supergraph: Supergraph) => readonly ClientSpec[];
  readonly createClient: (spec: ClientSpec) => SubgraphClient;
  /** What else depends on a generation. */
  readonly createParts: (supergraph: Supergraph, clients: ReadonlyMap<string, SubgraphClient>) => Parts;
  /** Told of a generation that nothing runs on any more. */
  readonly onRelease: (supergraph: Supergraph) => void;
}

/** A supergraph in use, with its connections. */
interface Generation<Parts> {
  readonly supergraph: Supergraph;
  readonly parts: Parts;
  readonly keys: readonly string[];
  /** Operations under way. */
  running: number;
  isRetired: boolean;
}

/**
 * The generations that are alive: the one that is served, and the one before while its operations finish. Each
 * keeps its connections until its last operation ended; a subgraph that did not move keeps them across generations.
 */
export class Generations<Parts> {
  readonly #options: GenerationsOptions<Parts>;
  readonly #alive = new Map<Supergraph, Generation<Parts>>();
  readonly #clients = new Map<string, { readonly client: SubgraphClient; users: number }>();
  #current: Generation<Parts> | null = null;
  #onQuiet: (() => void)[] = [];

  constructor(options: GenerationsOptions<Parts>) {
    this.#options = options;
  }

  /** How many generations are alive. */
  get size(): number {
    return this.#alive.size;
  }

  /** Makes a supergraph the one that is served. @throws ClientError where a subgraph's address may not be called */
  activate(supergraph: Supergraph): void {
    if (this.#current?.supergraph === supergraph) return;
    const previous = this.#current;
    this.#current = this.#open(supergraph);
    this.#current.isRetired = false;
    if (!previous) return;
    previous.isRetired = true;
    this.#releaseIfIdle(previous);
  }

  /** What an operation of this generation uses until {@link leave}. */
  enter(supergraph: Supergraph): Generation<Parts> {
    // A request that was slow to authenticate may come with a generation that was let go meanwhile.
    const generation = this.#alive.get(supergraph) ?? this.#open(supergraph);
    generation.running += 1;
    return generation;
  }

  leave(generation: Generation<Parts>): void {
    generation.running -= 1;
    if (generation.isRetired) this.#releaseIfIdle(generation);
  }

  /** What depends on a generation that an operation has entered. */
  partsOf(supergraph: Supergraph): Parts {
    const generation = this.#alive.get(supergraph);
    if (!generation) throw new InternalError("an operation runs on a generation that it did not enter");
    return generation.parts;
  }

  /** Resolves once no generation but the served one is alive. */
  async quiet(): Promise<void> {
    while (this.#alive.size > 1) await new Promise<void>((resolve) => this.#onQuiet.push(resolve));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map(({ client }) => client.close()));
    this.#clients.clear();
  }

  #open(supergraph: Supergraph): Generation<Parts> {
    const specs = this.#options.specs(supergraph);
    const clients = new Map(specs.map((spec) => [spec.name, this.#acquire(spec)]));
    const parts = this.#options.createParts(supergraph, clients);
    const generation = { supergraph, parts, keys: specs.map(keyOf), running: 0, isRetired: true };
    this.#alive.set(supergraph, generation);
    return generation;
  }

  #acquire(spec: ClientSpec): SubgraphClient {
    const key = keyOf(spec);
    const known = this.#clients.get(key) ?? { client: this.#options.createClient(spec), users: 0 };
    known.users += 1;
    this.#clients.set(key, known);
    return known.client;
  }

  #releaseIfIdle(generation: Generation<Parts>): void {
    if (generation.running > 0) return;
    this.#alive.delete(generation.supergraph);
    for (const key of generation.keys) {
      const held = this.#clients.get(key);
      if (!held) continue;
      held.users -= 1;
      if (held.users > 0) continue;
      this.#clients.delete(key);
      void held.client.close();
    }
    this.#options.onRelease(generation.supergraph);
    for (const resolve of this.#onQuiet.splice(0)) resolve();
  }
}

function keyOf({ name, url }: ClientSpec): string {
  return `${name} ${url}`;
}
