import type { ApiRequest } from '../../core/web.ts';
import type { IntegrationAnswer } from './exchange.ts';
import type { Cors } from './model.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** The answer to a browser's preflight, which API Gateway gives itself whatever routes there are. */
export function answerPreflight(
  cors: Cors,
  { method, headers }: Pick<ApiRequest, 'method' | 'headers'>,
): IntegrationAnswer | undefined {
  const origin = find(headers, 'origin');
  if (method !== 'OPTIONS' || origin === undefined) return undefined;
  if (find(headers, 'access-control-request-method') === undefined) return undefined;
  const allowed = [
    ...list('access-control-allow-methods', cors.allowMethods),
    ...list('access-control-allow-headers', cors.allowHeaders),
    ...list('access-control-max-age', cors.maxAge === undefined ? [] : [String(cors.maxAge)]),
  ];
  const isAllowed = originHeaders(cors, origin).length > 0;
  return withCors(cors, headers, { status: 204, headers: [], body: '' }, isAllowed ? allowed : []);
}

/**
 * Adds what every answer to an allowed origin carries. What the integration itself says about CORS is ignored.
 *
 * @param headers the request's
 */
export function withCors(
  cors: Cors,
  headers: ApiRequest['headers'],
  answer: IntegrationAnswer,
  further: Headers = [],
): IntegrationAnswer {
  const others = answer.headers.filter(([name]) => !name.startsWith('access-control-'));
  const own = originHeaders(cors, find(headers, 'origin'));
  return { ...answer, headers: [...others, ...own, ...further] };
}

/** What the answer to a request from an allowed origin carries. */
export function originHeaders(cors: Cors, origin: string | undefined): Headers {
  if (origin === undefined) return [];
  const pattern = cors.allowOrigins?.find((candidate) => matchesOrigin(candidate, origin));
  if (pattern === undefined) return [];
  return [
    ['access-control-allow-origin', pattern === '*' ? '*' : origin],
    ...list('access-control-allow-credentials', cors.allowCredentials === true ? ['true'] : []),
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

function find(headers: ApiRequest['headers'], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}
