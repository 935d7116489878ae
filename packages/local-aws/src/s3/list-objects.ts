import { AwsError } from '../core/aws-error.ts';
import { escapeXml } from '../core/query-protocol.ts';
import type { SortedMap } from '../core/sorted-map.ts';
import { listKeys } from './list-keys.ts';
import type { ObjectRecord } from './object-records.ts';

export const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
const mostKeys = 1000;
/** The id that the answers of ListBuckets have. */
export const owner = '<Owner><ID>000000000000</ID><DisplayName>local</DisplayName></Owner>';

/** The document that ListObjects and ListObjectsV2 answer. @throws AwsError InvalidArgument */
export function listObjects(bucket: string, keys: SortedMap<string, ObjectRecord>, query: URLSearchParams): string {
  return query.get('list-type') === '2' ? listSecond(bucket, keys, query) : listFirst(bucket, keys, query);
}

function listFirst(bucket: string, keys: SortedMap<string, ObjectRecord>, query: URLSearchParams): string {
  const asked = readListing(query);
  const marker = query.get('marker') ?? '';
  const page = listKeys(keys, { ...asked, after: marker === '' ? undefined : marker });
  const { encode } = asked;
  return document([
    ...head(bucket, asked),
    element('Marker', encode(marker)),
    // Without a delimiter, the last key of a page is the next marker.
    page.next !== undefined && asked.delimiter !== undefined ? element('NextMarker', encode(page.next)) : '',
    element('IsTruncated', String(page.next !== undefined)),
    ...contents(page.objects, encode, true),
    ...commonPrefixes(page.prefixes, encode),
  ]);
}

function listSecond(bucket: string, keys: SortedMap<string, ObjectRecord>, query: URLSearchParams): string {
  const asked = readListing(query);
  const { encode } = asked;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : readToken(token);
  const page = listKeys(keys, { ...asked, after: after === '' ? undefined : after });
  return document([
    ...head(bucket, asked),
    element('KeyCount', String(page.objects.length + page.prefixes.length)),
    element('IsTruncated', String(page.next !== undefined)),
    token === null ? '' : element('ContinuationToken', token),
    token === null && startAfter !== '' ? element('StartAfter', encode(startAfter)) : '',
    page.next === undefined ? '' : element('NextContinuationToken', writeToken(page.next)),
    ...contents(page.objects, encode, query.get('fetch-owner') === 'true'),
    ...commonPrefixes(page.prefixes, encode),
  ]);
}

type Asked = {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly maxKeys: number;
  readonly isEncoded: boolean;
  readonly encode: (text: string) => string;
};

export function readListing(query: URLSearchParams): Asked {
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url') {
    throw invalidArgument('encoding-type', encoding, 'Invalid Encoding Method specified in Request');
  }
  const delimiter = query.get('delimiter') ?? '';
  const isEncoded = encoding === 'url';
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: delimiter === '' ? undefined : delimiter,
    maxKeys: readMaxKeys(query.get('max-keys')),
    isEncoded,
    encode: isEncoded ? urlEncode : (text) => text,
  };
}

function readMaxKeys(text: string | null): number {
  if (text === null || text === '') return mostKeys;
  const count = Number(text);
  if (/^\d+$/.test(text) && count < 2 ** 31) return Math.min(count, mostKeys);
  throw invalidArgument('max-keys', text, 'Provided max-keys not an integer or within integer range');
}

/** Tokens are opaque to clients; what did not come from a listing is refused. */
const tokenMark = 'after:';

function writeToken(next: string): string {
  return Buffer.from(tokenMark + next).toString('base64');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text.startsWith(tokenMark)) return text.slice(tokenMark.length);
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  });
}

export function head(bucket: string, { prefix, delimiter, maxKeys, isEncoded, encode }: Asked): readonly string[] {
  return [
    element('Name', bucket),
    element('Prefix', encode(prefix)),
    delimiter === undefined ? '' : element('Delimiter', encode(delimiter)),
    element('MaxKeys', String(maxKeys)),
    isEncoded ? element('EncodingType', 'url') : '',
  ];
}

function contents(
  objects: readonly ObjectRecord[],
  encode: (text: string) => string,
  hasOwner: boolean,
): readonly string[] {
  return objects.map(({ key, contentLength, etag, lastModified, checksumAlgorithm, checksumType }) => {
    const checksum =
      checksumAlgorithm === undefined
        ? ''
        : element('ChecksumAlgorithm', checksumAlgorithm) + element('ChecksumType', checksumType ?? 'FULL_OBJECT');
    return (
      `<Contents>${element('Key', encode(key))}${element('LastModified', listedTime(lastModified))}${element('ETag', etag)}${checksum}` +
      `${element('Size', String(contentLength))}${hasOwner ? owner : ''}${element('StorageClass', 'STANDARD')}</Contents>`
    );
  });
}

/** Times of listings have whole seconds. */
export function listedTime(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

export function commonPrefixes(prefixes: readonly string[], encode: (text: string) => string): readonly string[] {
  return prefixes.map((prefix) => `<CommonPrefixes>${element('Prefix', encode(prefix))}</CommonPrefixes>`);
}

function document(parts: readonly string[]): string {
  return `<ListBucketResult xmlns="${namespace}">${parts.join('')}</ListBucketResult>`;
}

/** XML 1.0 has no form for most control characters; S3 writes a reference nevertheless, and url encoding avoids them. */
export function element(name: string, text: string): string {
  const escaped = text
    .split(/([\p{Cc}--[\t\n\r\x7f-\x9f]])/v)
    .map((part, at) => (at % 2 === 1 ? `&#x${part.charCodeAt(0).toString(16)};` : escapeXml(part)));
  return `<${name}>${escaped.join('')}</${name}>`;
}

function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

function invalidArgument(name: string, value: string, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });
}
