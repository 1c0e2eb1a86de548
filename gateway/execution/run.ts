import type { CallSubgraph, ExecutionRequest } from "./executor.ts";
import type { FoundPlaces, Place } from "./find-places.ts";
import type { JsonObject } from "./merge-entities.ts";
import type { RaisedError } from "./place-errors.ts";
import { copyReply, type SubgraphReply } from "./subgraph-reply.ts";

/** A part of a compiled plan. Never rejects: what fails is raised as an error of the run. */
export type Step = (run: Run) => Promise<void>;

/** The state of one execution of a program. */
export class Run implements FoundPlaces {
  /** What the subgraphs gave so far, merged. */
  readonly data: JsonObject = {};
  readonly united = new Map<Place, readonly JsonObject[]>();
  readonly raised: RaisedError[] = [];
  readonly variables: ExecutionRequest["variables"];
  readonly #call: CallSubgraph;
  readonly #variableTexts = new Map<string, string | undefined>();
  readonly #calls = new Map<string, Promise<SubgraphReply>>();

  constructor(request: ExecutionRequest) {
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
   * Calls a subgraph. Calls with the same `key` are made once, and each caller gets an answer of its own;
   * null means that the call is never the same as another one.
   */
  call(
    subgraph: string,
    body: string,
    kind: "query" | "mutation",
    key: string | null,
  ): Promise<SubgraphReply> {
    if (key === null) return this.#call(subgraph, body, kind);
    const known = this.#calls.get(key);
    if (known) return known.then((reply) => copyReply(subgraph, reply));
    const reply = this.#call(subgraph, body, kind);
    this.#calls.set(key, reply);
    return reply;
  }
}
