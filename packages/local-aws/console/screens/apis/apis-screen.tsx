import { useState } from 'preact/hooks';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { LoadedView } from '../../parts/loaded-view.tsx';
import { Empty } from '../../parts/state.tsx';
import { ApiError, read } from '../../state/api.ts';
import { hrefTo } from '../../state/router.ts';
import { nodeOf, topology } from '../../state/system.ts';
import { useData } from '../../state/use-data.ts';
import { isNarrow } from '../../state/viewport.ts';
import type { ApiDocument } from './api-document.ts';
import { ApiPage } from './api-page.tsx';
import { RouteList } from './route-list.tsx';
import { TokenField } from './token-field.tsx';

export function ApisScreen({ selected }: { readonly selected: string | undefined }) {
  const [token, setToken] = useState('');
  const loaded = useData(`apis ${topology.value === undefined}`, readApis);
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
          const api = selected === undefined ? (isNarrow.value ? undefined : apis[0]) : find(apis, selected);
          return (
            <>
              {(selected === undefined || !isNarrow.value) && <ApiList apis={apis} selected={api} />}
              {api !== undefined && (
                <div class="resource-detail">
                  <header class="page-head">
                    <a class="back narrow-only" href={hrefTo(['apis'])} aria-label="Back to the list">
                      <Icon name="chevron" />
                    </a>
                    <Icon name="api" size={18} />
                    <h1 class="truncate">{api.name}</h1>
                    <code class="truncate muted api-url">{api.url}</code>
                    <CopyButton label="Copy the address" text={() => api.url} />
                    <span class="spacer" />
                    {api.document !== undefined && <TokenField token={token} onToken={setToken} />}
                  </header>
                  {api.document === undefined ? (
                    <RouteList url={api.url} />
                  ) : (
                    <ApiPage key={api.url} api={api} document={api.document} token={token} />
                  )}
                </div>
              )}
            </>
          );
        }}
      </LoadedView>
    </div>
  );
}

/** The deployed APIs, with the documents that the endpoint has. */
async function readApis(): Promise<readonly ApiDocument[]> {
  const documents = await read<readonly ApiDocument[]>('/apis').catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  });
  const others = (topology.peek()?.nodes ?? []).flatMap(({ kind, name, stack, details: { url } }) =>
    kind === 'api' && typeof url === 'string' && !documents.some((each) => each.url === url)
      ? [{ name, stack, url }]
      : [],
  );
  return [...documents, ...others];
}

/** By its name, or by the node of the topology. */
function find(apis: readonly ApiDocument[], selected: string): ApiDocument | undefined {
  const node = nodeOf(selected);
  return apis.find(
    ({ name, stack, url }) =>
      name === selected || url === node?.details.url || (node !== undefined && stack === node.stack),
  );
}

type ListProps = { readonly apis: readonly ApiDocument[]; readonly selected: ApiDocument | undefined };

const ApiList = ({ apis, selected }: ListProps) => (
  <nav class="resource-list" aria-label="APIs">
    <ul class="resource-scroll">
      {apis.map((api) => (
        <li key={api.url}>
          <a
            class="resource-link"
            href={hrefTo(['apis', api.name])}
            aria-current={api === selected ? 'page' : undefined}
            title={api.url}
          >
            <Icon name="api" size={14} />
            <span class="truncate">{api.name}</span>
            <span class="spacer" />
            <span class="card-figure">{api.stack}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
