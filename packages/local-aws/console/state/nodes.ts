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
  rule: { icon: 'mapping', label: 'rule', group: 'Rules' },
  dashboard: { icon: 'chart', label: 'dashboard', group: 'Dashboards' },
  'custom-resource': { icon: 'function', label: 'custom resource', group: 'Custom resources' },
};

export const iconOfKind = (kind: NodeKind): IconName => kinds[kind].icon;
export const kindLabel = (kind: NodeKind): string => kinds[kind].label;
export const kindGroup = (kind: NodeKind): string => kinds[kind].group;

/** Where a resource is shown. An API has a screen of its own. */
export function nodeHref({ kind, id, physicalId, parentId }: TopologyNode): string {
  if (kind === 'api') return hrefTo(['apis', physicalId]);
  // The ARN of an API ends with its id.
  if (kind === 'route' && parentId !== null) return hrefTo(['apis', parentId.split('/').at(-1) ?? '']);
  return hrefTo(['resources', kind, id]);
}

export const regionOfArn = (arn: string): string => arn.split(':')[3] ?? '';

export const stackHref = (name: string): string => hrefTo(['resources', 'stack', name]);

/** Names repeat the name of their stack, and those that CloudFormation makes end at random; the rest says more. */
export function shortName({ name, stack, logicalId }: Pick<TopologyNode, 'name' | 'stack' | 'logicalId'>): string {
  const rest = name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
  const [, stem] = /^(.+)-[A-Za-z0-9]{8,13}$/.exec(rest) ?? [];
  return stem?.toLowerCase() === logicalId.toLowerCase() ? logicalId : rest;
}

/** What the Serverless Framework deploys with, which says nothing about a service. */
export const isDeploymentBucket = ({ logicalId }: TopologyNode): boolean => logicalId === 'ServerlessDeploymentBucket';
