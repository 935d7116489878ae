import { isFunctionUrlId } from '../core/function-url-id.ts';
import type { ApiRequest, ApiResponse } from '../core/web.ts';
import { permitsPage } from './api-cors.ts';
import type { Requester } from './requester.ts';
import type { EdgeOptions } from './server.ts';

/** Sends a request of a client to the API or function URL that it is for. */
export async function callApi(
  { frontends, site }: Pick<EdgeOptions, 'frontends' | 'site'>,
  requester: Requester,
  request: ApiRequest,
): Promise<ApiResponse> {
  const frontend = frontends.find((candidate) => candidate.has(request.apiId));
  if (frontend === undefined) return unknownApi(request.apiId);
  if (await permitsPage(frontend, request, requester)) {
    const answer = await frontend.execute(request);
    return site !== undefined && showsNothing(request, answer, requester) ? showInConsole(request) : answer;
  }
  return apiRefusal('The CORS settings of this API do not permit this web page to call it.');
}

/** What the host of an API or a function URL that does not exist answers. */
function unknownApi(apiId: string): ApiResponse {
  if (!isFunctionUrlId(apiId)) return apiRefusal('Forbidden', [['x-amzn-errortype', 'ForbiddenException']]);
  return {
    status: 403,
    headers: [
      ['x-amzn-errortype', 'AccessDeniedException'],
      ['content-type', 'application/json'],
    ],
    body: '{"Message":null}',
  };
}

/** A user opened the address of an API that has nothing there. */
function showsNothing({ path, headers }: ApiRequest, { status }: ApiResponse, requester: Requester): boolean {
  const isDocument = headers.some(([name, value]) => name.toLowerCase() === 'sec-fetch-dest' && value === 'document');
  return /^\/[^/]*\/?$/.test(path) && (status === 403 || status === 404) && requester === 'navigation' && isDocument;
}

/** By the name that the console always has: the API may have a domain of its own. */
function showInConsole({ apiId, host }: ApiRequest): ApiResponse {
  const [, port = ''] = /(:\d+)$/.exec(host) ?? [];
  return { status: 302, headers: [['location', `http://localhost${port}/#/apis/${apiId}`]], body: '' };
}

function apiRefusal(message: string, headers: ApiResponse['headers'] = []): ApiResponse {
  return {
    status: 403,
    headers: [...headers, ['content-type', 'application/json']],
    body: JSON.stringify({ message }),
  };
}
