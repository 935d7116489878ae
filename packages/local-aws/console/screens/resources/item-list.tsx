import { useMemo, useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { confirm } from '../../parts/dialog.tsx';
import { Empty, Failure, Skeleton } from '../../parts/state.tsx';
import { attempt } from '../../parts/toast.tsx';
import { aws } from '../../state/api.ts';
import { formatCount } from '../../state/format.ts';
import { regionOfArn } from '../../state/nodes.ts';
import { countsOf } from '../../state/system.ts';
import { type Item, keyOf, type TableDescription, valueText } from './dynamodb-types.ts';
import { ItemEditor } from './item-editor.tsx';
import { type ItemQuery, QueryForm } from './query-form.tsx';
import { useItems } from './use-items.ts';

const maxColumns = 7;

export function ItemList({ table, nodeId }: { readonly table: TableDescription; readonly nodeId: string }) {
  const [query, setQuery] = useState<ItemQuery>({});
  const [edited, setEdited] = useState<Item | 'new' | undefined>(undefined);
  const { items, isLoading, error, hasMore, loadMore, reload } = useItems(table, query);
  const columns = useMemo(() => columnsOf(table, items), [table, items]);
  const total = countsOf(nodeId).items;
  const keyText = (item: Item): string => JSON.stringify(keyOf(item, table.KeySchema));
  const deleteItem = async (item: Item): Promise<void> => {
    const isConfirmed = await confirm({
      title: 'Delete this item?',
      text: `Deletes ${keyText(item)} from ${table.TableName}. Streams see it as a removal.`,
      action: 'Delete item',
    });
    if (!isConfirmed) return;
    const input = { TableName: table.TableName, Key: keyOf(item, table.KeySchema) };
    await attempt(() => aws(regionOfArn(table.TableArn), 'dynamodb', 'DeleteItem', input), 'The item was deleted');
    setEdited(undefined);
    reload();
  };
  const saved = (): void => {
    setEdited(undefined);
    reload();
  };
  return (
    <>
      <div class="detail-bar">
        <QueryForm table={table} onQuery={setQuery} />
        <span class="spacer" />
        <span class="muted">
          {total === undefined ? '' : `${formatCount(total)} in the table, `}
          {formatCount(items.length)} shown
        </span>
        {hasMore && <Button onClick={loadMore}>Next page</Button>}
        <Button icon="refresh" label="Read again" look="quiet" onClick={reload} />
        <Button icon="plus" look="primary" onClick={() => setEdited('new')}>
          Create item
        </Button>
      </div>
      {error !== undefined && <Failure message={error} onRetry={reload} />}
      {isLoading && items.length === 0 ? (
        <Skeleton />
      ) : (
        <DataTable
          label="Items"
          columns={columns}
          rows={items}
          keyOf={keyText}
          onOpen={setEdited}
          onEnd={loadMore}
          empty={
            <Empty icon="table" title={query.partition === undefined ? 'The table is empty' : 'No item has this key'}>
              <p>Items appear here as your services write them.</p>
            </Empty>
          }
        />
      )}
      {edited !== undefined && (
        <ItemEditor
          table={table}
          item={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onSaved={saved}
          onDelete={deleteItem}
        />
      )}
    </>
  );
}

/** The key first, then the attributes that most items have. */
function columnsOf({ KeySchema }: TableDescription, items: readonly Item[]): readonly Column<Item>[] {
  const keys = KeySchema.map(({ AttributeName }) => AttributeName);
  const uses = new Map<string, number>();
  for (const item of items.slice(0, 200)) {
    for (const name of Object.keys(item)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const others = [...uses.keys()]
    .filter((name) => !keys.includes(name))
    .sort((a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0))
    .slice(0, maxColumns - keys.length);
  return [...keys, ...others].map((name, index) => ({
    name,
    width: index < keys.length ? 'minmax(110px, 1.5fr)' : 'minmax(80px, 1fr)',
    isExtra: index >= 3,
    cell: (item: Item) => (
      <span class={index < keys.length ? 'mono truncate' : 'mono truncate muted'}>{valueText(item[name])}</span>
    ),
  }));
}
