const methods = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

export type RouteKey =
  | { readonly kind: 'default' }
  | { readonly kind: 'path'; readonly method: string; readonly path: string; readonly segments: readonly Segment[] };

/**
 * Reads `$default` or `METHOD /path/{parameter}/{rest+}`.
 *
 * @returns undefined when API Gateway would refuse the key
 */
export function parseRouteKey(text: string): RouteKey | undefined {
  if (text === '$default') return { kind: 'default' };
  const [, method = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(text) ?? [];
  if (!methods.some((known) => known === method)) return undefined;
  const segments: Segment[] = [];
  for (const part of path.slice(1).split('/')) {
    const segment = parseSegment(part);
    // A greedy parameter takes the rest, so that nothing can follow it.
    if (segment === undefined || segments.at(-1)?.kind === 'greedy') return undefined;
    segments.push(segment);
  }
  const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
  return new Set(names).size === names.length ? { kind: 'path', method, path, segments } : undefined;
}

function parseSegment(text: string): Segment | undefined {
  const [, name, plus] = /^\{([\w.:-]+)(\+?)\}$/.exec(text) ?? [];
  if (name !== undefined) return { kind: plus === '+' ? 'greedy' : 'parameter', name };
  return /[{}]/.test(text) ? undefined : { kind: 'literal', text };
}
