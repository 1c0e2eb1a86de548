import { buildASTSchema, parse } from "graphql";
import { z } from "zod";
import { readDependencies } from "../../registry/read-dependencies.ts";
import { type JoinFacts, readJoin } from "../../registry/read-join.ts";
import { type ManifestFacts, manifestFacts, manifestSchema } from "../../supergraph/manifest-facts.ts";
import type { LineageEdge } from "./lineage-graph.ts";

const artifact = z.object({ supergraph: z.string(), governance: manifestSchema });

/**
 * The lineage that a generation itself states: what fields are said to be computed from, what `@requires` reads, by which
 * keys entities are joined, and which fields decide whether an object is seen.
 *
 * @param content JSON text of the artifact
 */
export function graphEdges(content: string): readonly LineageEdge[] {
  const { supergraph, governance } = artifact.parse(JSON.parse(content));
  const document = parse(supergraph, { noLocation: true });
  const join = readJoin(document);
  const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  const facts = manifestFacts(governance);
  const required = readDependencies(schema, join).flatMap(({ type, field, directive, reads }) =>
    reads.flatMap((read) =>
      read.field === null ? [] : [edge(`${read.type}.${read.field}`, `${type}.${field}`, { by: directive })],
    ),
  );
  return [...statedEdges(facts), ...required, ...keyEdges(join), ...filterEdges(facts, join)];
}

function statedEdges(facts: readonly ManifestFacts[]): readonly LineageEdge[] {
  const masked = new Set(
    facts.flatMap((item) => (item.facts.some(({ isMasked }) => isMasked) ? [item.coordinate] : [])),
  );
  return facts.flatMap(({ coordinate, facts: stated }) =>
    stated.flatMap(({ sources = [] }) =>
      sources.map(({ from, transform }) =>
        edge(from, coordinate, { by: transform, isMasking: masked.has(coordinate) }),
      ),
    ),
  );
}

/** A field of another subgraph than the key's is found by the key. */
function keyEdges({ fields, keys }: JoinFacts): readonly LineageEdge[] {
  const byType = new Map<string, JoinFacts["fields"][number][]>();
  for (const field of fields) byType.set(field.type, [...(byType.get(field.type) ?? []), field]);
  return [...keys].flatMap(([type, sets]) => {
    const own = byType.get(type) ?? [];
    const homes = new Set(own.flatMap(({ subgraphs }) => subgraphs));
    if (homes.size < 2) return [];
    const keyFields = [...new Set(sets.flatMap((set) => set.replace(/\{[^}]*\}/g, "").match(/\w+/g) ?? []))];
    return own
      .filter(({ name }) => !keyFields.includes(name))
      .flatMap(({ name }) =>
        keyFields.map((key) => edge(`${type}.${key}`, `${type}.${name}`, { by: "@key", kind: "INDIRECT" })),
      );
  });
}

function filterEdges(facts: readonly ManifestFacts[], { fields }: JoinFacts): readonly LineageEdge[] {
  return facts.flatMap(({ coordinate: type, filteredBy }) =>
    filteredBy.flatMap((by) =>
      fields
        .filter((field) => field.type === type && field.name !== by)
        .map(({ name }) => edge(`${type}.${by}`, `${type}.${name}`, { by: "filter", kind: "INDIRECT" })),
    ),
  );
}

function edge(from: string, to: string, rest: Partial<LineageEdge>): LineageEdge {
  return { from, to, kind: "DIRECT", by: null, isMasking: false, reportedBy: null, ...rest };
}
