import type { Clock } from '../../core/clock.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { integrationFailure } from './gateway-error.ts';
import type { Integration } from './model.ts';

/** `fetch` has undone these by the time it hands over a body. */
const dropped = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding']);

/** An HTTP proxy integration: the request goes on to a URL, whose answer comes back as it is. @throws GatewayError */
export async function integrateHttp(
  clock: Clock,
  exchange: Exchange,
  { integrationUri = '', integrationMethod = 'ANY', timeoutInMillis = 30_000 }: Integration,
): Promise<IntegrationAnswer> {
  const { request } = exchange;
  const method = integrationMethod === 'ANY' ? request.method : integrationMethod;
  const abort = new AbortController();
  const timer = clock.schedule(() => abort.abort(), timeoutInMillis);
  try {
    const response = await fetch(targetUrl(exchange, integrationUri), {
      method,
      headers: forwardedHeaders(exchange),
      redirect: 'manual',
      signal: abort.signal,
      ...(method !== 'GET' && method !== 'HEAD' && { body: new Uint8Array(request.body) }),
    });
    const body = Buffer.from(await response.arrayBuffer());
    const headers = [...response.headers].filter(([name]) => !dropped.has(name));
    return { status: response.status, headers, body };
  } catch (error) {
    throw abort.signal.aborted
      ? integrationFailure(`${integrationUri} took longer than ${timeoutInMillis} ms`, 504)
      : integrationFailure(`${integrationUri} cannot be reached: ${String(error)}`, 503);
  } finally {
    timer.cancel();
  }
}

function targetUrl({ request, pathParameters, stage }: Exchange, uri: string): URL {
  const filled = uri
    .replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => stage.stageVariables?.[name] ?? '')
    .replaceAll(/\{([\w.:-]+)\+?\}/g, (_, name: string) => encodePath(pathParameters[name] ?? ''));
  const url = new URL(filled);
  for (const [name, value] of request.query) url.searchParams.append(name, value);
  return url;
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function forwardedHeaders({ request }: Exchange): [string, string][] {
  const cookie: [string, string][] = request.cookies.length > 0 ? [['cookie', request.cookies.join('; ')]] : [];
  const kept = request.headers.filter(([name]) => name !== 'host' && name !== 'content-length');
  return [...kept.map(([name, value]): [string, string] => [name, value]), ...cookie];
}
