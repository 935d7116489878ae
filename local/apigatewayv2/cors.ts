import type { ApiRequest } from '../core/web.ts';
import type { Cors } from './model.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** A browser's preflight: API Gateway answers it itself, whatever routes there are. */
export function isPreflight({ method, headers }: Pick<ApiRequest, 'method' | 'headers'>): boolean {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return method === 'OPTIONS' && names.has('origin') && names.has('access-control-request-method');
}

/** The headers of a preflight's 204; none when the origin is not allowed. */
export function preflightHeaders(cors: Cors, origin: string): Headers {
  const allowed = corsHeaders(cors, origin);
  if (allowed.length === 0) return [];
  return [
    ...allowed,
    ...list('access-control-allow-methods', cors.allowMethods),
    ...list('access-control-allow-headers', cors.allowHeaders),
    ...(cors.maxAge === undefined ? [] : [['access-control-max-age', String(cors.maxAge)] as const]),
  ];
}

/** What every other answer to an allowed origin carries. */
export function corsHeaders(cors: Cors, origin: string | undefined): Headers {
  if (origin === undefined) return [];
  const pattern = cors.allowOrigins?.find((candidate) => matchesOrigin(candidate, origin));
  if (pattern === undefined) return [];
  return [
    ['access-control-allow-origin', pattern === '*' ? '*' : origin],
    ...(cors.allowCredentials === true ? [['access-control-allow-credentials', 'true'] as const] : []),
    ...list('access-control-expose-headers', cors.exposeHeaders),
  ];
}

/** `*`, `https://*`, `http://*` or an exact origin. */
function matchesOrigin(pattern: string, origin: string): boolean {
  if (pattern === '*') return true;
  const [wanted, actual] = [pattern.toLowerCase(), origin.toLowerCase()];
  return wanted.endsWith('://*') ? actual.startsWith(wanted.slice(0, -1)) : wanted === actual;
}

function list(name: string, values: readonly string[] | undefined): Headers {
  return values === undefined || values.length === 0 ? [] : [[name, values.join(',')]];
}
