import type { Integration } from './api-definition.ts';
import type { Header } from './exchange.ts';
import type { RequestMapping } from './parameter-mapping.ts';

/** Headers that an answer cannot carry as they are; API Gateway keeps their value under another name. */
const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
  'x-amzn-requestid',
]);

/** How a header of an integration's answer reaches the client. */
export function remapHeader([name, value]: Header): Header[] {
  const key = name.toLowerCase();
  if (key === 'transfer-encoding') return [];
  return [remapped.has(key) ? [`x-amzn-Remapped-${name}`, value] : [name, value]];
}

const fixed = ['content-length', 'transfer-encoding'];
const fixedBySigning = new Set([...fixed, 'authorization', 'connection', 'expect', 'proxy-authenticate', 'te']);
const fixedByHttp = new Set(fixed);

/** The name of a header that is mapped, but that no request of this integration can have: every request fails with 500. */
export function findRestrictedHeader(
  type: Integration['type'],
  mappings: readonly RequestMapping[],
): string | undefined {
  const restricted = type === 'AWS' || type === 'AWS_PROXY' ? fixedBySigning : fixedByHttp;
  return mappings.find(({ place, name }) => place === 'header' && restricted.has(name.toLowerCase()))?.name;
}
