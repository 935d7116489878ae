import type { ApiFrontend, ApiRequest } from '../core/web.ts';
import type { Requester } from './requester.ts';

/**
 * Whether a deployed API takes a request of a page. Other pages of this machine are answered as on AWS, where every
 * request runs and CORS decides who reads the answer. A page from elsewhere must not run code on a laptop unless the API
 * permits its origin: it is asked by a preflight, also for requests for which browsers send none, such as form posts.
 */
export async function permitsPage(frontend: ApiFrontend, request: ApiRequest, requester: Requester): Promise<boolean> {
  if (requester !== 'foreign-page') return true;
  const origin = headerOf(request.headers, 'origin');
  if (origin === undefined) return false;
  if (request.method === 'OPTIONS' && headerOf(request.headers, 'access-control-request-method') !== undefined) {
    return true;
  }
  const kept = request.headers.filter(([name]) => /^(?:host|origin|user-agent)$/i.test(name));
  const answer = await frontend.execute({
    ...request,
    method: 'OPTIONS',
    headers: [...kept, ['Access-Control-Request-Method', request.method]],
    body: Buffer.alloc(0),
  });
  answer.stream?.destroy();
  const permitted = headerOf(answer.headers, 'access-control-allow-origin');
  return answer.status < 300 && (permitted === '*' || permitted === origin);
}

function headerOf(headers: ApiRequest['headers'], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}
