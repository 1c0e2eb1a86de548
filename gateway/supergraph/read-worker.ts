// Thread: checks and reads generations where the event loop of requests is not blocked.
import { parentPort } from "node:worker_threads";
import type { ErrorCode } from "../../shared/errors.ts";
import { ClientError } from "../../shared/errors.ts";
import { giveWay } from "../../shared/give-way.ts";
import { type GenerationParts, type GenerationRequest, readGeneration } from "./read-generation.ts";
import type { PlanningText } from "./supergraph-parts.ts";

export type ReadRequest =
  | ({ readonly kind: "read" } & GenerationRequest)
  /** Is done like the other, and not answered: what comes next finds code that has run before. */
  | ({ readonly kind: "rehearse" } & GenerationRequest);

/** Comes before the reply. */
export interface PlanningNote extends PlanningText {
  readonly kind: "planning";
}

export type ReadReply =
  | { readonly kind: "read"; readonly parts: GenerationParts }
  /** The generation is not one that may be served. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** Where there are fewer cores than threads, requests go before the next generation. Elsewhere it would slow the process. */
const NICE = 10;

parentPort?.on("message", (request: ReadRequest) => {
  // Before anything is served there is nobody to give way to.
  if (request.served !== null || request.kind === "rehearse") giveWay(NICE);
  if (request.kind === "rehearse") answer(request, () => {});
  else parentPort?.postMessage(answer(request, note));
});

function note(text: PlanningText): void {
  const message: PlanningNote = { kind: "planning", ...text };
  parentPort?.postMessage(message);
}

function answer(request: GenerationRequest, onPlanning: (text: PlanningText) => void): ReadReply {
  try {
    return { kind: "read", parts: readGeneration(request, onPlanning) };
  } catch (error) {
    if (error instanceof ClientError) return { kind: "refused", code: error.code, message: error.message };
    return {
      kind: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
