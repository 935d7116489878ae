import type { NodeKind, TopologyNode } from '../../src/console/api-types.ts';
import type { IconName } from '../parts/icon.tsx';
import { hrefTo } from './router.ts';

const kinds: Readonly<Record<NodeKind, { readonly icon: IconName; readonly label: string; readonly group: string }>> = {
  api: { icon: 'api', label: 'API', group: 'APIs' },
  route: { icon: 'link', label: 'route', group: 'Routes' },
  function: { icon: 'function', label: 'function', group: 'Functions' },
  table: { icon: 'table', label: 'table', group: 'Tables' },
  stream: { icon: 'stream', label: 'stream', group: 'Streams' },
  queue: { icon: 'queue', label: 'queue', group: 'Queues' },
  'dead-letter-queue': { icon: 'queue', label: 'dead-letter queue', group: 'Dead-letter queues' },
  mapping: { icon: 'mapping', label: 'event source mapping', group: 'Event source mappings' },
  pipe: { icon: 'pipe', label: 'pipe', group: 'Pipes' },
  topic: { icon: 'topic', label: 'topic', group: 'Topics' },
  subscription: { icon: 'mail', label: 'subscription', group: 'Subscriptions' },
  bucket: { icon: 'bucket', label: 'bucket', group: 'Buckets' },
  alarm: { icon: 'alarm', label: 'alarm', group: 'Alarms' },
  schedule: { icon: 'clock', label: 'schedule', group: 'Schedules' },
  bus: { icon: 'bus', label: 'event bus', group: 'Event buses' },
  dashboard: { icon: 'chart', label: 'dashboard', group: 'Dashboards' },
};

export const iconOfKind = (kind: NodeKind): IconName => kinds[kind].icon;
export const kindLabel = (kind: NodeKind): string => kinds[kind].label;
export const kindGroup = (kind: NodeKind): string => kinds[kind].group;

/** Where a resource is shown. An API has a screen of its own. */
export function nodeHref({ kind, id, parentId }: TopologyNode): string {
  if (kind === 'api') return hrefTo(['apis', id]);
  if (kind === 'route' && parentId !== null) return hrefTo(['apis', parentId]);
  return hrefTo(['resources', kind, id]);
}

export const stackHref = (name: string): string => hrefTo(['resources', 'stack', name]);

/** Names repeat the name of their stack; beside it, the rest says more. */
export const shortName = ({ name, stack }: Pick<TopologyNode, 'name' | 'stack'>): string =>
  name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
