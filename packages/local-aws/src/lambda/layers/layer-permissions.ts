import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import { conflict } from '../function-actions.ts';
import { constraintError } from '../function-name.ts';
import { notFound } from '../function-store.ts';
import type { PolicyStatement } from '../policy-statement.ts';
import { invalidParameter } from '../rest-input.ts';
import { type Layer, type LayerVersion, layerVersionArn } from './layer-record.ts';

export type LayerPermission = {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly OrganizationId?: string | undefined;
};

/** Adds a statement to the policy of a layer version. The caller notes the change. */
export function addLayerPermission(
  layer: Layer,
  version: LayerVersion,
  { StatementId: sid, Action: action, Principal: principal, OrganizationId: organization }: LayerPermission,
  revisionId?: string,
): PolicyStatement {
  if (action !== 'lambda:GetLayerVersion') {
    throw constraintError(action, 'action', 'regular expression pattern: lambda:GetLayerVersion');
  }
  if (!/^[a-zA-Z0-9-_]{1,100}$/.test(sid)) {
    throw constraintError(sid, 'statementId', 'regular expression pattern: ([a-zA-Z0-9-_]+)');
  }
  if (!/^(?:\*|\d{12}|arn:aws[a-zA-Z-]*:iam::\d{12}:root)$/.test(principal)) {
    throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
  }
  const { policy } = version;
  checkRevision(revisionId, policy?.revisionId);
  if (policy?.statements.some(({ Sid }) => Sid === sid)) {
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement: PolicyStatement = {
    Sid: sid,
    Effect: 'Allow',
    Principal:
      principal === '*' ? principal : { AWS: /^\d+$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal },
    Action: action,
    Resource: layerVersionArn(layer, version),
    ...(organization !== undefined && { Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } } }),
  };
  version.policy = { revisionId: randomUUID(), statements: [...(policy?.statements ?? []), statement] };
  return statement;
}

/** @throws AwsError ResourceNotFoundException, PreconditionFailedException */
export function removeLayerPermission(version: LayerVersion, sid: string, revisionId?: string): void {
  const { policy } = version;
  const statements = policy?.statements.filter((statement) => statement.Sid !== sid) ?? [];
  if (policy === undefined || statements.length === policy.statements.length) {
    throw notFound(`Statement ${sid} is not found in resource policy.`);
  }
  checkRevision(revisionId, policy.revisionId);
  version.policy = statements.length === 0 ? undefined : { revisionId: randomUUID(), statements };
}

function checkRevision(expected: string | undefined, actual: string | undefined): void {
  if (expected === undefined || expected === actual) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
    412,
    { Type: 'User' },
  );
}
