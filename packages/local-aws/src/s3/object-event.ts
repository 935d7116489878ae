import { createHash } from 'node:crypto';
import { arn } from '../core/arn.ts';
import type { JsonObject } from '../core/json.ts';
import type { Principal } from '../core/principal.ts';
import type { EventName } from './notification-settings.ts';

/** A change of an object, as notifications describe it. */
export type ObjectChange = {
  readonly name: EventName;
  readonly bucket: string;
  /** As it is, not encoded. */
  readonly key: string;
  readonly region: string;
  readonly requestId: string;
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of an object that is there. */
  readonly object: { readonly size: number; readonly etag: string } | undefined;
};

/** The message of a notification: one record, as S3 sends it. */
export function objectEvent(
  { name, bucket, key, region, requestId, principal, time, object }: ObjectChange,
  configurationId: string,
): JsonObject {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(time).toISOString(),
        eventName: name.replace(/^s3:/, ''),
        userIdentity: { principalId: principalId(principal) },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: bucketArn(bucket) },
          object: {
            key: encodeKey(key),
            ...(object !== undefined && { size: object.size, eTag: object.etag }),
            sequencer: sequencer(time),
          },
        },
      },
    ],
  };
}

const detailTypes: Readonly<Record<string, string>> = {
  ObjectCreated: 'Object Created',
  ObjectRemoved: 'Object Deleted',
};
const reasons: Readonly<Record<EventName, string>> = {
  's3:ObjectCreated:Put': 'PutObject',
  's3:ObjectCreated:Post': 'POST Object',
  's3:ObjectCreated:Copy': 'CopyObject',
  's3:ObjectCreated:CompleteMultipartUpload': 'CompleteMultipartUpload',
  's3:ObjectRemoved:Delete': 'DeleteObject',
};

/** The detail type and the detail of an event for the default bus; there the key is not encoded. */
export function busEvent({ name, bucket, key, requestId, principal, time, object }: ObjectChange): {
  readonly detailType: string;
  readonly detail: JsonObject;
} {
  const kind = name.split(':')[1] ?? '';
  return {
    detailType: detailTypes[kind] ?? kind,
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        ...(object !== undefined && { size: object.size, etag: object.etag }),
        sequencer: sequencer(time),
      },
      'request-id': requestId,
      requester: principalId(principal),
      'source-ip-address': '127.0.0.1',
      reason: reasons[name],
      ...(kind === 'ObjectRemoved' && { 'deletion-type': 'Permanently Deleted' }),
    },
  };
}

/** The message by which S3 tries a queue or a topic when it is configured. */
export function testEvent(bucket: string, { requestId, time }: Pick<ObjectChange, 'requestId' | 'time'>): JsonObject {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(time).toISOString(),
    Bucket: bucket,
    RequestId: requestId,
    HostId: requestId,
  };
}

export function bucketArn(bucket: string): string {
  return arn('s3', '', bucket, '');
}

/** As in forms: a space is `+`, slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

let last = 0n;

/** Grows with each event of an object, as texts of the same length. */
function sequencer(time: number): string {
  const next = BigInt(time) * 1_000_000n;
  last = next > last ? next : last + 1n;
  return last.toString(16).toUpperCase().padStart(18, '0');
}

function principalId(principal: Principal): string {
  const name = principal.kind === 'service' ? principal.service : principal.arn;
  return `AWS:AIDA${createHash('sha1').update(name).digest('hex').slice(0, 16).toUpperCase()}`;
}
