import { deriveId } from './derive-id.ts';

const length = 32;

/**
 * The id of the URL of a function or alias, the first label of its host name. It derives from the ARN, so that addresses stay
 * the same after a restart and after a new deploy.
 */
export function functionUrlId(functionArn: string): string {
  return deriveId(length, 'lambda-url', functionArn);
}

/** Ids of APIs of API Gateway are shorter. */
export function isFunctionUrlId(apiId: string): boolean {
  return apiId.length === length;
}
