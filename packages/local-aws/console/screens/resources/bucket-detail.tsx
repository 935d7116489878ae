import { useState } from 'preact/hooks';
import type { BucketObjects, TopologyNode } from '../../../src/console/api-types.ts';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty } from '../../parts/state.tsx';
import { read } from '../../state/api.ts';
import { formatAge, formatBytes } from '../../state/format.ts';
import { useData } from '../../state/use-data.ts';

type BucketObject = BucketObjects['objects'][number];

const columns: readonly Column<BucketObject>[] = [
  {
    name: 'Key',
    width: 'minmax(160px, 1fr)',
    cell: ({ key, url }) => (
      <a class="mono truncate" href={url} download={key.split('/').at(-1)}>
        {key}
      </a>
    ),
  },
  { name: 'Size', width: '88px', isNumber: true, cell: ({ size }) => formatBytes(size) },
  {
    name: 'Changed',
    width: '104px',
    cell: ({ lastModified }) => <span class="muted">{formatAge(Date.parse(lastModified))}</span>,
  },
];

export function BucketDetail({ node }: { readonly node: TopologyNode }) {
  const [prefix, setPrefix] = useState('');
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const loaded = useData(`objects ${node.id} ${prefix} ${cursor}`, () =>
    read<BucketObjects>(`/buckets/${encodeURIComponent(node.physicalId)}/objects`, { prefix, cursor, limit: 500 }),
  );
  return (
    <>
      <div class="detail-bar">
        <SearchField
          label="Prefix of the key"
          value={prefix}
          onChange={(text) => {
            setPrefix(text);
            setCursor(undefined);
          }}
        />
        <span class="spacer" />
        {cursor !== undefined && <Button onClick={() => setCursor(undefined)}>First page</Button>}
        {loaded.data?.nextCursor != null && (
          <Button onClick={() => setCursor(loaded.data?.nextCursor ?? undefined)}>Next page</Button>
        )}
      </div>
      <LoadedView loaded={loaded}>
        {({ objects }) => (
          <DataTable
            label="Objects"
            columns={columns}
            rows={objects}
            keyOf={({ key }) => key}
            empty={<Empty icon="bucket" title={prefix === '' ? 'The bucket is empty' : 'No key begins like that'} />}
          />
        )}
      </LoadedView>
    </>
  );
}
