import { ClientError, explainError } from "../errors.ts";

/** Why a process could not do its work, for people: what, cause and remedy; a stack where it is our own fault. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof ClientError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `error[INTERNAL]: ${text}`;
  }
  const { cause, remedy } = explainError(error.code);
  return `error[${error.code}]: ${error.message}\n  cause:  ${cause}\n  remedy: ${remedy}`;
}
