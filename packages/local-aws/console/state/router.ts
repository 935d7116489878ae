import { computed, signal } from '@preact/signals';

/** Where the page is: the segments and the query behind `#/`. The server knows `/` alone, because S3 has all other paths. */
export type Route = { readonly segments: readonly string[]; readonly query: URLSearchParams };

const hash = signal(globalThis.location.hash);
globalThis.addEventListener('hashchange', () => {
  hash.value = globalThis.location.hash;
});

export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?');
  return { segments: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
});

/** The address of a screen: `hrefTo(['resources', 'queue', 'a/b'])`. */
export function hrefTo(segments: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${segments.map(encodeURIComponent).join('/')}${search}`;
}

export function go(href: string): void {
  globalThis.location.hash = href;
}

/** Changes the query of this screen; the browser's history keeps one entry for all the changes. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { segments, query } = route.value;
  const next = { ...Object.fromEntries(query), ...changes };
  globalThis.history.replaceState(null, '', hrefTo(segments, next));
  hash.value = globalThis.location.hash;
}

/** An address that a person typed may not be encoded well. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
