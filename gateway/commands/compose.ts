import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { type Composition, compose, type SubgraphSource } from "../registry/compose.ts";
import { printFindings } from "./print.ts";
import { readProduct } from "./read-product.ts";
import { readText } from "./read-text.ts";

export interface ComposeOptions {
  /** Rover's supergraph.yaml. */
  readonly config: string;
  readonly output?: string;
  /** Print the whole artifact as JSON instead of the SDL. */
  readonly artifact: boolean;
}

/** `dpg supergraph compose`: the composed supergraph on stdout or into a file, findings on stderr. */
export function composeCommand(options: ComposeOptions): void {
  const result = compose(readSources(options.config));
  printFindings(result.findings);
  if (result.kind === "refused") throw refusal(result);
  const text = options.artifact
    ? `${JSON.stringify(result.artifact, null, 2)}\n`
    : result.artifact.supergraph;
  if (options.output === undefined) process.stdout.write(text);
  else writeFileSync(options.output, text);
}

/** The error that a refused composition ends a command with; its findings were printed before. */
export function refusal({ findings }: Extract<Composition, { kind: "refused" }>): ClientError {
  const errors = findings.filter((finding) => finding.severity === "error");
  const isGovernance = errors.every(
    ({ code }) => code.startsWith("GOVERNANCE") || code.startsWith("DIRECTIVE"),
  );
  return new ClientError(
    isGovernance ? "GOVERNANCE_REFUSED" : "COMPOSITION_FAILED",
    `${errors.length} finding${errors.length === 1 ? "" : "s"} above.`,
  );
}

const configuration = z.object({
  federation_version: z.union([z.string(), z.number()]).optional(),
  subgraphs: z.record(
    z.string(),
    z.object({ routing_url: z.string().optional(), schema: z.object({ file: z.string() }) }),
  ),
});

/**
 * The subgraphs that Rover's supergraph.yaml names.
 *
 * @throws ClientError CONFIG_INVALID or FILE_UNREADABLE
 */
export function readSources(file: string): readonly SubgraphSource[] {
  const parsed = configuration.safeParse(parseYaml(readText(file)));
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "(top level)"}: ${issue.message}`,
    );
    throw new ClientError("CONFIG_INVALID", `${file}: ${reasons.join("; ")}`);
  }
  return Object.entries(parsed.data.subgraphs).map(([name, subgraph]) => {
    const schema = resolve(dirname(file), subgraph.schema.file);
    const product = readProduct({ schema }) ?? null;
    return { name, url: subgraph.routing_url ?? "", sdl: readText(schema), product };
  });
}
