import { z } from "zod";
import { ClientError, explainError } from "../../shared/errors.ts";
import type { Finding } from "../supergraph/finding.ts";
import { printError, printFindings } from "./print.ts";
import { withProgress } from "./progress.ts";

export const FORMATS = ["text", "json", "github"] as const;
/** How a command speaks: to people, to scripts, or as annotations of a GitHub workflow. */
export type Format = (typeof FORMATS)[number];

/** What a command found out. */
export interface Outcome {
  readonly data: object;
  /** For people, on stdout; without a line end. */
  readonly text: string;
  readonly findings?: readonly Finding[];
  /** Refused, though everything was answered. */
  readonly error?: ClientError;
}

/** What annotations name as the file. */
export interface ReportOptions {
  readonly format: Format;
  readonly file?: string;
  /** The subgraph whose schema the file is. */
  readonly subgraph?: string;
}

/**
 * Runs a command and says what came of it: JSON as `{json_version, data, error}` on stdout, text on stdout with
 * findings on stderr, or annotations. A refusal sets exit code 1.
 */
export async function report(options: ReportOptions, work: () => Promise<Outcome>): Promise<void> {
  const isForPeople = options.format === "text" && process.stdout.isTTY;
  const outcome = await settle(isForPeople ? () => withProgress("Asking the registry …", work) : work);
  if (outcome.error) process.exitCode = 1;
  if (options.format === "json") return print(JSON.stringify(jsonOf(outcome), null, 2));
  const findings = outcome.findings ?? [];
  if (options.format === "github") for (const finding of findings) print(annotation(finding, options));
  else printFindings(findings);
  if (outcome.text !== "") print(outcome.text);
  if (outcome.error) printError(outcome.error);
}

/** Says each of several outcomes when it comes: a line of JSON each, or text with findings on stderr. */
export function tellOutcome(format: "text" | "json"): (outcome: Outcome) => void {
  return (outcome) => {
    if (format === "json") return print(JSON.stringify(jsonOf(outcome)));
    printFindings(outcome.findings ?? []);
    if (outcome.text !== "") print(outcome.text);
    if (outcome.error) printError(outcome.error);
  };
}

async function settle(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { data: {}, text: "", findings: findingsOf(error), error };
  }
}

const finding = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  coordinate: z.string().nullable(),
  subgraphs: z.array(z.string()),
  message: z.string(),
  remedy: z.string(),
  location: z.object({ line: z.number(), column: z.number() }).optional(),
  places: z.array(z.object({ subgraph: z.string(), line: z.number(), column: z.number() })).optional(),
  affected: z
    .array(
      z.object({
        clientName: z.string(),
        clientVersion: z.string(),
        operationName: z.string(),
        hash: z.string(),
        requests: z.number(),
        lastSeen: z.string(),
        coordinates: z.array(z.string()),
      }),
    )
    .optional(),
});

/** Findings as the registry sends them. */
export const findingList = z.array(finding).transform((list): readonly Finding[] =>
  list.map(({ location, places, affected, ...rest }) => ({
    ...rest,
    ...(location ? { location } : {}),
    ...(places ? { places } : {}),
    ...(affected ? { affected } : {}),
  })),
);

/** The findings that an error carries. */
export function findingsOf({ extensions }: ClientError): readonly Finding[] {
  return findingList.safeParse(extensions.findings).data ?? [];
}

function jsonOf({ data, findings, error }: Outcome): object {
  const said = error && { code: error.code, message: error.message, ...causeOf(error) };
  const all = findings && !("findings" in data) ? { ...data, findings } : data;
  return { json_version: "1", data: all, error: said ?? null };
}

function causeOf({ code }: ClientError): object {
  const { cause, remedy } = explainError(code);
  return { cause, remedy };
}

/** A workflow command of GitHub Actions: properties and text have their own escapes. */
function annotation(
  { severity, code, location, subgraphs, message, remedy }: Finding,
  { file, subgraph }: ReportOptions,
): string {
  // A line of another subgraph's schema would point at the wrong place of this file.
  const isHere = location && (subgraph === undefined || subgraphs[0] === subgraph);
  const place = [
    ...(file ? [`file=${property(file)}`] : []),
    ...(isHere ? [`line=${location.line}`, `col=${location.column}`] : []),
    `title=${property(code)}`,
  ];
  return `::${severity} ${place.join(",")}::${escapeText(`${message}\n${remedy}`)}`;
}

function escapeText(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return escapeText(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}

function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
