import type { Requester } from './requester.ts';
import type { Target } from './route.ts';

/** What browsers can show as a document that runs scripts. */
const documents = new Set(['document', 'iframe', 'frame', 'embed', 'object', 'fencedframe']);
const sandbox = 'sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts';

/**
 * The headers by which a browser keeps an answer from pages that must not see it. AWS has no need of them, as its own
 * consoles, S3 and each API have origins of their own; here they share one. So an object, or an answer of an API that
 * is called by path, is a document without an origin; APIs that are called by host have their own as on AWS.
 */
export function browserHeaders(
  target: Target,
  requester: Requester,
  headers: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  const { accept = '', 'sec-fetch-dest': destination = accept.includes('text/html') ? 'document' : '' } = headers;
  const isolated = documents.has(destination) ? [['content-security-policy', sandbox] as const] : [];
  switch (target.kind) {
    case 'api':
      return target.isByPath ? isolated : [];
    case 'page':
      return [
        ['cross-origin-resource-policy', 'same-origin'],
        ['x-content-type-options', 'nosniff'],
        ['x-frame-options', 'DENY'],
      ];
    case 'aws':
      return [['cross-origin-resource-policy', requester === 'local-page' ? 'cross-origin' : 'same-site'], ...isolated];
  }
}
