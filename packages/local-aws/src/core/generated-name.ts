import { createHash } from 'node:crypto';
import { regionPart } from './derive-id.ts';
import type { ResourceContext } from './resource-type.ts';

type NamingContext = Pick<ResourceContext, 'region' | 'stackName' | 'logicalId' | 'generation'>;

/**
 * A physical name as CloudFormation makes them, `<stack>-<logicalId>-<12 characters>`, cut to `maxLength`. It derives
 * from region, stack and logical id alone, so that names and URLs are the same after a restart; only a replacement gets
 * another. Names of roles and buckets are the same in all regions, so that those of stacks of one name must differ.
 */
export function generatedName(
  { region, stackName, logicalId, generation = 0 }: NamingContext,
  maxLength: number,
): string {
  const suffix = hash([stackName, logicalId, generation, ...regionPart(region)].join('\n'));
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
