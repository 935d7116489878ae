import { parseArn } from '../core/arn.ts';
import type { AccessControl } from './access-check.ts';
import { kmsContext } from './kms-permissions.ts';

const needed = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'];

/** Whether the policy of a key lets CloudWatch Logs, which asks in its own name, encrypt a group with it. */
export function mayLogsUse(access: Pick<AccessControl, 'refusal'>, groupArn: string, keyArn: string): boolean {
  const region = parseArn(groupArn)?.region ?? '';
  const principal = { kind: 'service', service: `logs.${region}.amazonaws.com`, sourceArn: groupArn } as const;
  const context = kmsContext({ 'aws:logs:arn': groupArn });
  return needed.every(
    (action) => access.refusal(principal, { action: `kms:${action}`, resource: keyArn, context }) === undefined,
  );
}
