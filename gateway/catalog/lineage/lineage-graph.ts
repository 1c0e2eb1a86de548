/** Why data of one place is in another. */
export interface LineageEdge {
  /** A coordinate, `namespace/name` of a dataset, or `namespace/name#column`. */
  readonly from: string;
  readonly to: string;
  readonly kind: "DIRECT" | "INDIRECT";
  /** A transformation, `@key`, `@requires` or the name of a job; null where nobody says. */
  readonly by: string | null;
  readonly isMasking: boolean;
  /** The domain whose pipeline said so; null where the graph itself does. */
  readonly reportedBy: string | null;
}

/** A part of a graph. */
export interface LineagePart {
  /** Ids, the ones asked for first, then by their distance. */
  readonly nodes: readonly string[];
  readonly edges: readonly LineageEdge[];
  /** True where more lies beyond the steps or the places allowed. */
  readonly isTruncated: boolean;
}

export interface LineageBounds {
  /** Steps from the place asked for. */
  readonly depth: number;
  readonly maxNodes: number;
}

/** Where data comes from and goes to, as a graph that may have circles. Immutable. */
export class LineageGraph {
  readonly #into = new Map<string, LineageEdge[]>();
  readonly #outOf = new Map<string, LineageEdge[]>();
  readonly #columns = new Map<string, Set<string>>();

  constructor(edges: readonly LineageEdge[]) {
    const all = new Map(
      edges.map((edge) => [JSON.stringify([edge.from, edge.to, edge.by, edge.reportedBy]), edge]),
    );
    for (const edge of all.values()) {
      push(this.#into, edge.to, edge);
      push(this.#outOf, edge.from, edge);
      for (const id of [edge.from, edge.to]) this.#noteColumn(id);
    }
  }

  /** What a place is made from. */
  upstream(id: string, bounds: LineageBounds): LineagePart {
    return this.#walk(id, bounds, ["upstream"]);
  }

  /** What is made from a place. */
  downstream(id: string, bounds: LineageBounds): LineagePart {
    return this.#walk(id, bounds, ["downstream"]);
  }

  /** Both; not what else is made from what a place is made from. */
  around(id: string, bounds: LineageBounds): LineagePart {
    return this.#walk(id, bounds, ["upstream", "downstream"]);
  }

  #noteColumn(id: string): void {
    const [dataset = "", column] = id.split("#");
    if (column === undefined) return;
    const known = this.#columns.get(dataset) ?? new Set();
    this.#columns.set(dataset, known.add(id));
  }

  #walk(id: string, bounds: LineageBounds, ways: readonly Way[]): LineagePart {
    const nodes = new Set([id, ...(this.#columns.get(id) ?? [])].slice(0, bounds.maxNodes));
    const edges = new Set<LineageEdge>();
    const start = [...nodes];
    let isTruncated = (this.#columns.get(id)?.size ?? 0) >= bounds.maxNodes;
    for (const way of ways) {
      const reached = new Set(start);
      let frontier = start;
      for (let step = 0; step <= bounds.depth && frontier.length > 0; step += 1) {
        const next: string[] = [];
        for (const edge of frontier.flatMap((place) => this.#edgesAt(place, way))) {
          const place = way === "upstream" ? edge.from : edge.to;
          const isKnown = reached.has(place);
          if (!isKnown && (step === bounds.depth || nodes.size >= bounds.maxNodes)) {
            isTruncated = true;
            continue;
          }
          edges.add(edge);
          if (isKnown) continue;
          reached.add(place);
          nodes.add(place);
          next.push(place);
        }
        frontier = next;
      }
    }
    return { nodes: [...nodes], edges: [...edges], isTruncated };
  }

  /** A column of which nothing of its own is known has what is known of its dataset. */
  #edgesAt(id: string, way: Way): readonly LineageEdge[] {
    const found = (way === "upstream" ? this.#into : this.#outOf).get(id) ?? [];
    const [dataset = "", column] = id.split("#");
    if (found.length > 0 || column === undefined) return found;
    const ofDataset = (way === "upstream" ? this.#into : this.#outOf).get(dataset) ?? [];
    return ofDataset.map((edge) => (way === "upstream" ? { ...edge, to: id } : { ...edge, from: id }));
  }
}

type Way = "upstream" | "downstream";

function push(map: Map<string, LineageEdge[]>, key: string, edge: LineageEdge): void {
  const known = map.get(key);
  if (known) known.push(edge);
  else map.set(key, [edge]);
}
