import { randomText } from '../../core/random-bytes.ts';
import type { ApiRequest } from '../../core/web.ts';

/** A client's request as integrations, authorizers and logs see it. */
export type HttpRequest = {
  readonly method: string;
  /** Decoded, below the stage. */
  readonly path: string;
  /** In the order they came, names in lower case, without hop-by-hop headers and cookies. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cookies: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Percent-encoded, as sent. */
  readonly rawQuery: string;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly domainName: string;
  /** Of the custom domain that the request came by, without slashes around it; undefined when it came by none. */
  readonly basePath: string | undefined;
  /** What is wrong with the signature in its URL, when it is presigned. */
  readonly presignFault: string | undefined;
};

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @param path decoded, below the stage */
export function readHttpRequest(request: ApiRequest, path: string, now: number): HttpRequest {
  const [, port = '80'] = /:(\d+)$/.exec(request.host) ?? [];
  const received = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const forwarded = received.filter(([name]) => name === 'x-forwarded-for').map(([, value]) => value);
  const traceId = received.find(([name]) => name === 'x-amzn-trace-id')?.[1] ?? newTraceId(now);
  const replaced = new Set(['content-length', 'cookie', 'x-amzn-trace-id', 'x-forwarded-for']);
  return {
    method: request.method,
    path,
    headers: [
      ...received.filter(
        ([name]) => !hopByHop.has(name) && !replaced.has(name) && !/^x-forwarded-(port|proto)$/.test(name),
      ),
      ['content-length', String(request.body.length)],
      ['x-amzn-trace-id', traceId],
      ['x-forwarded-for', [...forwarded, request.sourceIp].join(', ')],
      ['x-forwarded-port', port],
      ['x-forwarded-proto', 'http'],
    ],
    cookies: received
      .filter(([name]) => name === 'cookie')
      .flatMap(([, value]) => value.split(';').map((cookie) => cookie.trim()))
      .filter((cookie) => cookie !== ''),
    query: [...new URLSearchParams(request.rawQuery)],
    rawQuery: request.rawQuery,
    body: request.body,
    sourceIp: request.sourceIp,
    domainName: domainNameOf(request),
    basePath: request.domain?.basePath,
    presignFault: request.presignFault,
  };
}

/** The host that names the API; for a request that named it in the path, the one that it also has. */
function domainNameOf({ host, apiId, domain }: ApiRequest): string {
  const hostname = host.replace(/:\d+$/, '');
  if (domain !== undefined) return domain.name;
  return hostname.startsWith(`${apiId}.`) ? hostname : `${apiId}.execute-api.${hostname}`;
}

/** The value of a header; repeated ones joined with a comma. */
export function headerOf(request: Pick<HttpRequest, 'headers'>, name: string): string | undefined {
  return joined(request.headers, name.toLowerCase());
}

export function queryOf(request: Pick<HttpRequest, 'query'>, name: string): string | undefined {
  return joined(request.query, name);
}

/** Name to value, repeated names joined with a comma as payload format 2.0 has them. */
export function joinPairs(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const grouped = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...grouped].map(([name, group]) => [name, group.map(([, value]) => value).join(',')]));
}

function joined(pairs: readonly (readonly [string, string])[], name: string): string | undefined {
  const values = pairs.filter(([candidate]) => candidate === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomText(12, 'hex')}`;
}
