import type { Principal } from '../core/principal.ts';

/** Whether a principal's policies let it do something. */
export type PolicyCheck = (call: {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
}) => boolean | Promise<boolean>;

/**
 * The access key that signed a request of an API for `execute-api`. The signature itself is not computed, as nowhere in
 * the endpoint.
 *
 * @param credentialParameter `X-Amz-Credential` of the query, which a presigned URL has
 */
export function signerOf(
  authorization: string | undefined,
  credentialParameter: string | undefined,
): string | undefined {
  const isSigned = authorization?.startsWith('AWS4-HMAC-SHA256 ') === true && authorization.includes('Signature=');
  const inHeader = isSigned ? /Credential=([^,\s]+)/.exec(authorization)?.[1] : undefined;
  const credential = inHeader ?? credentialParameter ?? '';
  const [accessKey, , , service] = credential.split('/');
  return service === 'execute-api' ? accessKey : undefined;
}
