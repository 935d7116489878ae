import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import { checkRevision, conflict } from './function-actions.ts';
import { constraintError } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { notFound, type Target } from './function-store.ts';
import type { PolicyStatement } from './policy-statement.ts';
import { policyKey } from './resource-policy.ts';
import { invalidParameter } from './rest-input.ts';

export type PermissionSettings = {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string | undefined;
  readonly SourceAccount?: string | undefined;
  readonly FunctionUrlAuthType?: string | undefined;
  readonly InvokedViaFunctionUrl?: boolean | undefined;
  readonly RevisionId?: string | undefined;
};

export function addPermission({ record, qualifier, arn }: Target, settings: PermissionSettings): PolicyStatement {
  const { StatementId: sid } = settings;
  if (!/^[a-zA-Z0-9-_]{1,100}$/.test(sid)) {
    throw constraintError(sid, 'statementId', 'regular expression pattern: ([a-zA-Z0-9-_]+)');
  }
  if (!/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(settings.Action)) {
    throw constraintError(settings.Action, 'action', 'regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])');
  }
  checkUrlConditions(settings);
  const key = policyKey(qualifier);
  const policy = record.policies[key];
  if (policy !== undefined) checkRevision(settings.RevisionId, policy.revisionId);
  if (policy?.statements.some((statement) => statement.Sid === sid)) {
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const condition = conditionOf(settings);
  const statement: PolicyStatement = {
    Sid: sid,
    Effect: 'Allow',
    Principal: principalOf(settings.Principal),
    Action: settings.Action,
    Resource: arn,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
  record.policies[key] = { revisionId: randomUUID(), statements: [...(policy?.statements ?? []), statement] };
  return statement;
}

export function removePermission({ record, qualifier }: Target, sid: string, revisionId?: string): void {
  const key = policyKey(qualifier);
  const policy = record.policies[key];
  const statements = policy?.statements.filter((statement) => statement.Sid !== sid) ?? [];
  if (policy === undefined || statements.length === policy.statements.length) {
    throw notFound(`Statement ${sid} is not found in resource policy.`);
  }
  checkRevision(revisionId, policy.revisionId);
  if (statements.length === 0) Reflect.deleteProperty(record.policies, key);
  else record.policies[key] = { revisionId: randomUUID(), statements };
}

export function policyView(record: FunctionRecord, qualifier: string | undefined): object {
  const policy = record.policies[policyKey(qualifier)];
  if (policy === undefined) throw notFound('The resource you requested does not exist.');
  return { Policy: policyDocument(policy), RevisionId: policy.revisionId };
}

export function policyDocument({ statements }: { readonly statements: readonly PolicyStatement[] }): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/** Each of the two conditions belongs to one action. */
function checkUrlConditions({
  Action,
  FunctionUrlAuthType: authType,
  InvokedViaFunctionUrl,
}: PermissionSettings): void {
  if (authType !== undefined && authType !== 'NONE' && authType !== 'AWS_IAM') {
    throw constraintError(authType, 'functionUrlAuthType', 'enum value set: [NONE, AWS_IAM]');
  }
  if (authType !== undefined && Action !== 'lambda:InvokeFunctionUrl') {
    throw invalidParameter('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action');
  }
  if (InvokedViaFunctionUrl !== undefined && Action !== 'lambda:InvokeFunction') {
    throw invalidParameter('InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action');
  }
}

function principalOf(principal: string): PolicyStatement['Principal'] {
  if (principal === '*') return principal;
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (principal.startsWith('arn:')) return { AWS: principal };
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return { Service: principal };
  throw new AwsError(
    'InvalidParameterValueException',
    'The provided principal was invalid. Please check the principal and try again.',
    400,
    {
      Type: 'User',
    },
  );
}

function conditionOf(settings: PermissionSettings): PolicyStatement['Condition'] {
  const { SourceArn, SourceAccount, FunctionUrlAuthType, InvokedViaFunctionUrl } = settings;
  const equals = {
    ...(SourceAccount !== undefined && { 'AWS:SourceAccount': SourceAccount }),
    ...(FunctionUrlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(InvokedViaFunctionUrl !== undefined && {
      Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) },
    }),
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
}
