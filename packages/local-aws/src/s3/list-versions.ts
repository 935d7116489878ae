import type { SortedMap } from '../core/sorted-map.ts';
import { listKeys } from './list-keys.ts';
import { commonPrefixes, element, head, listedTime, namespace, owner, readListing } from './list-objects.ts';
import type { ObjectRecord } from './object-records.ts';

/** What ListObjectVersions reads from a query. */
export const versionParameters: ReadonlySet<string> = new Set([
  'delimiter',
  'encoding-type',
  'key-marker',
  'max-keys',
  'prefix',
  'version-id-marker',
  'versions',
]);

/** The id of the only version of an object. */
export const onlyVersion = 'null';

/** The document that ListObjectVersions answers: of each object its current version. @throws AwsError InvalidArgument */
export function listVersions(bucket: string, keys: SortedMap<string, ObjectRecord>, query: URLSearchParams): string {
  const asked = readListing(query);
  const marker = query.get('key-marker') ?? '';
  const { objects, prefixes, next } = listKeys(keys, { ...asked, after: marker === '' ? undefined : marker });
  const { encode } = asked;
  const versions = objects.map(({ key, etag, contentLength, lastModified }) =>
    [
      `<Version>${element('Key', encode(key))}${element('VersionId', onlyVersion)}${element('IsLatest', 'true')}`,
      `${element('LastModified', listedTime(lastModified))}${element('ETag', etag)}`,
      `${element('Size', String(contentLength))}${owner}${element('StorageClass', 'STANDARD')}</Version>`,
    ].join(''),
  );
  const parts = [
    ...head(bucket, asked),
    element('KeyMarker', encode(marker)),
    element('VersionIdMarker', encode(query.get('version-id-marker') ?? '')),
    element('IsTruncated', String(next !== undefined)),
    ...(next === undefined
      ? []
      : [element('NextKeyMarker', encode(next)), element('NextVersionIdMarker', onlyVersion)]),
    ...versions,
    ...commonPrefixes(prefixes, encode),
  ];
  return `<ListVersionsResult xmlns="${namespace}">${parts.join('')}</ListVersionsResult>`;
}
