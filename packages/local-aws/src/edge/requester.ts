import { type Authority, isLoopbackName, parseAuthority } from './host-names.ts';

/**
 * Who made a request, as far as its headers tell:
 * - `program`: no browser, or a browser whose page has a plain-http name other than loopback, of which a GET carries
 *   neither `Origin` nor `Sec-Fetch-Site`
 * - `same-origin`: a page that this endpoint served under the same name and port
 * - `navigation`: a user who opened an address or followed a link; no page sees the answer
 * - `local-page`: a page of a loopback name, such as the developer's own front end on another port
 * - `foreign-page`: any other page
 */
export type Requester = 'program' | 'same-origin' | 'navigation' | 'local-page' | 'foreign-page';

type Asked = {
  readonly authority: Authority;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Reads who made a request from the headers that pages cannot set: Origin, Referer and Sec-Fetch-*. */
export function requesterOf({ authority, method, headers }: Asked): Requester {
  const { origin, referer, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  const isSafe = method === 'GET' || method === 'HEAD';
  if (origin === undefined) {
    if (site === undefined) return 'program';
    if (site === 'same-origin') return 'same-origin';
    if (isSafe && (site === 'none' || (mode === 'navigate' && destination === 'document'))) return 'navigation';
  }
  // A sandboxed document has the origin `null`, and its address in the Referer.
  const page = authorityOf((origin === 'null' ? undefined : origin) ?? referer);
  if (page === undefined) return 'foreign-page';
  if (origin !== undefined && origin !== 'null' && page.name === authority.name && page.port === authority.port) {
    return 'same-origin';
  }
  return isLoopbackName(page.name) ? 'local-page' : 'foreign-page';
}

function authorityOf(url: string | undefined): Authority | undefined {
  return url !== undefined && URL.canParse(url) ? parseAuthority(new URL(url).host) : undefined;
}
