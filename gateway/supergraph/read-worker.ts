// Thread: reads supergraphs where the event loop of requests is not blocked.
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { ClientError } from "../../shared/errors.ts";
import type { ContractSpec } from "./contract.ts";
import { readSupergraph } from "./read-supergraph.ts";
import type { PlanningText, SupergraphParts } from "./supergraph-parts.ts";

export interface ReadRequest {
  readonly sdl: string;
  readonly contracts: readonly ContractSpec[];
}

/** Comes before the reply. */
export interface PlanningNote extends PlanningText {
  readonly kind: "planning";
}

export type ReadReply =
  | { readonly kind: "read"; readonly parts: SupergraphParts }
  /** The supergraph is not one that may be served. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** Where there are fewer cores than threads, requests go before the next generation. Elsewhere it would slow the process. */
const NICE = 10;
if (process.platform === "linux") setPriority(NICE);

parentPort?.on("message", (request: ReadRequest) => parentPort?.postMessage(answer(request)));

function note(text: PlanningText): void {
  const message: PlanningNote = { kind: "planning", ...text };
  parentPort?.postMessage(message);
}

function answer({ sdl, contracts }: ReadRequest): ReadReply {
  try {
    return { kind: "read", parts: readSupergraph(sdl, contracts, note) };
  } catch (error) {
    if (error instanceof ClientError) return { kind: "refused", message: error.message };
    return {
      kind: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
