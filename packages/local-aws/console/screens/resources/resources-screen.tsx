import { useState } from 'preact/hooks';
import type { NodeKind, TopologyNode } from '../../../src/console/api-types.ts';
import { Icon } from '../../parts/icon.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty, Skeleton } from '../../parts/state.tsx';
import { nodeFigure } from '../../state/node-figure.ts';
import { iconOfKind, kindGroup, nodeHref, shortName, stackHref } from '../../state/nodes.ts';
import { countsOf, nodeOf, topology } from '../../state/system.ts';
import { isNarrow } from '../../state/viewport.ts';
import { ResourceDetail } from './resource-detail.tsx';
import { StackDetail } from './stack-detail.tsx';

const order: readonly NodeKind[] = [
  'table',
  'queue',
  'dead-letter-queue',
  'function',
  'mapping',
  'pipe',
  'topic',
  'bucket',
  'schedule',
  'bus',
  'rule',
  'alarm',
  'dashboard',
  'custom-resource',
];

type ResourcesProps = { readonly kind: string | undefined; readonly id: string | undefined };

export function ResourcesScreen({ kind, id }: ResourcesProps) {
  if (topology.value === undefined) {
    return (
      <div class="page">
        <Skeleton lines={8} />
      </div>
    );
  }
  const isList = id === undefined;
  return (
    <div class="page page-full resources">
      {(isList || !isNarrow.value) && <ResourceList selected={id} />}
      {(!isList || !isNarrow.value) && (
        <div class="resource-detail">
          <Detail kind={kind} id={id} />
        </div>
      )}
    </div>
  );
}

function Detail({ kind, id }: ResourcesProps) {
  if (id === undefined) {
    return (
      <Empty icon="resources" title="Choose a resource">
        <p>
          Press <kbd>k</kbd> to find one by its name.
        </p>
      </Empty>
    );
  }
  if (kind === 'stack') {
    const stack = topology.value?.stacks.find(({ name }) => name === id);
    return stack === undefined ? <Gone /> : <StackDetail key={id} stack={stack} />;
  }
  const node = nodeOf(id);
  return node === undefined ? <Gone /> : <ResourceDetail key={id} node={node} />;
}

const Gone = () => (
  <Empty icon="resources" title="There is no such resource">
    <p>Its stack may have been changed or deleted.</p>
  </Empty>
);

function ResourceList({ selected }: { readonly selected: string | undefined }) {
  const [text, setText] = useState('');
  const nodes = topology.value?.nodes ?? [];
  const stacks = topology.value?.stacks ?? [];
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (...parts: readonly string[]): boolean =>
    words.every((word) => parts.join(' ').toLowerCase().includes(word));
  const shownStacks = stacks.filter(({ name }) => fits(name, 'stack'));
  return (
    <nav class="resource-list" aria-label="Resources">
      <div class="resource-search">
        <SearchField label="Filter resources" value={text} onChange={setText} />
      </div>
      <div class="resource-scroll">
        {order.map((kind) => (
          <Group
            key={kind}
            title={kindGroup(kind)}
            nodes={nodes.filter((node) => node.kind === kind && fits(node.name, node.stack, kind))}
            selected={selected}
          />
        ))}
        {shownStacks.length > 0 && (
          <section class="resource-group">
            <h3>Stacks</h3>
            <ul>
              {shownStacks.map(({ name, status }) => (
                <li key={name}>
                  <a class="resource-link" href={stackHref(name)} aria-current={name === selected ? 'page' : undefined}>
                    <Icon name="stack" size={14} />
                    <span class="truncate">{name}</span>
                    <span class="spacer" />
                    {!status.endsWith('_COMPLETE') && <span class="card-figure">{status.toLowerCase()}</span>}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </nav>
  );
}

type GroupProps = {
  readonly title: string;
  readonly nodes: readonly TopologyNode[];
  readonly selected: string | undefined;
};

function Group({ title, nodes, selected }: GroupProps) {
  if (nodes.length === 0) return null;
  const isRepeated = (node: TopologyNode): boolean =>
    nodes.some((other) => other !== node && shortName(other) === shortName(node));
  return (
    <section class="resource-group">
      <h3>{title}</h3>
      <ul>
        {nodes.map((node) => {
          const { text, isBad } = nodeFigure([countsOf(node.id)], node.kind);
          return (
            <li key={node.id}>
              <a
                class="resource-link"
                href={nodeHref(node)}
                aria-current={node.id === selected ? 'page' : undefined}
                title={`${node.name}, ${node.stack}`}
              >
                <Icon name={iconOfKind(node.kind)} size={14} />
                <span class="truncate">
                  {shortName(node)}
                  {isRepeated(node) && <span class="muted"> {node.stack}</span>}
                </span>
                <span class="spacer" />
                <span class={`card-figure${isBad ? ' bad' : ''}`}>{text}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
