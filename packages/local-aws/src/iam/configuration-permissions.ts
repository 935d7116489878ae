import { arn } from '../core/arn.ts';
import { type JsonCall, type Lookups, type Permission, textOf } from './permission.ts';

/** What a call of Parameter Store needs: each parameter its own permission. */
export function ssmPermissions({ action, input, region }: JsonCall): Permission[] {
  const named = Array.isArray(input.Names) ? input.Names : [input.Name ?? input.Path ?? input.ResourceId];
  const names = named.filter((name) => typeof name === 'string');
  const resources = names.length === 0 ? ['*'] : names.map((name) => parameterArn(region, name));
  return resources.map((resource) => ({ action: `ssm:${action}`, resource }));
}

function parameterArn(region: string, reference: string): string {
  const name = reference.replace(/^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\//, '').replace(/:.*$/s, '');
  return arn('ssm', region, `parameter/${name.replace(/^\//, '')}`);
}

/** What a call of Secrets Manager needs. A policy names the ARN of a secret; a call may give its name. */
export function secretsPermissions({ action, input, region }: JsonCall, { secretArn }: Lookups): Permission[] {
  const secretId = textOf(input.SecretId);
  const name = textOf(input.Name);
  if (secretId === undefined && name === undefined) return [{ action: `secretsmanager:${action}`, resource: '*' }];
  const named = arn('secretsmanager', region, `secret:${secretId ?? name}-??????`);
  const found = secretId === undefined ? undefined : secretArn?.(region, secretId);
  const resource = found ?? (secretId?.startsWith('arn:') === true ? secretId : named);
  return [{ action: `secretsmanager:${action}`, resource }];
}
