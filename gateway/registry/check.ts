import { parse } from "graphql";
import type { Finding } from "../supergraph/finding.ts";
import type { CheckedFinding } from "./checked-finding.ts";
import { type Artifact, compose, type SubgraphSource } from "./compose.ts";
import { deepSchemas } from "./deep-schemas.ts";
import { findApiChanges } from "./find-api-changes.ts";
import { findLoosened } from "./find-loosened.ts";
import { findTightened } from "./find-tightened.ts";
import { lintSchema } from "./lint-schema.ts";
import { listCoordinates } from "./list-coordinates.ts";
import { locateFindings } from "./locate-findings.ts";
import { unfitArguments } from "./unfit-arguments.ts";
import { unfitNames } from "./unfit-names.ts";
import { unreadableSupergraph } from "./unreadable-supergraph.ts";

/** A change of one subgraph: its new schema and address, or null to take it out. */
export interface Change {
  readonly name: string;
  readonly source: ChangedSource | null;
}

/** A subgraph as it is to be. */
export interface ChangedSource {
  readonly sdl: string;
  readonly url: string;
  /** Text of `product.yaml`; null to take it away, absent to leave the published one. */
  readonly product?: string | null;
}

export interface CheckRequest {
  /** What is published, with the artifact of it; nothing before the first publish. */
  readonly published: readonly SubgraphSource[];
  readonly artifact: Artifact | null;
  readonly changes: readonly Change[];
}

export interface CheckReport {
  /** What would be served, or null where it does not compose or a governance rule refuses it. */
  readonly artifact: Artifact | null;
  /** Of composition, lint, the API's changes and the rules' changes; errors first. Not weighed by usage yet. */
  readonly findings: readonly CheckedFinding[];
}

/** Composes what would be published and compares it with what is: the API and every governance rule. */
export async function check({ published, artifact, changes }: CheckRequest): Promise<CheckReport> {
  const changed = changes.flatMap(({ name, source }) => (source ? [{ name, ...source }] : []));
  const deep = changed.flatMap(deepSchemas);
  if (deep.length > 0) return { artifact: null, findings: deep };
  const composition = compose(applyChanges(published, changes));
  const located = (findings: readonly CheckedFinding[]) => sorted(locateFindings(findings, changed));
  const composed = composition.findings.filter(concerning(changes, changed));
  if (composition.kind === "refused") return { artifact: null, findings: located(composed) };
  const unfit = changed.flatMap((source) => [...unfitArguments(source), ...unfitNames(source)]);
  if (unfit.length > 0) return { artifact: null, findings: located([...unfit, ...composed]) };
  const proposed = composition.artifact;
  const names = changes.map(({ name }) => name);
  const unreadable = unreadableSupergraph(proposed, names);
  if (unreadable.length > 0) return { artifact: null, findings: located([...unreadable, ...composed]) };
  const apiChanges = artifact
    ? [
        ...findLoosened(artifact, proposed),
        ...findTightened(artifact, proposed),
        ...(await findApiChanges(artifact, proposed)),
      ]
    : [];
  const lint = changed.flatMap(lintSchema);
  return { artifact: proposed, findings: located([...apiChanges, ...composed, ...lint]) };
}

/** What refuses the whole, and remarks on what is changed; on other domains' places they get theirs at their own next check. */
function concerning(changes: readonly Change[], changed: readonly { readonly sdl: string }[]) {
  const names = new Set(changes.map(({ name }) => name));
  const coordinates = new Set(changed.flatMap(({ sdl }) => coordinatesOf(sdl)));
  return ({ severity, coordinate, subgraphs }: Finding): boolean =>
    severity === "error" ||
    coordinate === null ||
    coordinates.has(coordinate) ||
    subgraphs.some((name) => names.has(name));
}

/** Of a schema that does not parse there is an error to read. */
function coordinatesOf(sdl: string): readonly string[] {
  try {
    return [...listCoordinates(parse(sdl))];
  } catch {
    return [];
  }
}

/** The subgraphs as they are after the changes. */
export function applyChanges(
  published: readonly SubgraphSource[],
  changes: readonly Change[],
): readonly SubgraphSource[] {
  const kept = published.filter(({ name }) => !changes.some((change) => change.name === name));
  return [...kept, ...changedSources(published, changes)];
}

/** The new versions, each with the descriptor that it keeps or gets. */
export function changedSources(
  published: readonly SubgraphSource[],
  changes: readonly Change[],
): readonly Required<SubgraphSource>[] {
  return changes.flatMap(({ name, source }) => {
    if (source === null) return [];
    const known = published.find((item) => item.name === name)?.product ?? null;
    const { sdl, url, product = known } = source;
    return [{ name, sdl, url, product }];
  });
}

function sorted(findings: readonly CheckedFinding[]): readonly CheckedFinding[] {
  return [...findings].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "error" ? -1 : 1));
}
