import { createHash } from "node:crypto";
import { composeServices } from "@apollo/composition";
import { type ASTNode, type DocumentNode, GraphQLError, getLocation, parse } from "graphql";
import { stripGovernance } from "../../shared/strip-governance.ts";
import type { Finding } from "../supergraph/finding.ts";
import { mergePolicy, type Policy } from "../supergraph/merge-policy.ts";
import { readApplications } from "../supergraph/read-applications.ts";
import { annotateSupergraph } from "./annotate-supergraph.ts";
import { canonicalAuthNames } from "./canonical-auth-names.ts";
import { governSupergraph } from "./govern-supergraph.ts";
import { type DescribedProduct, readProducts } from "./read-products.ts";

/** One domain's schema as it goes into composition. */
export interface SubgraphSource {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  /** Text of the product's descriptor, `product.yaml`; null or absent where there is none. */
  readonly product?: string | null;
}

export type Composition =
  | { readonly kind: "composed"; readonly artifact: Artifact; readonly findings: readonly Finding[] }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] };

/** What a gateway serves, as one immutable value (governance.md §1). */
export interface Artifact {
  /** The supergraph SDL with the merged policy in it. */
  readonly supergraph: string;
  /** The merged policy as data, for catalogs and diffs. */
  readonly governance: GovernanceManifest;
  /** The data products as their owners describe them. */
  readonly products: readonly DescribedProduct[];
  /** SHA-256 of each subgraph's SDL, lower-case hex. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string; readonly hash: string }[];
  /** SHA-256 over the above, lower-case hex. */
  readonly hash: string;
}

export interface GovernanceManifest {
  readonly rules: readonly {
    readonly coordinate: string;
    readonly directive: string;
    readonly applications: readonly unknown[];
    readonly subgraphs: readonly string[];
    /** Why the rule holds though nobody wrote it there; null where somebody did. */
    readonly reason: string | null;
  }[];
}

/**
 * Composes subgraphs to one governed supergraph: Apollo's composition on the schemas without governance, our
 * merge rules for the policy, and the policy written into the result. The order of subgraphs does not matter.
 */
export function compose(sources: readonly SubgraphSource[]): Composition {
  const sorted = [...sources].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parsed = sorted.map(parseSource);
  const syntax = parsed.flatMap((item) => ("finding" in item ? [item.finding] : []));
  if (syntax.length > 0) return { kind: "refused", findings: syntax };
  const subgraphs = parsed.flatMap((item) => ("document" in item ? [item] : []));
  const read = subgraphs.map(({ source, document }) => readApplications({ subgraph: source.name }, document));
  const written = read.flatMap((item) => item.applications);
  const described = readProducts(
    subgraphs.map(({ source: { name, product = null }, document }) => ({ name, product, document })),
    written,
  );
  const applications = [...written, ...described.applications];
  const merged = mergePolicy(applications);
  const result = composeServices(
    subgraphs.map(({ source, document }) => ({
      name: source.name,
      url: source.url,
      typeDefs: canonicalAuthNames(stripGovernance(document)),
    })),
  );
  const findings = [
    ...(result.errors ?? []).map(compositionFinding),
    ...read.flatMap((item) => item.findings),
    ...merged.findings,
    ...described.findings,
  ];
  if (result.errors || hasError(findings)) return { kind: "refused", findings };
  const governed = governSupergraph(parse(result.supergraphSdl), merged.policy, applications);
  const all = [...findings, ...governed.findings];
  if (hasError(all)) return { kind: "refused", findings: all };
  return {
    kind: "composed",
    artifact: createArtifact(annotateSupergraph(result.supergraphSdl, governed.policy), governed.policy, {
      sources: sorted,
      products: described.products,
    }),
    findings: [...all, ...result.hints.map(hintFinding)],
  };
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}

interface ParsedSource {
  readonly source: SubgraphSource;
  readonly document: DocumentNode;
}

function parseSource(source: SubgraphSource): ParsedSource | { readonly finding: Finding } {
  try {
    return { source, document: parse(source.sdl) };
  } catch (error) {
    const location = error instanceof GraphQLError ? error.locations?.[0] : undefined;
    return {
      finding: {
        severity: "error",
        code: "INVALID_GRAPHQL",
        coordinate: null,
        subgraphs: [source.name],
        message: `The schema of ${source.name} does not parse: ${error instanceof Error ? error.message : String(error)}`,
        remedy: "Correct the syntax at the line and column given.",
        ...(location ? { location } : {}),
      },
    };
  }
}

function compositionFinding(error: GraphQLError): Finding {
  return {
    severity: "error",
    code: String(error.extensions.code ?? "COMPOSITION_ERROR"),
    coordinate: null,
    message: error.message,
    remedy: "Change the schema of one of the subgraphs named so that they agree.",
    ...whereabouts(error.nodes ?? []),
  };
}

function hintFinding(hint: {
  readonly definition: { readonly code: string };
  readonly message: string;
  readonly coordinate?: string;
  readonly nodes?: readonly ASTNode[];
}): Finding {
  return {
    severity: "warning",
    code: hint.definition.code,
    coordinate: hint.coordinate ?? null,
    message: hint.message,
    remedy: "Nothing has to be done; agree on one form where the difference is not meant.",
    ...whereabouts(hint.nodes ?? []),
  };
}

/** Composition attaches the subgraph's name to the nodes of its errors and hints. */
function whereabouts(nodes: readonly ASTNode[]): Pick<Finding, "subgraphs" | "location" | "places"> {
  const places = nodes.flatMap((node) => {
    if (!("subgraph" in node) || typeof node.subgraph !== "string" || !node.loc) return [];
    const { line, column } = getLocation(node.loc.source, node.loc.start);
    return [{ subgraph: node.subgraph, line, column }];
  });
  const [first] = places;
  if (!first) return { subgraphs: [] };
  const { line, column } = first;
  return {
    subgraphs: [...new Set(places.map(({ subgraph }) => subgraph))],
    location: { line, column },
    places,
  };
}

function createArtifact(
  supergraph: string,
  policy: Policy,
  { sources, products }: Pick<Artifact, "products"> & { readonly sources: readonly SubgraphSource[] },
): Artifact {
  const rules = [...policy.keys()].sort().flatMap((coordinate) =>
    (policy.get(coordinate) ?? []).map(({ directive, applications, subgraphs, reason }) => ({
      coordinate,
      directive: directive.name,
      applications,
      subgraphs,
      reason,
    })),
  );
  const subgraphs = sources.map(({ name, url, sdl }) => ({ name, url, hash: sha256(sdl) }));
  const content = { supergraph, governance: { rules }, products, subgraphs };
  return { ...content, hash: sha256(JSON.stringify(content)) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
