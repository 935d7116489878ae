import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { onlyVersion } from './list-versions.ts';
import type { EventName } from './notification-settings.ts';
import type { ObjectStore } from './object-store.ts';

export type Change = { readonly name: EventName; readonly key: string };

const listed = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const deleteDocument = z.object({
  Delete: z.looseObject({
    Object: listed.pipe(z.array(z.looseObject({ Key: z.string(), VersionId: z.string().optional() }))),
  }),
});

/** The changes that a request makes if it succeeds. Nothing changes by the deletion of an object that is not there. */
export function changesOf(
  { method, headers, query, body }: AwsRequest,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { store }: Pick<ObjectStore, 'store'>,
): readonly Change[] {
  const exists = (name: string): boolean => {
    try {
      store.headObject(bucket, name);
      return true;
    } catch {
      return false;
    }
  };
  if (key === '') {
    if (method !== 'POST' || !query.has('delete')) return [];
    return deletedObjects(body)
      .map(({ Key }) => Key)
      .filter(exists)
      .map(deleted);
  }
  const name = decodeURIComponent(key);
  switch (method) {
    case 'PUT': {
      if (query.has('partNumber')) return [];
      const isCopy = headers['x-amz-copy-source'] !== undefined;
      return [{ name: isCopy ? 's3:ObjectCreated:Copy' : 's3:ObjectCreated:Put', key: name }];
    }
    case 'POST':
      return query.has('uploadId') ? [{ name: 's3:ObjectCreated:CompleteMultipartUpload', key: name }] : [];
    case 'DELETE':
      return query.has('uploadId') || !exists(name) ? [] : [deleted(name)];
    default:
      return [];
  }
}

/** Some actions answer an error with status 200. */
export function hasSucceeded({ status, body }: AwsResponse): boolean {
  return status < 300 && !/^(?:<\?xml[^>]*>)?\s*<Error>/.test(body.slice(0, 200).toString());
}

function deleted(key: string): Change {
  return { name: 's3:ObjectRemoved:Delete', key };
}

function deletedObjects(body: Buffer): readonly { readonly Key: string; readonly VersionId?: string | undefined }[] {
  try {
    const document: unknown = new XMLParser({ parseTagValue: false, trimValues: false }).parse(body, true);
    return deleteDocument.parse(document).Delete.Object;
  } catch {
    // The store answers what is wrong with it.
    return [];
  }
}

/** The object store takes no notice of version ids. @throws AwsError InvalidArgument for another than the only one */
export function requireOnlyVersion({ method, query, body }: AwsRequest, key: string): void {
  const isDeletion = key === '' && method === 'POST' && query.has('delete');
  const given = isDeletion ? deletedObjects(body).map(({ VersionId }) => VersionId) : [query.get('versionId')];
  if (given.every((version) => version === undefined || version === null || version === onlyVersion)) return;
  throw new AwsError('InvalidArgument', 'Invalid version id specified');
}
