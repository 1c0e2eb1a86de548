import { ClientError, explainError, InternalError } from "../../shared/errors.ts";
import type { AffectedUse, Finding } from "../supergraph/finding.ts";

/** Prints an error with code, cause and remedy on stderr and sets the exit code. */
export function printError(error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof ClientError)) {
    const text =
      error instanceof Error && !(error instanceof InternalError)
        ? (error.stack ?? error.message)
        : String(error);
    process.stderr.write(`error[INTERNAL]: ${text}\n`);
    return;
  }
  const { cause, remedy } = explainError(error.code);
  process.stderr.write(`error[${error.code}]: ${error.message}\n  cause:  ${cause}\n  remedy: ${remedy}\n`);
}

/** Prints findings on stderr, one block each. */
export function printFindings(findings: readonly Finding[]): void {
  for (const finding of findings) {
    const { location } = finding;
    const place = [
      finding.subgraphs.join(", "),
      location ? `${location.line}:${location.column}` : "",
      finding.coordinate ?? "",
    ].filter((part) => part !== "");
    const where = place.length > 0 ? ` (${place.join(" ")})` : "";
    const affected = (finding.affected ?? []).map((use) => `  affects: ${sayUse(use)}\n`).join("");
    process.stderr.write(
      `${finding.severity}[${finding.code}]${where}: ${finding.message}\n${affected}  remedy: ${finding.remedy}\n`,
    );
  }
}

function sayUse({ clientName, clientVersion, operationName, hash, requests, lastSeen }: AffectedUse): string {
  const application = [clientName || "an application without a name", clientVersion].join(" ").trim();
  const operation = operationName || `operation ${hash.slice(0, 12)}`;
  return `${application}, ${operation}: ${requests} requests, last ${lastSeen.slice(0, 16)}Z`;
}
