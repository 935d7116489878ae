import { createHash } from 'node:crypto';
import type { ResourceContext } from './resource-type.ts';

/**
 * A physical name as CloudFormation makes them, `<stack>-<logicalId>-<12 characters>`, cut to `maxLength`. It derives
 * from stack and logical id alone, so that names and URLs are the same after a restart; only a replacement gets another.
 */
export function generatedName(
  { stackName, logicalId, generation = 0 }: Pick<ResourceContext, 'stackName' | 'logicalId' | 'generation'>,
  maxLength: number,
): string {
  const suffix = hash(`${stackName}\n${logicalId}\n${generation}`);
  const room = maxLength - suffix.length - 2;
  const logical = logicalId.slice(0, Math.max(room - stackName.length, Math.floor(room / 2), 0));
  const stack = stackName.slice(0, Math.max(room - logical.length, 0));
  return [stack, logical, suffix]
    .filter((part) => part !== '')
    .join('-')
    .slice(-maxLength);
}

function hash(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${digest}`).toString(36).toUpperCase().slice(-12);
}
