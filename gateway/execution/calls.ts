import type { CallSubgraph, ExecutionRequest } from "./executor.ts";
import type { SubgraphReply } from "./subgraph-reply.ts";

/** The subgraph calls of one execution. Calls that are the same are made once. */
export class Calls {
  readonly variables: ExecutionRequest["variables"];
  readonly #call: CallSubgraph;
  readonly #variableTexts = new Map<string, string | undefined>();
  /** Queries that cannot occur twice in one run, for {@link replay}; looking them up would cost more than it saves. */
  #unique: (readonly [string, Promise<SubgraphReply>])[] | null = [];
  readonly #queries = new Map<string, Promise<SubgraphReply>>();

  constructor(request: Pick<ExecutionRequest, "variables" | "callSubgraph">) {
    this.variables = request.variables;
    this.#call = request.callSubgraph;
  }

  /** The JSON text of a variable's value; undefined where it has none. */
  variableText(name: string): string | undefined {
    if (this.#variableTexts.has(name)) return this.#variableTexts.get(name);
    const text = Object.hasOwn(this.variables, name) ? JSON.stringify(this.variables[name]) : undefined;
    this.#variableTexts.set(name, text);
    return text;
  }

  /**
   * Sends a query, unless one with an equal `key` (what it asks, and with which variables) was sent before.
   *
   * @param isOnly whether no other fetch asks the same: then it is only looked for once {@link replay} was called
   */
  query(key: string, isOnly: boolean, subgraph: string, body: string): Promise<SubgraphReply> {
    const known = isOnly && this.#unique !== null ? undefined : this.#queries.get(key);
    if (known) return known;
    const reply = this.#call(subgraph, body, "query");
    if (isOnly && this.#unique !== null) this.#unique.push([key, reply]);
    else this.#queries.set(key, reply);
    return reply;
  }

  /** From now on the plan is run once more: what was asked before is not asked again. */
  replay(): void {
    for (const [key, reply] of this.#unique ?? []) this.#queries.set(key, reply);
    this.#unique = null;
  }

  mutate(subgraph: string, body: string): Promise<SubgraphReply> {
    return this.#call(subgraph, body, "mutation");
  }
}
