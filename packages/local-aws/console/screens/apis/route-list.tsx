import type { TopologyNode } from '../../../src/console/api-types.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/state.tsx';
import { topology } from '../../state/system.ts';

/** The routes of an API that has no OpenAPI document. */
export function RouteList({ url }: { readonly url: string }) {
  const nodes = topology.value?.nodes ?? [];
  const api = nodes.find(({ kind, details }) => kind === 'api' && details.url === url);
  const routes = nodes.filter(({ kind, parentId }) => kind === 'route' && parentId === api?.id);
  const columns: readonly Column<TopologyNode>[] = [
    {
      name: 'Method',
      width: '80px',
      cell: ({ details: { method } }) => (
        <span class={`method method-${String(method).toLowerCase()}`}>{String(method)}</span>
      ),
    },
    { name: 'Path', width: 'minmax(140px, 1fr)', cell: ({ details: { path } }) => <code>{String(path)}</code> },
    {
      name: 'Authorization',
      width: '140px',
      isExtra: true,
      cell: ({ details: { authorization } }) => <span class="muted">{String(authorization ?? '')}</span>,
    },
    {
      name: 'Command',
      width: '130px',
      cell: ({ details: { method, path } }) => (
        <CopyButton label="Copy as curl" text={() => `curl -X ${method} '${url}${path}'`}>
          Copy as curl
        </CopyButton>
      ),
    },
  ];
  return (
    <DataTable
      label="Routes"
      columns={columns}
      rows={routes}
      keyOf={({ id }) => id}
      empty={<Empty icon="apis" title="The API has no routes" />}
    />
  );
}
