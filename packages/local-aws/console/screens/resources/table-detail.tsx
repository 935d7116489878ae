import { useState } from 'preact/hooks';
import type { TopologyNode } from '../../../src/console/api-types.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { aws } from '../../state/api.ts';
import { regionOfArn } from '../../state/nodes.ts';
import { useData } from '../../state/use-data.ts';
import type { TableDescription } from './dynamodb-types.ts';
import { ItemList } from './item-list.tsx';

type TabName = 'items' | 'settings';

export function TableDetail({ node }: { readonly node: TopologyNode }) {
  const [tab, setTab] = useState<TabName>('items');
  const tableName = node.kind === 'stream' ? (node.parentId?.split('/').at(-1) ?? node.physicalId) : node.physicalId;
  const loaded = useData(`table ${node.id}`, () =>
    aws<{ Table: TableDescription }>(node.region, 'dynamodb', 'DescribeTable', { TableName: tableName }),
  );
  return (
    <LoadedView loaded={loaded}>
      {({ Table }) => (
        <Tabs
          label="Parts of the table"
          selected={tab}
          onSelect={setTab}
          tabs={[
            { name: 'items', label: 'Items' },
            { name: 'settings', label: 'Settings' },
          ]}
        >
          {tab === 'items' ? <ItemList table={Table} nodeId={node.id} /> : <Settings table={Table} />}
        </Tabs>
      )}
    </LoadedView>
  );
}

function Settings({ table }: { readonly table: TableDescription }) {
  const ttl = useData(`ttl ${table.TableArn}`, () =>
    aws<{ TimeToLiveDescription: object }>(regionOfArn(table.TableArn), 'dynamodb', 'DescribeTimeToLive', {
      TableName: table.TableName,
    }),
  );
  return (
    <div class="details-pad">
      <JsonView value={{ ...table, TimeToLive: ttl.data?.TimeToLiveDescription }} />
    </div>
  );
}
