import { AwsError } from '../core/aws-error.ts';
import type { DeploymentError, DeploymentGroup } from './deployment-record.ts';

type RollbackEvent = DeploymentGroup['rollback']['events'][number];

/** What takes a deployment back that ended with an error of this code. */
function rollbackEventOf(code: DeploymentError['code']): RollbackEvent {
  switch (code) {
    case 'ALARM_ACTIVE':
      return 'DEPLOYMENT_STOP_ON_ALARM';
    case 'MANUAL_STOP':
      return 'DEPLOYMENT_STOP_ON_REQUEST';
    case 'HOOK_EXECUTION_FAILURE':
    case 'IAM_ROLE_MISSING':
    case 'IAM_ROLE_PERMISSIONS':
    case 'INTERNAL_ERROR':
    case 'INVALID_LAMBDA_CONFIGURATION':
      return 'DEPLOYMENT_FAILURE';
  }
}

/** Why a deployment ended early. */
export class ShiftFailure extends Error {
  override readonly name = 'ShiftFailure';
  readonly error: DeploymentError;
  readonly rollbackEvent: RollbackEvent;
  /** Alarms and users stop a deployment; it fails by itself. */
  readonly status: 'Failed' | 'Stopped';

  constructor(error: DeploymentError) {
    super(error.message);
    this.error = error;
    this.rollbackEvent = rollbackEventOf(error.code);
    this.status = this.rollbackEvent === 'DEPLOYMENT_FAILURE' ? 'Failed' : 'Stopped';
  }
}

export function alarmActive(names: readonly string[]): ShiftFailure {
  const message = `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${names.map((name) => `<${name}>`).join(' ')}`;
  return new ShiftFailure({ code: 'ALARM_ACTIVE', message });
}

export function stopped(): ShiftFailure {
  return new ShiftFailure({ code: 'MANUAL_STOP', message: 'The deployment has been stopped.' });
}

export function missingRole(roleArn: string): ShiftFailure {
  const message = `The deployment failed because CodeDeploy cannot assume the service role ${roleArn}.`;
  return new ShiftFailure({ code: 'IAM_ROLE_MISSING', message });
}

export function noPermission(roleArn: string, service: 'AWSLambda' | 'AmazonCloudWatch'): ShiftFailure {
  const message = `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${service}. Contact your AWS administrator if you need help. If you are an AWS administrator, you can grant permissions to your users or groups by creating IAM policies.`;
  return new ShiftFailure({ code: 'IAM_ROLE_PERMISSIONS', message });
}

/** What Lambda refuses, or a defect. */
export function unexpected(error: unknown): ShiftFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof AwsError ? 'INVALID_LAMBDA_CONFIGURATION' : 'INTERNAL_ERROR';
  return new ShiftFailure({ code, message });
}
