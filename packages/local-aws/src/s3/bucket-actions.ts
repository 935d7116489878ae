import { defaultRegion } from '../core/arn.ts';
import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { readTags, writeEncryption, writeTags, writeVersioning } from './bucket-attributes.ts';
import type { BucketSettings } from './bucket-policies.ts';
import { listObjects } from './list-objects.ts';
import { listVersions, versionParameters } from './list-versions.ts';
import { readSettings, writeSettings } from './notification-settings.ts';
import type { ObjectStore } from './object-store.ts';
import { respond, xml } from './respond.ts';

/** What the object store reads from a query; everything else would be ignored there, and so must be refused here. */
const objectParameters = new Set(['attributes', 'partNumber', 'uploadId', 'uploads', 'versionId']);
const bucketParameters = new Set([
  'continuation-token',
  'delete',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'lifecycle',
  'list-type',
  'marker',
  'max-keys',
  'prefix',
  'start-after',
]);
/** Of the SDKs, of signatures and of presigned URLs. */
const anywhere = /^(?:x-id|x-amz-.+|response-.+|AWSAccessKeyId|Signature|Expires)$/i;

/** Answers what the object store does not know about buckets, and refuses what it would ignore. */
export async function answerForBucket(
  request: AwsRequest,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  objects: ObjectStore,
  { policies, notifications, regions, attributes }: BucketSettings,
): Promise<AwsResponse | undefined> {
  const { query, method } = request;
  const names = [...query.keys()].filter((name) => !anywhere.test(name));
  if (key !== '') {
    const unknown = names.find((name) => !objectParameters.has(name));
    const isListing = method === 'GET' && (query.has('uploadId') || query.has('uploads'));
    if (unknown !== undefined || isListing) throw notImplemented(method, 'object', unknown ?? 'uploadId');
    if (method === 'POST' && names.length === 0) throw methodNotAllowed();
    return undefined;
  }
  const isVersions = query.has('versions');
  const setting = names.find((name) => !(isVersions ? versionParameters : bucketParameters).has(name));
  if (setting === undefined && !isVersions) {
    const listed = method === 'GET' && !query.has('lifecycle') ? objects.records.objects(bucket) : undefined;
    return listed && xml(request, listObjects(bucket, listed, query));
  }
  const keys = objects.records.objects(bucket);
  if (keys === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  switch (`${method} ${setting ?? 'versions'}`) {
    case 'GET location':
      return xml(request, locationConstraint(regions.of(bucket)));
    case 'GET versions':
      return xml(request, listVersions(bucket, keys, query));
    case 'GET versioning':
      return xml(request, writeVersioning(attributes.of(bucket)));
    case 'GET encryption':
      return xml(request, writeEncryption(attributes.of(bucket)));
    case 'GET tagging':
      return xml(request, writeTags(attributes.of(bucket)));
    case 'PUT tagging':
      attributes.set(bucket, { ...attributes.of(bucket), tags: readTags(request.body.toString()) });
      return respond(request, 204, undefined, '');
    case 'DELETE tagging':
      attributes.set(bucket, { ...attributes.of(bucket), tags: {} });
      return respond(request, 204, undefined, '');
    case 'GET notification':
      return xml(request, writeSettings(notifications.get(bucket)));
    case 'PUT notification':
      await notifications.set(bucket, readSettings(request.body.toString()), {
        requestId: request.requestId,
        isChecked: request.headers['x-amz-skip-destination-validation'] !== 'true',
      });
      return respond(request, 200, undefined, '');
    case 'GET policy':
      return respond(request, 200, 'application/json', policies.get(bucket));
    case 'PUT policy':
      policies.set(bucket, request.body.toString());
      return respond(request, 204, undefined, '');
    case 'DELETE policy':
      policies.delete(bucket);
      return respond(request, 204, undefined, '');
    default:
      throw notImplemented(method, 'bucket', setting ?? 'versions');
  }
}

/** Buckets of us-east-1 have an empty constraint. */
function locationConstraint(region: string): string {
  const start = '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return region === defaultRegion ? `${start}/>` : `${start}>${region}</LocationConstraint>`;
}

export function methodNotAllowed(): AwsError {
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
}

export function notImplemented(method: string, subject: string, name: string): AwsError {
  return new AwsError(
    'NotImplemented',
    `The local endpoint does not implement ${method} ?${name} of an S3 ${subject}. See the support matrix of local-aws.`,
  );
}
