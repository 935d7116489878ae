import { createHash, timingSafeEqual } from 'node:crypto';
import type { ControlApi, ControlRequest } from '../../control/control-api.ts';

/**
 * Makes browsers show the token that the page has. The edge lets pages of the endpoint's own origin through, and the
 * console's is the only one among them that may call the API. A program sends no header of a browser, and can do
 * everything through the APIs of AWS anyway.
 */
export function requireToken(token: string, api: ControlApi): ControlApi {
  return async (request) => {
    const { 'x-console-token': shown = '' } = request.headers;
    if (!isOfPage(request) || timingSafeEqual(digest(token), digest(shown))) return api(request);
    return {
      status: 403,
      body: { message: 'Calls of a browser need the token of the console.', code: 'AccessDenied' },
    };
  };
}

/** An address that a user typed, or a link that they followed, shows its answer to no page. */
function isOfPage({ method, headers }: ControlRequest): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  if (origin === undefined && site === undefined) return false;
  return origin !== undefined || method !== 'GET' || mode !== 'navigate' || destination !== 'document';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
