import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import { compileWildcard } from '../core/wildcard.ts';
import type { FunctionRecord } from './function-record.ts';
import type { Target } from './function-store.ts';
import type { PolicyStatement } from './policy-statement.ts';

/** A service may only call a function whose own policy allows it. @throws AwsError AccessDeniedException */
export function checkServiceAccess(principal: Principal, { record, qualifier, arn }: Target): void {
  if (principal.kind !== 'service') return;
  const { service, sourceArn } = principal;
  const statements = record.policies[policyKey(qualifier)]?.statements ?? [];
  if (statements.some((statement) => allows(statement, service, sourceArn))) return;
  throw new AwsError(
    'AccessDeniedException',
    `User: ${service} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no resource-based policy allows the lambda:InvokeFunction action`,
    403,
  );
}

/** A policy belongs to the unqualified function or to one of its versions and aliases. */
export function policyKey(qualifier: string | undefined): string {
  return qualifier ?? '$LATEST';
}

/** Drops what belongs to a qualifier that is gone. */
export function forgetQualifier(record: FunctionRecord, qualifier: string): void {
  Reflect.deleteProperty(record.policies, qualifier);
  Reflect.deleteProperty(record.eventInvoke, qualifier);
  if (record.urls !== undefined) Reflect.deleteProperty(record.urls, qualifier);
  Reflect.deleteProperty(record.provisioned, qualifier);
}

function allows(
  { Principal: who, Action: action, Condition: condition = {} }: PolicyStatement,
  service: string,
  sourceArn: string | undefined,
): boolean {
  const isPrincipal = who === '*' || (typeof who !== 'string' && (who.Service === service || who.AWS === '*'));
  if (!isPrincipal || !['lambda:InvokeFunction', 'lambda:*', '*'].includes(action)) return false;
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => meets(operator, key, wanted, sourceArn)),
  );
}

function meets(operator: string, key: string, wanted: string, sourceArn: string | undefined): boolean {
  switch (`${operator} ${key}`) {
    case 'ArnLike AWS:SourceArn':
      return sourceArn !== undefined && arnLike(wanted, sourceArn);
    case 'StringEquals AWS:SourceAccount':
      // Some ARNs (S3 buckets) carry no account; everything here belongs to the one account.
      return sourceArn !== undefined && ['', wanted].includes(sourceArn.split(':')[4] ?? '');
    default:
      return false;
  }
}

/** Compares the six parts one by one; `*` and `?` match within a part only. */
export function arnLike(pattern: string, arn: string): boolean {
  const wanted = splitArn(pattern);
  const actual = splitArn(arn);
  return (
    wanted.length === actual.length &&
    wanted.every((part, index) => part === actual[index] || compileWildcard(part)(actual[index] ?? ''))
  );
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
