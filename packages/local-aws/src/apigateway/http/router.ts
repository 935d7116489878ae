import { parseRouteKey, type RouteKey, type Segment } from './route-key.ts';

export type RouteMatch<R> = { readonly route: R; readonly pathParameters: Readonly<Record<string, string>> };

/**
 * Chooses the route of a request. The most specific path that takes the method wins, compared segment by segment from
 * the left (literal, then parameter, then greedy parameter); on one path the method's own route wins over ANY;
 * `$default` takes the rest. A trailing slash counts: `/x/` is not `/x`.
 */
export function createRouter<R extends { readonly routeKey: string }>(
  routes: readonly R[],
): (method: string, segments: readonly string[]) => RouteMatch<R> | undefined {
  const parsed = routes.flatMap((route) => {
    const key = parseRouteKey(route.routeKey);
    return key === undefined ? [] : [{ route, key }];
  });
  const ordered = parsed.sort((a, b) => compareKeys(a.key, b.key));
  return (method, segments) => {
    for (const { route, key } of ordered) {
      if (key.kind === 'default') return { route, pathParameters: {} };
      if (key.method !== method && key.method !== 'ANY') continue;
      const pathParameters = matchSegments(key.segments, segments);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

/** The decoded segments of a path, or undefined when its percent-encoding is broken. */
export function pathSegments(path: string): string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function matchSegments(pattern: readonly Segment[], actual: readonly string[]): Record<string, string> | undefined {
  const parameters: [string, string][] = [];
  for (const [index, segment] of pattern.entries()) {
    const text = actual[index];
    if (text === undefined) return undefined;
    switch (segment.kind) {
      case 'literal':
        if (text !== segment.text) return undefined;
        break;
      case 'parameter':
        if (text === '') return undefined;
        parameters.push([segment.name, text]);
        break;
      case 'greedy': {
        const rest = actual.slice(index).join('/');
        if (rest === '') return undefined;
        return Object.fromEntries([...parameters, [segment.name, rest]]);
      }
    }
  }
  return pattern.length === actual.length ? Object.fromEntries(parameters) : undefined;
}

const rank = { literal: 0, parameter: 1, greedy: 2 } as const;

function compareKeys(a: RouteKey, b: RouteKey): number {
  if (a.kind === 'default' || b.kind === 'default') return Number(a.kind === 'default') - Number(b.kind === 'default');
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other === undefined) break;
    const difference = rank[segment.kind] - rank[other.kind];
    if (difference !== 0) return difference;
  }
  // Paths of two lengths never match the same request, but the order has to be one.
  const longer = b.segments.length - a.segments.length;
  return longer !== 0 ? longer : Number(a.method === 'ANY') - Number(b.method === 'ANY');
}
