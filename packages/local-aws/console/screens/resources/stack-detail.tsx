import { useState } from 'preact/hooks';
import type { TopologyNode, TopologyStack } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Icon } from '../../parts/icon.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Payload } from '../../parts/payload.tsx';
import { Empty } from '../../parts/state.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { aws } from '../../state/api.ts';
import { formatTime } from '../../state/format.ts';
import { iconOfKind, kindLabel, nodeHref } from '../../state/nodes.ts';
import { go, hrefTo } from '../../state/router.ts';
import { topology } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';

type TabName = 'resources' | 'outputs' | 'events' | 'template';
type StackEvent = {
  readonly EventId: string;
  readonly Timestamp: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
};

export function StackDetail({ stack }: { readonly stack: TopologyStack }) {
  const [tab, setTab] = useState<TabName>('resources');
  const nodes = topology.value?.nodes.filter((node) => node.stack === stack.name) ?? [];
  const outputs = Object.entries(stack.outputs);
  return (
    <>
      <header class="page-head">
        <a class="back narrow-only" href={hrefTo(['resources'])} aria-label="Back to the list">
          <Icon name="chevron" />
        </a>
        <Icon name="stack" size={18} />
        <h1 class="truncate">{stack.name}</h1>
        <Badge tone={stack.status.endsWith('ROLLBACK_COMPLETE') || stack.status.endsWith('FAILED') ? 'bad' : 'ok'}>
          {stack.status}
        </Badge>
        <span class="spacer" />
        <a href={hrefTo(['requests'], { stack: stack.name })}>Requests</a>
      </header>
      {stack.description !== '' && <p class="muted detail-text">{stack.description}</p>}
      <Tabs
        label="Parts of the stack"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'resources', label: 'Resources', count: nodes.length },
          { name: 'outputs', label: 'Outputs', count: outputs.length },
          { name: 'events', label: 'Events' },
          { name: 'template', label: 'Template' },
        ]}
      >
        {tab === 'resources' && (
          <DataTable
            label="Resources of the stack"
            columns={nodeColumns}
            rows={nodes}
            keyOf={({ id }) => id}
            onOpen={(node) => go(nodeHref(node))}
          />
        )}
        {tab === 'outputs' && (
          <DataTable
            label="Outputs"
            columns={outputColumns}
            rows={outputs}
            keyOf={([name]) => name}
            empty={<Empty icon="stack" title="The stack has no outputs" />}
          />
        )}
        {tab === 'events' && <Events stack={stack} />}
        {tab === 'template' && <Template stack={stack} />}
      </Tabs>
    </>
  );
}

const nodeColumns: readonly Column<TopologyNode>[] = [
  {
    name: 'Kind',
    width: '180px',
    cell: ({ kind }) => (
      <span class="icon-text">
        <Icon name={iconOfKind(kind)} size={14} /> {kindLabel(kind)}
      </span>
    ),
  },
  { name: 'Name', width: 'minmax(140px, 1fr)', cell: ({ name }) => <span class="truncate">{name}</span> },
  {
    name: 'Logical id',
    width: 'minmax(140px, 1fr)',
    isExtra: true,
    cell: ({ logicalId }) => <code class="truncate muted">{logicalId}</code>,
  },
];

const outputColumns: readonly Column<readonly [string, string]>[] = [
  { name: 'Name', width: 'minmax(120px, 1fr)', cell: ([name]) => <span class="truncate">{name}</span> },
  { name: 'Value', width: 'minmax(160px, 2fr)', cell: ([, value]) => <code class="truncate">{value}</code> },
];

const eventColumns: readonly Column<StackEvent>[] = [
  {
    name: 'Time',
    width: '104px',
    cell: ({ Timestamp }) => <span class="mono muted">{formatTime(Date.parse(Timestamp))}</span>,
  },
  {
    name: 'Status',
    width: '190px',
    cell: ({ ResourceStatus }) => (
      <Badge tone={ResourceStatus.endsWith('FAILED') ? 'bad' : ResourceStatus.endsWith('COMPLETE') ? 'ok' : 'info'}>
        {ResourceStatus}
      </Badge>
    ),
  },
  {
    name: 'Resource',
    width: 'minmax(140px, 1fr)',
    cell: ({ LogicalResourceId }) => <span class="truncate">{LogicalResourceId}</span>,
  },
  {
    name: 'Type',
    width: 'minmax(140px, 1fr)',
    isExtra: true,
    cell: ({ ResourceType }) => <span class="muted truncate">{ResourceType}</span>,
  },
  {
    name: 'Reason',
    width: 'minmax(120px, 1fr)',
    isExtra: true,
    cell: ({ ResourceStatusReason = '' }) => <span class="truncate">{ResourceStatusReason}</span>,
  },
];

function Events({ stack: { id, region } }: { readonly stack: TopologyStack }) {
  const loaded = useData(
    `events ${id}`,
    () =>
      aws<{ StackEvents?: readonly StackEvent[] }>(region, 'cloudformation', 'DescribeStackEvents', { StackName: id }),
    5000,
  );
  return (
    <LoadedView loaded={loaded}>
      {({ StackEvents = [] }) => (
        <DataTable label="Stack events" columns={eventColumns} rows={StackEvents} keyOf={({ EventId }) => EventId} />
      )}
    </LoadedView>
  );
}

function Template({ stack: { id, region } }: { readonly stack: TopologyStack }) {
  const loaded = useData(`template ${id}`, () =>
    aws<{ TemplateBody: unknown }>(region, 'cloudformation', 'GetTemplate', { StackName: id }),
  );
  return (
    <LoadedView loaded={loaded}>
      {({ TemplateBody }) => (
        <div class="details-pad">
          <Payload title="Template" value={TemplateBody} />
        </div>
      )}
    </LoadedView>
  );
}
