import { Graph, layout } from '@dagrejs/dagre';
import type { MapEdge, MapModel, MapNode } from './map-model.ts';

export type Point = { readonly x: number; readonly y: number };
export type PlacedNode = MapNode & Point;
export type PlacedEdge = MapEdge & { readonly points: readonly Point[] };
export type MapLayout = {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
};

export const nodeSize = { width: 160, height: 42 } as const;
const gap = 28;

/** Lays out each part that hangs together from left to right, and puts the parts into rows of about `width`. */
export function layOut(model: MapModel, width: number): MapLayout {
  const parts = partsOf(model).map(layOutPart);
  const rowWidth = Math.max(width, ...parts.map((part) => part.width));
  const rows: { readonly parts: MapLayout[]; width: number; height: number }[] = [];
  for (const part of parts.toSorted((a, b) => b.height - a.height || b.width - a.width)) {
    // The first row with room: small parts fill up the rows of large ones.
    const row = rows.find((each) => each.width + gap + part.width <= rowWidth);
    if (row === undefined) rows.push({ parts: [part], width: part.width, height: part.height });
    else {
      row.parts.push(part);
      row.width += gap + part.width;
      row.height = Math.max(row.height, part.height);
    }
  }
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  let y = 0;
  for (const row of rows) {
    let x = 0;
    for (const part of row.parts) {
      nodes.push(...part.nodes.map((node) => ({ ...node, x: node.x + x, y: node.y + y })));
      edges.push(
        ...part.edges.map((edge) => ({
          ...edge,
          points: edge.points.map((point) => ({ x: point.x + x, y: point.y + y })),
        })),
      );
      x += part.width + gap;
    }
    y += row.height + gap;
  }
  return { width: Math.max(0, ...rows.map((row) => row.width)), height: Math.max(0, y - gap), nodes, edges };
}

function layOutPart({ nodes, edges }: MapModel): MapLayout {
  const graph = new Graph().setGraph({ rankdir: 'LR', ranksep: 40, nodesep: 14, marginx: 2, marginy: 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id);
      return { ...node, x: (x ?? 0) - nodeSize.width / 2, y: (y ?? 0) - nodeSize.height / 2 };
    }),
    edges: edges.map((edge) => ({ ...edge, points: graph.edge(edge.from, edge.to).points ?? [] })),
  };
}

function partsOf({ nodes, edges }: MapModel): readonly MapModel[] {
  const root = new Map(nodes.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) at = root.get(at) ?? at;
    return at;
  };
  for (const { from, to } of edges) root.set(find(from), find(to));
  const edgesOf = Map.groupBy(edges, ({ from }) => find(from));
  return [...Map.groupBy(nodes, ({ id }) => find(id))].map(([id, members]) => ({
    nodes: members,
    edges: edgesOf.get(id) ?? [],
  }));
}
