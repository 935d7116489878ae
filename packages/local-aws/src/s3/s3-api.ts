import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { s3ErrorResponse } from '../core/error-response.ts';
import { answerForBucket, methodNotAllowed, notImplemented } from './bucket-actions.ts';
import type { BucketSettings } from './bucket-policies.ts';
import { type Change, changesOf, hasSucceeded, requireOnlyVersion } from './object-changes.ts';
import type { ObjectStore } from './object-store.ts';
import { respond } from './respond.ts';

/** S3 (REST-XML), path style or with the bucket in the host's name. */
export function s3Api(objects: ObjectStore, settings: BucketSettings): AwsApi {
  return async (request) => {
    const target = targetOf(request);
    try {
      checkPath(target);
      const answered = await answerForBucket(request, target, objects, settings);
      if (answered !== undefined) return answered;
      requireOnlyVersion(request, target.key);
      settings.encryption.check(request, target, settings.regions.of(target.bucket));
      const changes = changesOf(request, target, objects);
      const response = withRegion(request, target, await forward(request, target, objects), settings);
      if (changes.length > 0 && hasSucceeded(response))
        await notify(request, target.bucket, changes, objects, settings);
      return response;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return s3ErrorResponse(request, error);
    }
  };
}

async function notify(
  { requestId, principal }: AwsRequest,
  bucket: string,
  changes: readonly Change[],
  { store }: ObjectStore,
  { notifications, regions }: BucketSettings,
): Promise<void> {
  const region = regions.of(bucket);
  for (const { name, key } of changes) {
    const found = name.startsWith('s3:ObjectCreated') ? store.headObject(bucket, key) : undefined;
    const object = found && { size: found.contentLength, etag: found.etag.replaceAll('"', '') };
    await notifications.changed({ name, bucket, key, region, requestId, principal, object });
  }
}

type Target = { readonly bucket: string; readonly key: string; readonly path: string };

function targetOf({ headers, path }: AwsRequest): Target {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const fromHost = /^(?!s3\.)(.+?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost(?:\.localstack\.cloud)?$/.exec(host)?.[1];
  const pathStyle = fromHost === undefined ? path : `/${fromHost}${path}`;
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathStyle) ?? [];
  return { bucket, key, path: pathStyle };
}

const longestKey = 1024;

/** S3 refuses URLs that climb out of a bucket, and keys that are too long. */
function checkPath({ key, path }: Target): void {
  const decoded = decode(key);
  const segments = decoded?.split(/[/\\]/) ?? ['..'];
  if (decoded === undefined || segments.includes('..') || (decode(path) ?? '\0').includes('\0')) {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
  const size = Buffer.byteLength(decoded);
  if (size > longestKey) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size: size, MaxSizeAllowed: longestKey });
  }
  // The router in front of the store would drop such a segment, and so take the key for another one.
  if (decoded.split('/').includes('.')) {
    throw new AwsError('NotImplemented', 'The local endpoint does not support keys with "." between slashes.', 501);
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A new bucket is in the region that made it. What answers about a bucket says where it is. */
function withRegion(
  { method, region }: AwsRequest,
  { bucket, key }: Target,
  answer: AwsResponse,
  { regions, policies, notifications, attributes }: BucketSettings,
): AwsResponse {
  if (bucket === '' || key !== '' || answer.status >= 300) return answer;
  if (method === 'PUT') regions.set(bucket, region);
  if (method === 'DELETE') for (const setting of [regions, policies, notifications, attributes]) setting.delete(bucket);
  if (method !== 'HEAD') return answer;
  return { ...answer, headers: { ...answer.headers, 'x-amz-bucket-region': regions.of(bucket) } };
}

async function forward(
  request: AwsRequest,
  { bucket, key, path }: Target,
  { app, store }: ObjectStore,
): Promise<AwsResponse> {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'PUT' && method !== 'POST' && method !== 'DELETE') {
    throw methodNotAllowed();
  }
  if (method === 'POST' && key === '' && !request.query.has('delete')) {
    throw notImplemented(method, 'bucket', 'form upload');
  }
  // The store would answer 500 to an object of a bucket that is not there, in some of its actions.
  if (bucket !== '' && key !== '' && !store.hasBucket(bucket)) {
    if (method === 'HEAD') return respond(request, 404, undefined, '');
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }
  const query = request.query.toString();
  const { 'content-length': _length, ...headers } = request.headers;
  const response = await app.inject({
    method,
    url: query === '' ? path : `${path}?${query}`,
    headers: { ...headers, host: 'localhost', 'content-type': headers['content-type'] ?? 'application/octet-stream' },
    payload: request.body,
  });
  const answered = Object.entries(response.headers).flatMap(([name, value]) =>
    value === undefined || name === 'connection' || name === 'date' || (name === 'content-length' && method !== 'HEAD')
      ? []
      : [[name, String(value)] as const],
  );
  if (response.statusCode >= 500) {
    if (isFullDisk(response.body)) throw new AwsError('ServiceUnavailable', 'The disk of the buckets is full.', 503);
    throw new AwsError('InvalidRequest', `The object store could not make sense of the request: ${response.body}`);
  }
  return { status: response.statusCode, headers: Object.fromEntries(answered), body: response.rawPayload };
}

/** The store passes the system's error on. */
function isFullDisk(body: string): boolean {
  return /"code":"(?:ENOSPC|EDQUOT)"/.test(body);
}
