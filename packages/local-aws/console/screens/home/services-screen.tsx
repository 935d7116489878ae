import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Empty, Skeleton } from '../../parts/state.tsx';
import { plural } from '../../state/format.ts';
import { hrefTo } from '../../state/router.ts';
import { counts, topology } from '../../state/system.ts';
import { ServiceCard } from './service-card.tsx';
import { ServiceMap } from './service-map.tsx';

export function ServicesScreen() {
  const [stack, setStack] = useState<string | undefined>(undefined);
  const [isGrouped, setGrouped] = useState(true);
  const current = topology.value;
  if (current === undefined) {
    return (
      <div class="page">
        <Skeleton lines={8} />
      </div>
    );
  }
  if (current.stacks.length === 0) {
    return (
      <div class="page">
        <Empty icon="services" title="Nothing is deployed yet">
          <p>Deploy a stack to this endpoint, and its services appear here while they are created.</p>
          <code class="sample">npx sls deploy --stage local</code>
        </Empty>
      </div>
    );
  }
  const stacks = current.stacks.filter(({ name }) => current.nodes.some((node) => node.stack === name));
  const shown = stacks.find(({ name }) => name === stack)?.name;
  return (
    <div class="page">
      <header class="page-head">
        <h1>Services</h1>
        <Totals />
        <span class="spacer" />
        <Button
          isPressed={isGrouped}
          onClick={() => setGrouped(!isGrouped)}
          title="Draw functions with the same neighbours as one"
        >
          Group functions
        </Button>
      </header>
      <div class="chips" role="toolbar" aria-label="Services on the map">
        <Button isPressed={shown === undefined} look="quiet" onClick={() => setStack(undefined)}>
          All
        </Button>
        {stacks.map(({ name, service }) => (
          <Button
            key={name}
            isPressed={shown === name}
            look="quiet"
            onClick={() => setStack(shown === name ? undefined : name)}
          >
            {service || name}
          </Button>
        ))}
      </div>
      <ServiceMap topology={current} stack={shown} isGrouped={isGrouped} onUngroup={() => setGrouped(false)} />
      <div class="cards">
        {stacks.map((each) => (
          <ServiceCard key={each.name} stack={each} nodes={current.nodes.filter((node) => node.stack === each.name)} />
        ))}
      </div>
    </div>
  );
}

/** The last five minutes of all services. */
function Totals() {
  const nodes = topology.value?.nodes ?? [];
  const sum = (name: 'calls' | 'errors'): number =>
    nodes
      .filter(({ kind }) => kind === 'api' || kind === 'function')
      .reduce(
        (total, { id, kind }) =>
          total + ((name === 'errors' || kind === 'api' ? counts.value.nodes[id]?.[name] : 0) ?? 0),
        0,
      );
  const errors = sum('errors');
  return (
    <span class="muted page-count">
      {plural(sum('calls'), 'request')} in the last five minutes
      {errors > 0 && (
        <>
          {' · '}
          <a class="bad" href={hrefTo(['requests'], { status: 'error' })}>
            {plural(errors, 'error')}
          </a>
        </>
      )}
    </span>
  );
}
