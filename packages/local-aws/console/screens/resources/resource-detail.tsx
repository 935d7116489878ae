import type { TopologyNode } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Icon } from '../../parts/icon.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { iconOfKind, kindLabel, stackHref } from '../../state/nodes.ts';
import { hrefTo } from '../../state/router.ts';
import { AlarmDetail } from './alarm-detail.tsx';
import { BucketDetail } from './bucket-detail.tsx';
import { DashboardDetail } from './dashboard-detail.tsx';
import { FunctionDetail } from './function-detail.tsx';
import { QueueDetail } from './queue-detail.tsx';
import { SourceDetail } from './source-detail.tsx';
import { TableDetail } from './table-detail.tsx';
import { TopicDetail } from './topic-detail.tsx';

export function ResourceDetail({ node }: { readonly node: TopologyNode }) {
  return (
    <>
      <header class="page-head">
        <a class="back narrow-only" href={hrefTo(['resources'])} aria-label="Back to the list">
          <Icon name="chevron" />
        </a>
        <Icon name={iconOfKind(node.kind)} size={18} />
        <h1 class="truncate" title={node.id}>
          {node.name}
        </h1>
        <Badge>{kindLabel(node.kind)}</Badge>
        <span class="spacer" />
        <a href={stackHref(node.stack)}>{node.stack}</a>
        <a href={hrefTo(['requests'], { resource: node.physicalId })}>Requests</a>
      </header>
      <Body node={node} />
    </>
  );
}

function Body({ node }: { readonly node: TopologyNode }) {
  switch (node.kind) {
    case 'queue':
    case 'dead-letter-queue':
      return <QueueDetail node={node} />;
    case 'table':
    case 'stream':
      return <TableDetail node={node} />;
    case 'function':
      return <FunctionDetail node={node} />;
    case 'mapping':
    case 'pipe':
      return <SourceDetail node={node} />;
    case 'topic':
    case 'subscription':
      return <TopicDetail node={node} />;
    case 'bucket':
      return <BucketDetail node={node} />;
    case 'alarm':
      return <AlarmDetail node={node} />;
    case 'dashboard':
      return <DashboardDetail node={node} />;
    case 'api':
    case 'route':
    case 'schedule':
    case 'bus':
    case 'rule':
    case 'custom-resource':
      return (
        <div class="details-pad">
          <JsonView value={{ id: node.id, logicalId: node.logicalId, ...node.details }} />
        </div>
      );
  }
}
