import type { EdgeKind, NodeKind, Topology, TopologyNode } from '../../../src/console/api-types.ts';
import { isDeploymentBucket } from '../../state/nodes.ts';

/** A box of the map: a resource, or functions that stand between the same resources. */
export type MapNode = {
  readonly id: string;
  readonly kind: NodeKind;
  readonly stack: string;
  readonly members: readonly TopologyNode[];
};

/** An arrow of the map, with the edges of the topology that it stands for. */
export type MapEdge = {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly edgeIds: readonly string[];
  readonly isUsed: boolean;
};

export type MapModel = { readonly nodes: readonly MapNode[]; readonly edges: readonly MapEdge[] };

/** What stands on the way between two boxes is a part of the arrow. */
const passed: ReadonlySet<NodeKind> = new Set(['route', 'stream', 'mapping']);
/** A subscription that leads to a resource is the arrow to it; one to an address outside is a box. */
const passedWithTarget: ReadonlySet<NodeKind> = new Set(['subscription']);
const left: ReadonlySet<NodeKind> = new Set(['alarm', 'dashboard']);

type MapOptions = {
  /** Undefined for all stacks. */
  readonly stack?: string | undefined;
  readonly isGrouped: boolean;
};

export function mapModel(topology: Topology, { stack, isGrouped }: MapOptions): MapModel {
  const byId = new Map(topology.nodes.map((node) => [node.id, node]));
  const sources = new Set(topology.edges.map(({ from }) => from));
  const isBox = ({ id, kind }: TopologyNode): boolean =>
    !passed.has(kind) && !left.has(kind) && !(passedWithTarget.has(kind) && sources.has(id));
  const arrows = shortcuts(topology, byId, isBox);
  const connected = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const inStack = (id: string): boolean => stack === undefined || byId.get(id)?.stack === stack;
  const edges = arrows.filter(({ from, to }) => inStack(from) || inStack(to));
  // What stands alone is of interest beside the rest of its service only.
  const alone = topology.nodes.filter(
    (node) => isBox(node) && !connected.has(node.id) && inStack(node.id) && !isDeploymentBucket(node),
  );
  const hasRoom = stack !== undefined || topology.stacks.length === 1;
  const shown = new Set([
    ...edges.flatMap(({ from, to }) => [from, to]),
    ...(hasRoom ? alone : []).map(({ id }) => id),
  ]);
  const nodes = topology.nodes.filter(({ id }) => shown.has(id));
  return isGrouped ? grouped(nodes, edges) : { nodes: nodes.map(boxOf), edges };
}

const boxOf = (node: TopologyNode): MapNode => ({ id: node.id, kind: node.kind, stack: node.stack, members: [node] });

/** The arrows between boxes, over what is passed on the way. */
function shortcuts(
  { nodes, edges }: Topology,
  byId: ReadonlyMap<string, TopologyNode>,
  isBox: (node: TopologyNode) => boolean,
): readonly MapEdge[] {
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  const hasIncoming = new Set(edges.map(({ to }) => to));
  const arrows = new Map<string, MapEdge>();
  const walk = (from: string, at: string, ids: readonly string[], isUsed: boolean): void => {
    for (const edge of outgoing.get(at) ?? []) {
      const target = byId.get(edge.to);
      if (target === undefined || left.has(target.kind) || ids.includes(edge.id)) continue;
      const path = [...ids, edge.id];
      if (!isBox(target)) {
        walk(from, edge.to, path, isUsed && edge.isUsed);
        continue;
      }
      const key = `${from} ${edge.to}`;
      const known = arrows.get(key);
      arrows.set(key, {
        from,
        to: edge.to,
        kind: known?.kind ?? (ids.length > 0 && edge.kind === 'invokes' ? 'feeds' : edge.kind),
        edgeIds: [...new Set([...(known?.edgeIds ?? []), ...path])],
        isUsed: (known?.isUsed ?? false) || (isUsed && edge.isUsed),
      });
    }
  };
  for (const node of nodes) {
    if (isBox(node)) walk(node.id, node.id, [], true);
    // A route has no arrow from its API, because it is a part of it.
    else if (node.parentId !== null && !hasIncoming.has(node.id)) walk(node.parentId, node.id, [], true);
  }
  return [...arrows.values()].filter(({ from, to }) => from !== to);
}

/** Functions of a stack that have the same neighbours are one box. */
function grouped(nodes: readonly TopologyNode[], edges: readonly MapEdge[]): MapModel {
  const neighbours = (id: string): string =>
    edges
      .filter(({ from, to }) => from === id || to === id)
      .map(({ from, to, kind }) => (from === id ? `>${to} ${kind === 'uses'}` : `<${from}`))
      .sort()
      .join('|');
  const groups = Map.groupBy(nodes, (node) =>
    node.kind === 'function' ? `${node.stack} ${neighbours(node.id)}` : node.id,
  );
  const boxes = [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [{ ...boxOf(first), members }];
  });
  const boxIds = new Map(boxes.flatMap(({ id, members }) => members.map((member) => [member.id, id])));
  const joined = new Map<string, MapEdge>();
  for (const edge of edges) {
    const [from, to] = [boxIds.get(edge.from) ?? edge.from, boxIds.get(edge.to) ?? edge.to];
    const known = joined.get(`${from} ${to}`);
    joined.set(`${from} ${to}`, {
      ...edge,
      from,
      to,
      edgeIds: [...(known?.edgeIds ?? []), ...edge.edgeIds],
      isUsed: (known?.isUsed ?? false) || edge.isUsed,
    });
  }
  return { nodes: boxes, edges: [...joined.values()] };
}
