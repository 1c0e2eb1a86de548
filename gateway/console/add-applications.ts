import type { LineageEdge, LineageGraph, LineageNode } from "./queries/lineage.ts";

/** A place as it is drawn: one of the lineage, or an application at its end. */
export interface DrawnNode extends Omit<LineageNode, "kind"> {
  readonly kind: LineageNode["kind"] | "APPLICATION";
  /** What it belongs to; of an application its operations. */
  readonly about: string;
}

export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly LineageEdge[];
}

/** The applications that read a place of the lineage, or what is made of it; not those of what it is only made from. */
export function applicationsBelow({ nodes, edges, consumers }: LineageGraph, of: string) {
  const reached = new Set(nodes.flatMap(({ id }) => (id === of || id.startsWith(`${of}#`) ? [id] : [])));
  // Grows while it is walked.
  for (const place of reached) for (const { from, to } of edges) if (from === place) reached.add(to);
  return (consumers ?? []).filter(({ field }) => reached.has(field));
}

/** The lineage as it is drawn: with what each place belongs to, and those applications. */
export function addApplications(graph: LineageGraph, of: string): DrawnGraph {
  const uses = applicationsBelow(graph, of).map(({ field, application, operations }) => ({
    field,
    id: `application ${application}`,
    name: application || "(without a name)",
    operations: operations.map(({ name, hash }) => name || hash.slice(0, 8)),
  }));
  const byId = new Map<string, typeof uses>();
  for (const use of uses) byId.set(use.id, [...(byId.get(use.id) ?? []), use]);
  const applications = [...byId].map(([id, own]): DrawnNode => {
    const about = [...new Set(own.flatMap(({ operations }) => operations))].join(", ");
    const name = own[0]?.name ?? "";
    return { id, kind: "APPLICATION", name, about, classification: null, product: null };
  });
  return {
    nodes: [...graph.nodes.map((node) => ({ ...node, about: aboutOf(node) })), ...applications],
    edges: [
      ...graph.edges,
      ...uses.map(({ field, id, operations }): LineageEdge => {
        return {
          from: field,
          to: id,
          kind: "DIRECT",
          by: operations.join(", "),
          isMasking: false,
          reportedBy: null,
        };
      }),
    ],
  };
}

function aboutOf({ id, kind, product, classification }: LineageNode): string {
  const [dataset = ""] = id.split("#");
  const place = dataset.lastIndexOf("/");
  if (kind === "DATASET_FIELD") return dataset.slice(place + 1);
  if (kind === "DATASET") return dataset.slice(0, place);
  const level = classification === null ? "" : ` · ${classification.toLowerCase()}`;
  return `${product?.name ?? kind.toLowerCase()}${level}`;
}
