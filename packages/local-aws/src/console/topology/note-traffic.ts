import type { EdgeKind, TopologyNode } from '../api-types.ts';
import type { StoredSpan } from '../store/stored.ts';
import type { NodeLookup } from '../trace/recorder.ts';
import type { Traffic } from './traffic.ts';

/** Counts a span for its node, and for the edge that it came by. */
export function noteTraffic(
  traffic: Traffic,
  span: StoredSpan,
  parentNodeId: string | undefined,
  nodes: NodeLookup,
): void {
  const { nodeId, status } = span;
  if (nodeId === null || status === 'filtered') return;
  const now = Math.round((span.startUs + span.durationUs) / 1000);
  traffic.call(nodeId, status === 'error', now);
  const { source, target } = span.attributes;
  const node = nodes.node(nodeId);
  const isSubscriber = node !== undefined && ['subscription', 'rule', 'schedule'].includes(node.kind);
  if (span.kind === 'delivery' && isSubscriber && typeof target === 'string') {
    traffic.edge({ from: nodeId, to: target, kind: target.includes(':lambda:') ? 'invokes' : 'sends' }, now);
  }
  if (span.kind === 'delivery' && typeof source === 'string') {
    // A stream belongs to a table, whose write is the parent: the edge in between is used as well.
    const stream = nodes.node(source);
    if (stream?.kind === 'stream' && stream.parentId !== null) {
      traffic.edge({ from: stream.parentId, to: stream.id, kind: 'feeds' }, now);
    }
    traffic.edge({ from: source, to: nodeId, kind: isSubscriber ? 'subscribes' : 'feeds' }, now);
    return;
  }
  if (parentNodeId === undefined || parentNodeId === nodeId) return;
  const [from, to] = [nodes.node(parentNodeId), nodes.node(nodeId)];
  const kind = from && to && kindBetween(from, to);
  if (kind !== undefined) traffic.edge({ from: parentNodeId, to: nodeId, kind }, now);
}

function kindBetween(from: TopologyNode, to: TopologyNode): EdgeKind | undefined {
  switch (to.kind) {
    case 'function':
      return from.kind === 'pipe' && from.details.enrichment === to.id ? 'enriches' : 'invokes';
    case 'table':
    case 'bucket':
      return 'uses';
    case 'queue':
    case 'topic':
    case 'bus':
      return 'sends';
    case 'dead-letter-queue':
      return from.kind === 'function' || from.kind === 'route' ? 'sends' : 'dead-letters';
    default:
      return undefined;
  }
}
