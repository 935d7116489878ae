import { AwsError } from '../core/aws-error.ts';
import type { Code, CodeStore } from './code-store.ts';
import { checkZippedSize } from './extract-zip.ts';

/** Where a deployment package comes from. */
export type CodeSource =
  | { readonly zip: Buffer }
  | { readonly bucket: string; readonly key: string; readonly objectVersion?: string | undefined };

export type FetchObject = (bucket: string, key: string, version?: string) => Promise<Buffer>;

/** Puts a package among the others. @throws AwsError InvalidParameterValueException */
export type LoadCode = (source: CodeSource) => Promise<Code>;

export function codeLoader(code: CodeStore, fetchObject: FetchObject): LoadCode {
  return async (source) => {
    if (!('zip' in source)) return code.add(await fetchPackage(fetchObject, source));
    checkZippedSize(source.zip);
    return code.add(source.zip);
  };
}

async function fetchPackage(
  fetchObject: FetchObject,
  { bucket, key, objectVersion }: Exclude<CodeSource, { zip: Buffer }>,
): Promise<Buffer> {
  try {
    return await fetchObject(bucket, key, objectVersion);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError(
      'InvalidParameterValueException',
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
      400,
      { Type: 'User' },
    );
  }
}
