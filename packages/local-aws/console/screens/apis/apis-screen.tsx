import { useState } from 'preact/hooks';
import type { ApiView } from '../../../src/console/api-types.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { read } from '../../state/api.ts';
import { hrefTo } from '../../state/router.ts';
import { topology } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { isNarrow } from '../../state/viewport.ts';
import { ApiPage } from './api-page.tsx';
import { TokenField } from './token-field.tsx';

export function ApisScreen({ selected }: { readonly selected: string | undefined }) {
  const [token, setToken] = useState('');
  // A deployment may add APIs.
  const loaded = useData(`apis ${topology.value?.stacks.length}`, () => read<readonly ApiView[]>('/apis'));
  return (
    <div class="page page-full resources">
      <LoadedView loaded={loaded}>
        {(apis) => {
          if (apis.length === 0) {
            return (
              <Empty icon="apis" title="No API is deployed">
                <p>REST and HTTP APIs of your stacks appear here, with their OpenAPI documents to try out.</p>
              </Empty>
            );
          }
          const first = isNarrow.value ? undefined : apis[0];
          const api = selected === undefined ? first : apis.find(({ apiId }) => apiId === selected);
          return (
            <>
              {(api === undefined || !isNarrow.value) && <ApiList apis={apis} selected={api} />}
              {api !== undefined && (
                <div class="resource-detail">
                  <header class="page-head">
                    <a class="back narrow-only" href={hrefTo(['apis'])} aria-label="Back to the list">
                      <Icon name="chevron" />
                    </a>
                    <Icon name="api" size={18} />
                    <h1 class="truncate">{nameOf(api)}</h1>
                    <code class="truncate muted api-url">{api.url}</code>
                    <CopyButton label="Copy the address" text={() => api.url} />
                    <span class="spacer" />
                    <TokenField token={token} onToken={setToken} />
                  </header>
                  <ApiPage key={api.apiId} apiId={api.apiId} token={token} />
                </div>
              )}
            </>
          );
        }}
      </LoadedView>
    </div>
  );
}

/** As the map has it. */
const nameOf = ({ apiId, name }: ApiView): string =>
  topology.value?.nodes.find(({ kind, physicalId }) => kind === 'api' && physicalId === apiId)?.name ?? name;

type ListProps = { readonly apis: readonly ApiView[]; readonly selected: ApiView | undefined };

const ApiList = ({ apis, selected }: ListProps) => (
  <nav class="resource-list" aria-label="APIs">
    <ul class="resource-scroll">
      {apis.map((api) => (
        <li key={api.apiId}>
          <a
            class="resource-link"
            href={hrefTo(['apis', api.apiId])}
            aria-current={api === selected ? 'page' : undefined}
            title={api.url}
          >
            <Icon name="api" size={14} />
            <span class="truncate">{nameOf(api)}</span>
            <span class="spacer" />
            <span class="card-figure">{api.stack}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
