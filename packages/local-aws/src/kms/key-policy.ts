import { accountId } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Principal } from '../core/principal.ts';
import { accountRoot, evaluateResourcePolicy } from '../iam/authorize.ts';
import { refuseUnknownConditionKeys } from '../iam/condition-keys.ts';
import { type Policy, parsePolicy } from '../iam/policy-document.ts';

/** Leaves the key to the identity policies of the account. */
export function defaultKeyPolicy(): JsonObject {
  return {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: accountRoot.arn },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
}

/** The key of an AWS service: everybody in the account may use it, through this service and in no other way. */
export function managedKeyPolicy(service: string, region: string): JsonObject {
  const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant'];
  return {
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [...use, 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'kms:CallerAccount': accountId },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: accountRoot.arn },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  };
}

/**
 * Checks a policy for a key, as KMS does.
 *
 * @param changer who asks for it; KMS wants them or the account to be able to change the policy later
 * @throws AwsError MalformedPolicyDocumentException
 */
export function checkKeyPolicy(text: string, changer: Principal, isLockoutAllowed: boolean): void {
  const policy = parsedPolicy(text);
  if (isLockoutAllowed) return;
  const mayChange = [accountRoot, changer].some((principal) => {
    const question = { principal, action: 'kms:PutKeyPolicy', resource: '*', context: new Map() };
    return evaluateResourcePolicy(policy, question) === 'allow';
  });
  if (mayChange) return;
  throw malformed('The new key policy will not allow you to update the key policy in the future.');
}

function parsedPolicy(text: string): Policy {
  const document = parseJson(text);
  if (document === undefined || !isJsonObject(document)) throw malformed('Policy contains invalid JSON');
  try {
    const policy = parsePolicy(document, 'resource');
    refuseUnknownConditionKeys(policy);
    return policy;
  } catch (error) {
    throw error instanceof AwsError ? malformed(error.message) : error;
  }
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message);
}
