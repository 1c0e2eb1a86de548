import { z } from "zod";
import type { Finding } from "../../supergraph/finding.ts";

/** What is kept of a check until Rover asks for it, as the detail of an act. */
export const storedCheck = z.object({
  code: z.string().nullable(),
  findings: z.array(
    z.looseObject({
      severity: z.enum(["error", "warning"]),
      code: z.string(),
      coordinate: z.string().nullable(),
      message: z.string(),
      remedy: z.string(),
      location: z.object({ line: z.number(), column: z.number() }).optional(),
    }),
  ),
});
type StoredCheck = z.infer<typeof storedCheck>;
type StoredFinding = StoredCheck["findings"][number];

/** Findings kept per check, the worst first. */
const KEPT = 200;

/** The same, of a check just made. */
export function toStoredCheck(code: string | null, findings: readonly Finding[]): StoredCheck {
  const kept = findings.slice(0, KEPT).map(({ severity, code, coordinate, message, remedy, location }) => ({
    ...{ severity, code, coordinate, message, remedy },
    ...(location ? { location } : {}),
  }));
  return { code, findings: kept };
}

/**
 * A check as Rover reads it: what does not compose under composition, what breaks clients under operations, and
 * governance and lint as custom checks.
 */
export function checkWorkflow(id: string, { code, findings }: StoredCheck): object {
  const isBreaking = (finding: StoredFinding) => finding.code === "BREAKING_CHANGE";
  const status = code === null ? "PASSED" : "FAILED";
  const doesNotCompose = code === "COMPOSITION_FAILED";
  const rest = findings.filter((finding) => !isBreaking(finding));
  const composition = doesNotCompose ? rest.filter(({ severity }) => severity === "error") : [];
  const custom = rest.filter((finding) => !composition.includes(finding));
  return {
    id,
    status,
    tasks: [
      {
        __typename: "CompositionCheckTask",
        status: doesNotCompose ? "FAILED" : "PASSED",
        coreSchemaModified: !doesNotCompose,
        result: { errors: composition.map(buildError) },
      },
      {
        __typename: "OperationsCheckTask",
        status: code === "BREAKING_CHANGE" ? "FAILED" : "PASSED",
        result: operations(findings.filter(isBreaking)),
      },
      {
        __typename: "CustomCheckTask",
        status: custom.some(({ severity }) => severity === "error") ? "FAILED" : "PASSED",
        result: { violations: custom.map(violation) },
      },
    ],
  };
}

/** A finding as Rover prints it among build errors. */
export function buildError({ message, code, remedy, location }: StoredFinding): object {
  return { message: `${message} ${remedy}`, code, locations: location ? [location] : [] };
}

function operations(changes: readonly StoredFinding[]): object {
  const severityOf = ({ severity }: StoredFinding) => (severity === "error" ? "FAILURE" : "NOTICE");
  return {
    checkSeverity: changes.some(({ severity }) => severity === "error") ? "FAILURE" : "NOTICE",
    numberOfCheckedOperations: 0,
    changes: changes.map((change) => ({
      severity: severityOf(change),
      code: change.code,
      description: `${change.message} ${change.remedy}`,
    })),
  };
}

function violation({ severity, code, coordinate, message, remedy, location }: StoredFinding): object {
  const point = location && { ...location, byteOffset: 0 };
  return {
    coordinate: coordinate ?? "",
    level: severity === "error" ? "ERROR" : "WARNING",
    message: `${message} ${remedy}`,
    rule: code,
    sourceLocations: point ? [{ start: point, end: point, subgraphName: null }] : [],
  };
}
