import { useState } from 'preact/hooks';
import type { ExecutionEnvironmentView, TopologyNode } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Figures } from '../../parts/figures.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { aws, read } from '../../state/api.ts';
import { formatBytes, formatCount, formatDuration } from '../../state/format.ts';
import { countsOf } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { LogTable } from '../logs/log-table.tsx';
import { InvokeForm } from './invoke-form.tsx';

type TabName = 'invoke' | 'logs' | 'environments' | 'configuration';

export function FunctionDetail({ node }: { readonly node: TopologyNode }) {
  const [tab, setTab] = useState<TabName>('invoke');
  const { calls = 0, errors = 0, environments = 0 } = countsOf(node.id);
  return (
    <>
      <div class="detail-bar">
        <Figures
          figures={[
            { name: 'Invocations, 5 min', value: formatCount(calls) },
            { name: 'Errors, 5 min', value: formatCount(errors), isBad: errors > 0 },
            { name: 'Environments', value: formatCount(environments) },
          ]}
        />
      </div>
      <Tabs
        label="Parts of the function"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { name: 'invoke', label: 'Invoke' },
          { name: 'logs', label: 'Logs' },
          { name: 'environments', label: 'Environments', count: environments },
          { name: 'configuration', label: 'Configuration' },
        ]}
      >
        {tab === 'invoke' && <InvokeForm node={node} />}
        {tab === 'logs' && <LogTable filter={{ function: node.physicalId }} />}
        {tab === 'environments' && <Environments node={node} />}
        {tab === 'configuration' && <Configuration node={node} />}
      </Tabs>
    </>
  );
}

const columns: readonly Column<ExecutionEnvironmentView>[] = [
  {
    name: 'State',
    width: '96px',
    cell: ({ state }) => <Badge tone={state === 'busy' ? 'info' : state === 'idle' ? 'ok' : 'warn'}>{state}</Badge>,
  },
  { name: 'Start', width: '80px', cell: ({ hasServed }) => (hasServed ? 'warm' : 'cold') },
  { name: 'Process', width: '88px', isNumber: true, isExtra: true, cell: ({ pid }) => pid },
  { name: 'Version', width: '88px', isExtra: true, cell: ({ version }) => version },
  {
    name: 'Memory',
    width: '160px',
    isNumber: true,
    cell: ({ memoryUsedBytes, memoryLimitBytes }) =>
      `${formatBytes(memoryUsedBytes)} of ${formatBytes(memoryLimitBytes)}`,
  },
  {
    name: 'Init',
    width: '88px',
    isNumber: true,
    cell: ({ initDurationMs }) => (initDurationMs === null ? '–' : formatDuration(initDurationMs * 1000)),
  },
  {
    name: 'Log stream',
    width: 'minmax(120px, 1fr)',
    isExtra: true,
    cell: ({ logStream }) => <code class="truncate">{logStream}</code>,
  },
];

function Environments({ node }: { readonly node: TopologyNode }) {
  const loaded = useData(
    `environments ${node.id}`,
    () =>
      read<readonly ExecutionEnvironmentView[]>('/environments', { function: node.physicalId, region: node.region }),
    2000,
  );
  return (
    <LoadedView loaded={loaded}>
      {(environments) => (
        <DataTable
          label="Execution environments"
          columns={columns}
          rows={environments}
          keyOf={({ pid }) => String(pid)}
          empty={
            <Empty icon="function" title="No execution environment">
              <p>The next invocation is a cold start.</p>
            </Empty>
          }
        />
      )}
    </LoadedView>
  );
}

function Configuration({ node: { id, physicalId: FunctionName, region } }: { readonly node: TopologyNode }) {
  const loaded = useData(`configuration ${id}`, async () => {
    const [configuration, versions, aliases, provisioned] = await Promise.all([
      aws<object>(region, 'lambda', 'GetFunctionConfiguration', { FunctionName }),
      aws<{ Versions: readonly { Version: string }[] }>(region, 'lambda', 'ListVersionsByFunction', { FunctionName }),
      aws<{ Aliases: readonly object[] }>(region, 'lambda', 'ListAliases', { FunctionName }),
      aws<{ ProvisionedConcurrencyConfigs: readonly object[] }>(region, 'lambda', 'ListProvisionedConcurrencyConfigs', {
        FunctionName,
        List: 'ALL',
      }),
    ]);
    return {
      ...configuration,
      Versions: versions.Versions.map(({ Version }) => Version),
      Aliases: aliases.Aliases,
      ProvisionedConcurrency: provisioned.ProvisionedConcurrencyConfigs,
    };
  });
  return (
    <LoadedView loaded={loaded}>
      {(configuration) => (
        <div class="details-pad">
          <JsonView value={configuration} />
        </div>
      )}
    </LoadedView>
  );
}
