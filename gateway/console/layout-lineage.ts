import { Graph, layout } from "@dagrejs/dagre";
import type { DrawnGraph, DrawnNode } from "./add-applications.ts";
import type { LineageEdge } from "./queries/lineage.ts";

export interface PlacedNode extends DrawnNode {
  /** Top left corner, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
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

const NODE_WIDTH = 200;
const NODE_HEIGHT = 46;

/** Places a graph from left, where data comes from, to right, where it goes. */
export function layoutLineage({ nodes, edges }: DrawnGraph): LineagePicture {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 56, marginx: 2, marginy: 2 });
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const drawn = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to));
  for (const [index, { from, to }] of drawn.entries()) graph.setEdge(from, to, {}, String(index));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const placed = new Map(
    nodes.map((node) => {
      const { x = 0, y = 0 } = graph.node(node.id);
      const corner = { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
      return [node.id, { ...node, ...corner, width: NODE_WIDTH, height: NODE_HEIGHT }] as const;
    }),
  );
  return {
    width,
    height,
    nodes: [...placed.values()],
    edges: drawn.map((edge) => ({ ...edge, path: curve(placed.get(edge.from), placed.get(edge.to)) })),
  };
}

/** From the right side of one place to the left side of the next. */
function curve(from: PlacedNode | undefined, to: PlacedNode | undefined): string {
  if (!from || !to) return "";
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}
