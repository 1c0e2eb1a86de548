import { Graph, layout } from "@dagrejs/dagre";
import type { LineageEdge, LineageGraph, LineageNode } from "./queries.ts";

export interface PlacedNode extends LineageNode {
  /** Top left corner, in pixels. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends LineageEdge {
  readonly path: string;
}

export interface LineagePicture {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 200;
export const NODE_HEIGHT = 46;

/** Places a graph from left, where data comes from, to right, where it goes. */
export function layoutLineage({ nodes, edges }: LineageGraph): LineagePicture {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 56, marginx: 2, marginy: 2 });
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const drawn = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const [index, { from, to }] of drawn.entries()) graph.setEdge(from, to, {}, String(index));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const { x = 0, y = 0 } = graph.node(node.id);
      return { ...node, x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
    }),
    edges: drawn.map((edge, index) => {
      const { points = [] } = graph.edge(edge.from, edge.to, String(index));
      return { ...edge, path: curve(points) };
    }),
  };
}

/** Through the middles of the layout's points, so that lines bend and do not break. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return "";
  const bends = rest.slice(0, -1).map(({ x, y }, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${x},${y} ${(x + next.x) / 2},${(y + next.y) / 2}`;
  });
  return `M${first.x},${first.y} ${bends.join(" ")} L${last.x},${last.y}`;
}
