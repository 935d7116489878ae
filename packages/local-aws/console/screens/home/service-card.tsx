import type { NodeKind, TopologyNode, TopologyStack } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Icon } from '../../parts/icon.tsx';
import { plural } from '../../state/format.ts';
import { nodeFigure } from '../../state/node-figure.ts';
import { iconOfKind, isDeploymentBucket, nodeHref, shortName, stackHref } from '../../state/nodes.ts';
import { hrefTo } from '../../state/router.ts';
import { countsOf } from '../../state/system.ts';

/** Of the Serverless Framework, when a service has none of its own. */
const defaultDescription = 'The AWS CloudFormation template for this Serverless application';

/** Browsers ask for these by themselves. */
const isPreflight = ({ kind, details }: TopologyNode): boolean => kind === 'route' && details.method === 'OPTIONS';

type CardProps = { readonly stack: TopologyStack; readonly nodes: readonly TopologyNode[] };

const order: readonly NodeKind[] = [
  'route',
  'function',
  'table',
  'queue',
  'dead-letter-queue',
  'pipe',
  'topic',
  'bucket',
  'schedule',
  'bus',
  'rule',
  'dashboard',
  'custom-resource',
];

export function ServiceCard({ stack, nodes }: CardProps) {
  const alarms = nodes.filter(({ kind }) => kind === 'alarm');
  const ringing = alarms.filter(({ id }) => countsOf(id).alarmState === 'ALARM');
  return (
    <section class="card" aria-label={stack.service || stack.name}>
      <header class="card-head">
        <h2>
          <a href={stackHref(stack.name)}>{stack.service || stack.name}</a>
        </h2>
        <StackState status={stack.status} />
        <span class="spacer" />
        <a class="card-link" href={hrefTo(['requests'], { stack: stack.name })}>
          Requests
        </a>
      </header>
      {stack.description !== '' && stack.description !== defaultDescription && (
        <p class="card-text">{stack.description}</p>
      )}
      {order.map((kind) => {
        const members = nodes.filter((node) => node.kind === kind && !isDeploymentBucket(node) && !isPreflight(node));
        return members.length === 0 ? null : (
          <ul key={kind} class="card-list">
            {members.map((node) => (
              <Row key={node.id} node={node} />
            ))}
          </ul>
        );
      })}
      {alarms.length > 0 && (
        <p class="card-foot">
          <Icon name="alarm" size={14} />
          {ringing.length === 0 ? (
            <span class="muted">{plural(alarms.length, 'alarm')}, none in alarm state</span>
          ) : (
            ringing.map((alarm) => (
              <a key={alarm.id} class="bad" href={nodeHref(alarm)}>
                {shortName(alarm)}
              </a>
            ))
          )}
        </p>
      )}
    </section>
  );
}

function Row({ node }: { readonly node: TopologyNode }) {
  const { method, path } = node.details;
  const { text, isBad } = nodeFigure([countsOf(node.id)], node.kind);
  return (
    <li>
      <a class="card-row" href={nodeHref(node)}>
        {node.kind === 'route' && typeof method === 'string' && typeof path === 'string' ? (
          <span class="card-route truncate">
            <span class={`method method-${method.toLowerCase()}`}>{method}</span>
            <span class="mono truncate">{path}</span>
          </span>
        ) : (
          <>
            <Icon name={iconOfKind(node.kind)} size={14} />
            <span class="truncate">{shortName(node)}</span>
          </>
        )}
        <span class="spacer" />
        <span class={`card-figure${isBad ? ' bad' : ''}`}>{text}</span>
      </a>
    </li>
  );
}

function StackState({ status }: { readonly status: string }) {
  if (status.endsWith('ROLLBACK_COMPLETE') || status.endsWith('FAILED')) return <Badge tone="bad">{status}</Badge>;
  if (status.endsWith('_IN_PROGRESS')) return <Badge tone="info">{status.toLowerCase().replaceAll('_', ' ')}</Badge>;
  return null;
}
