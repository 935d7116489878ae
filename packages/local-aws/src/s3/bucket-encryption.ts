import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { KeyRing } from '../core/key-ring.ts';
import { property } from '../core/resource-type.ts';
import type { BucketAttributeStore } from './bucket-attributes.ts';

/** The key of the service, when a bucket or a request names none. */
const defaultKey = 'alias/aws/s3';

export const encryptionProperty = z
  .strictObject({
    ServerSideEncryptionConfiguration: z
      .array(
        z.strictObject({
          BucketKeyEnabled: property.kept(property.boolean().optional()),
          BlockedEncryptionTypes: property.inert(),
          ServerSideEncryptionByDefault: z
            .strictObject({
              SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
              KMSMasterKeyID: property.string().optional(),
            })
            .optional(),
        }),
      )
      .min(1),
  })
  .optional();

type KeysIn = (region: string) => KeyRing | undefined;
type ObjectTarget = { readonly bucket: string; readonly key: string };

/** Which buckets encrypt with a key of KMS. S3 makes them with any key, and refuses requests for objects later. */
export class BucketEncryption {
  readonly #attributes: Pick<BucketAttributeStore, 'of'>;
  #keysIn: KeysIn = () => undefined;

  constructor(attributes: Pick<BucketAttributeStore, 'of'>) {
    this.#attributes = attributes;
  }

  /** Keys are there once the regions are. */
  connect(keysIn: KeysIn): void {
    this.#keysIn = keysIn;
  }

  /** Checks the key that an object is written or read with. @throws AwsError AccessDenied, and those of KMS */
  check(
    { method, headers, query, principal }: AwsRequest,
    { bucket, key: objectKey }: ObjectTarget,
    region: string,
  ): void {
    if (objectKey === '' || method === 'DELETE') return;
    const isRead = method === 'GET' || method === 'HEAD';
    const key = isRead ? this.#keyOf(bucket) : this.#keyForWrite(bucket, headers);
    if (key === undefined) return;
    // A part of an upload is encrypted with the data key that the upload began with.
    const actions = isRead ? ['Decrypt'] : ['GenerateDataKey', ...(query.has('uploadId') ? ['Decrypt'] : [])];
    const encryptionContext = { 'aws:s3:arn': arn('s3', '', bucket, '') };
    try {
      this.#keysIn(region)?.use({ key, principal, service: 's3', actions, encryptionContext });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'AccessDeniedException') throw new AwsError('AccessDenied', error.message, 403);
      throw new AwsError(`KMS.${error.code}`, error.message);
    }
  }

  #keyOf(bucket: string): string | undefined {
    const { encryption } = this.#attributes.of(bucket);
    return encryption === undefined || encryption.algorithm === 'AES256' ? undefined : (encryption.keyId ?? defaultKey);
  }

  #keyForWrite(bucket: string, headers: AwsRequest['headers']): string | undefined {
    switch (headers['x-amz-server-side-encryption']) {
      case undefined:
        return this.#keyOf(bucket);
      case 'AES256':
        return undefined;
      default:
        return headers['x-amz-server-side-encryption-aws-kms-key-id'] ?? defaultKey;
    }
  }
}
