import * as z from 'zod';
import type { CodeSource } from './load-code.ts';
import { invalidParameter } from './rest-input.ts';

/** The members of a call that name a package. */
export const codeShape = {
  ZipFile: z.union([z.instanceof(Buffer), z.base64().transform((text) => Buffer.from(text, 'base64'))]).optional(),
  S3Bucket: z.string().optional(),
  S3Key: z.string().optional(),
  S3ObjectVersion: z.string().optional(),
};

/** @throws AwsError InvalidParameterValueException */
export function codeSource({
  ZipFile,
  S3Bucket,
  S3Key,
  S3ObjectVersion,
}: z.infer<z.ZodObject<typeof codeShape>>): CodeSource {
  if (ZipFile !== undefined && S3Bucket === undefined) return { zip: ZipFile };
  if (ZipFile === undefined && S3Bucket !== undefined && S3Key !== undefined) {
    return { bucket: S3Bucket, key: S3Key, objectVersion: S3ObjectVersion };
  }
  throw invalidParameter('Please provide a source for function code: either ZipFile, or S3Bucket and S3Key.');
}
