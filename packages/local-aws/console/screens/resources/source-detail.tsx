import type { SourceActivity, TopologyNode } from '../../../src/console/api-types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Figures } from '../../parts/figures.tsx';
import { JsonView, parsedText } from '../../parts/json-view.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { aws, read } from '../../state/api.ts';
import { formatCount } from '../../state/format.ts';
import { nodeHref } from '../../state/nodes.ts';
import { topology } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';

/** An event source mapping or a pipe: what it read, what its filters let through, where it is. */
export function SourceDetail({ node }: { readonly node: TopologyNode }) {
  const activity = useData('sources', () => read<readonly SourceActivity[]>('/sources'), 2000);
  const settings = useData(`settings ${node.id}`, () =>
    node.kind === 'pipe'
      ? aws<object>(node.region, 'pipes', 'DescribePipe', { Name: node.physicalId })
      : aws<object>(node.region, 'lambda', 'GetEventSourceMapping', { UUID: node.physicalId }),
  );
  return (
    <>
      <LoadedView loaded={activity}>
        {(sources) => {
          const source = sources.find(({ nodeId }) => nodeId === node.id);
          return source === undefined ? (
            <Empty icon="mapping" title="It is not active" />
          ) : (
            <Activity source={source} />
          );
        }}
      </LoadedView>
      <section class="details-pad">
        <h2>Settings</h2>
        <LoadedView loaded={settings}>{(value) => <JsonView value={value} />}</LoadedView>
      </section>
    </>
  );
}

function Activity({ source }: { readonly source: SourceActivity }) {
  const { recordsMatched, recordsFiltered, batches, failedBatches, largestBatch, patterns, checkpoints } = source;
  return (
    <>
      <div class="detail-bar">
        <Figures
          figures={[
            { name: 'Matched', value: formatCount(recordsMatched) },
            { name: 'Filtered out', value: formatCount(recordsFiltered) },
            { name: 'Batches', value: formatCount(batches) },
            { name: 'Failed batches', value: formatCount(failedBatches), isBad: failedBatches > 0 },
            { name: 'Largest batch', value: formatCount(largestBatch) },
          ]}
        />
      </div>
      <div class="details-pad">
        <dl class="facts">
          <div class="fact">
            <dt>State</dt>
            <dd>
              <Badge tone={source.state === 'Enabled' || source.state === 'RUNNING' ? 'ok' : 'warn'}>
                {source.state}
              </Badge>
              <span class="muted">{source.lastProcessingResult}</span>
            </dd>
          </div>
          <Arn name="Source" arn={source.sourceArn} />
          <Arn name="Target" arn={source.targetArn} />
          {Object.entries(checkpoints).map(([shard, sequence]) => (
            <div class="fact" key={shard}>
              <dt>Checkpoint</dt>
              <dd class="mono wrap" title={shard}>
                {sequence}
              </dd>
            </div>
          ))}
        </dl>
        {patterns.length > 0 && (
          <section class="payload">
            <header class="payload-head">
              <h3>Filter patterns: a record passes when one of them matches</h3>
            </header>
            {patterns.map((pattern) => (
              <JsonView key={pattern} value={parsedText(pattern)} />
            ))}
          </section>
        )}
      </div>
    </>
  );
}

function Arn({ name, arn }: { readonly name: string; readonly arn: string }) {
  const node = topology.value?.nodes.find(({ id }) => id === arn);
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd class="mono wrap">{node === undefined ? arn : <a href={nodeHref(node)}>{arn}</a>}</dd>
    </div>
  );
}
