import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import type { Environment } from "../config/environment.ts";
import { type Composition, compose, type SubgraphSource } from "../registry/compose.ts";
import type { Finding } from "../supergraph/finding.ts";
import { readRuleOrigins } from "../supergraph/rule-origins.ts";
import { readSources } from "./compose.ts";
import { readProduct } from "./read-product.ts";
import { readSupergraph, type SupergraphFile } from "./read-supergraph.ts";
import { readText } from "./read-text.ts";
import { askRegistry, registryAccess } from "./registry-client.ts";

export interface CandidateOptions {
  /** The changed subgraph. */
  readonly name?: string;
  /** File of its SDL, `-` for standard input. */
  readonly schema?: string;
  /** A whole candidate supergraph, instead. */
  readonly candidate?: string;
  /** What is served now: a supergraph file, or Rover's supergraph.yaml; default: what the registry has published. */
  readonly supergraph?: string;
  readonly config?: string;
}

/** Both sides of a change, or why it does not compose. */
type Candidate =
  | {
      readonly kind: "both";
      readonly before: SupergraphFile;
      readonly after: SupergraphFile;
      readonly findings: readonly Finding[];
    }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

/**
 * What is served now, and what would be: with one subgraph changed, or as a whole.
 *
 * @throws ClientError USAGE, FILE_UNREADABLE, SUPERGRAPH_INVALID, COMPOSITION_FAILED, or what the registry refuses with
 */
export async function readCandidate(options: CandidateOptions, env: Environment): Promise<Candidate> {
  const { name, schema, candidate, supergraph } = options;
  if (name === undefined || schema === undefined) {
    if (name !== undefined || schema !== undefined)
      throw new ClientError("USAGE", "--name and --schema go together.");
    const before =
      supergraph === undefined ? await publishedSupergraph(options, env) : readSupergraph(supergraph);
    const after = candidate === undefined ? before : readSupergraph(candidate);
    return { kind: "both", before, after, findings: [] };
  }
  if (candidate !== undefined || supergraph !== undefined)
    throw new ClientError("USAGE", "--name and --schema change published subgraphs, or those of --config.");
  const sources = await readPublished(options, env);
  const known = sources.find((source) => source.name === name);
  const changed = {
    name,
    url: known?.url ?? "http://127.0.0.1:1/graphql",
    sdl: readText(schema),
    product: readProduct({ schema }) ?? known?.product ?? null,
  };
  const composed = compose([...sources.filter((source) => source !== known), changed]);
  if (composed.kind === "refused") return composed;
  return {
    kind: "both",
    before: composedNow(compose(sources)),
    after: composedNow(composed),
    findings: composed.findings,
  };
}

function composedNow(composition: Composition): SupergraphFile {
  if (composition.kind === "refused")
    throw new ClientError("COMPOSITION_FAILED", "What is published does not compose.", { ...composition });
  const { artifact } = composition;
  return { supergraphSdl: artifact.supergraph, origins: readRuleOrigins(artifact) };
}

const member = z.object({
  name: z.string(),
  url: z.string(),
  sdl: z.string(),
  product: z.string().nullable().default(null),
});

/** The subgraphs of the configuration, else those that are published. */
async function readPublished(
  { config }: CandidateOptions,
  env: Environment,
): Promise<readonly SubgraphSource[]> {
  if (config !== undefined) return readSources(config);
  const access = registryAccess(env);
  const names = await askRegistry(
    access,
    { method: "GET", path: "/subgraphs" },
    z.array(z.object({ name: z.string() })),
  );
  return Promise.all(
    names.map(({ name }) =>
      askRegistry(access, { method: "GET", path: `/subgraphs/${encodeURIComponent(name)}` }, member),
    ),
  );
}

async function publishedSupergraph(options: CandidateOptions, env: Environment): Promise<SupergraphFile> {
  if (options.config !== undefined) return composedNow(compose(readSources(options.config)));
  const generation = z.object({ artifact: z.looseObject({ supergraph: z.string() }) });
  const { artifact } = await askRegistry(
    registryAccess(env),
    { method: "GET", path: "/supergraph" },
    generation,
  );
  return { supergraphSdl: artifact.supergraph, origins: readRuleOrigins(artifact) };
}
