import type { Principal } from '../core/principal.ts';

/** Whether a principal's policies let it do something. */
export type PolicyCheck = (call: {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
}) => boolean | Promise<boolean>;

/**
 * The access key that signed a request of an API for `service`, in a header or as a presigned URL. The signature of
 * a header is not computed, as nowhere in the endpoint; that of a URL is checked when the request comes in.
 *
 * @param parameter reads the query
 */
export function signerOf(
  authorization: string | undefined,
  parameter: (name: string) => string | undefined,
  service: 'execute-api' | 'lambda' = 'execute-api',
): string | undefined {
  const isSigned = authorization?.startsWith('AWS4-HMAC-SHA256 ') === true && authorization.includes('Signature=');
  const inHeader = isSigned ? /Credential=([^,\s]+)/.exec(authorization)?.[1] : undefined;
  const inQuery = parameter('X-Amz-Signature') === undefined ? undefined : parameter('X-Amz-Credential');
  const [accessKey, , , signedFor] = (inHeader ?? inQuery ?? '').split('/');
  return signedFor === service ? accessKey : undefined;
}
