import { arn } from '../core/arn.ts';
import { type JsonCall, type Lookups, type Permission, textOf } from './permission.ts';

/** What a call of CodeDeploy needs: that about a deployment is one about its group. */
export function codeDeployPermissions(call: JsonCall, { deploymentGroup }: Lookups): Permission[] {
  const { action, input, region } = call;
  const deploymentId = textOf(input.deploymentId);
  const found = deploymentId === undefined ? undefined : deploymentGroup?.(region, deploymentId);
  const application = found?.applicationName ?? textOf(input.applicationName);
  const group = found?.groupName ?? textOf(input.deploymentGroupName);
  return [{ action: `codedeploy:${action}`, resource: resourceOf(call, application, group) }];
}

function resourceOf({ action, input, region }: JsonCall, application = '*', group?: string): string {
  const resourceArn = textOf(input.ResourceArn);
  if (resourceArn !== undefined) return resourceArn;
  const config = textOf(input.deploymentConfigName);
  if (config !== undefined) return arn('codedeploy', region, `deploymentconfig:${config}`);
  const isAboutApplication = /^(?:Get|List)Applications?$/.test(action);
  if (isAboutApplication) return arn('codedeploy', region, `application:${application}`);
  return arn('codedeploy', region, `deploymentgroup:${application}/${group ?? '*'}`);
}
