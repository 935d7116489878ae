import { AwsError } from '../core/aws-error.ts';
import { conditionKeysOf, type Policy } from './policy-document.ts';

/** The condition keys that the endpoint knows the values of; see `request-context.ts`. */
const known = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceowner',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'dynamodb:returnvalues',
  'dynamodb:select',
  'events:detail-type',
  'events:eventbusinvocation',
  'events:source',
  'kms:calleraccount',
  'kms:encryptioncontextkeys',
  'kms:requestalias',
  'kms:viaservice',
  'lambda:functionurlauthtype',
  'lambda:invokedviafunctionurl',
  'sts:externalid',
  'sts:rolesessionname',
]);

/** Services whose calls the endpoint checks; keys of others are never asked for. */
const checked = new Set(['aws', 'dynamodb', 'events', 'kms', 'lambda', 'logs', 'sns', 'sqs', 'sts']);

/** The pairs of an encryption context have a key each. */
function isKnown(key: string): boolean {
  return known.has(key) || key.startsWith('kms:encryptioncontext:');
}

/**
 * A condition whose key would silently never be there must not pass for a permission that works.
 * @throws AwsError MalformedPolicyDocument
 */
export function refuseUnknownConditionKeys(policy: Policy): void {
  const unknown = conditionKeysOf(policy).filter((key) => checked.has(key.split(':')[0] ?? '') && !isKnown(key));
  if (unknown.length === 0) return;
  throw new AwsError(
    'MalformedPolicyDocument',
    `condition key ${unknown.join(', ')} is not supported by the local endpoint`,
  );
}
