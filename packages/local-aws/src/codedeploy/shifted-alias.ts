import * as z from 'zod';
import type { ResourceType } from '../core/resource-type.ts';
import type { Deployment } from './deployment-record.ts';

const shiftSchema = z.object({
  ApplicationName: z.string(),
  DeploymentGroupName: z.string(),
  BeforeAllowTrafficHook: z.string().optional(),
  AfterAllowTrafficHook: z.string().optional(),
});
const policySchema = z.object({ CodeDeployLambdaAliasUpdate: shiftSchema.optional() }).optional();

/** What is to go from one version to another. */
export type ShiftRequest = {
  readonly applicationName: string;
  readonly groupName: string;
  readonly functionName: string;
  readonly alias: string;
  readonly targetVersion: string;
  readonly hooks: Deployment['hooks'];
};

/**
 * An alias whose update policy lets CodeDeploy shift its traffic before it is updated. A rollback of the stack has no
 * update policy: the alias goes back at once.
 *
 * @param deploy @returns the deployment as it ended. @throws AwsError when it cannot begin
 */
export function shiftedAlias(
  alias: ResourceType,
  deploy: (request: ShiftRequest) => Promise<Deployment>,
): ResourceType {
  return {
    ...alias,
    async update(properties, current, context) {
      const { CodeDeployLambdaAliasUpdate: shift } = policySchema.parse(context.updatePolicy) ?? {};
      const { FunctionName, FunctionVersion, Name } = properties;
      if (shift !== undefined && FunctionVersion !== current.properties.FunctionVersion) {
        const { BeforeAllowTrafficHook, AfterAllowTrafficHook } = shift;
        const { id, status, error } = await deploy({
          applicationName: shift.ApplicationName,
          groupName: shift.DeploymentGroupName,
          functionName: String(FunctionName),
          alias: String(Name),
          targetVersion: String(FunctionVersion),
          hooks: {
            ...(BeforeAllowTrafficHook !== undefined && { BeforeAllowTraffic: BeforeAllowTrafficHook }),
            ...(AfterAllowTrafficHook !== undefined && { AfterAllowTraffic: AfterAllowTrafficHook }),
          },
        });
        if (status !== 'Succeeded') throw new Error(`${id} failed. ${error?.message ?? ''}`.trim());
      }
      return alias.update(properties, current, context);
    },
  };
}
