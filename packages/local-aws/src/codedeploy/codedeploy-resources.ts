import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../core/resource-type.ts';
import { resourceTags } from '../core/tags.ts';
import type { CodeDeployStore } from './codedeploy-store.ts';
import { allAtOnce, lambdaConfigs } from './deployment-config.ts';
import { type DeploymentGroup, rollbackEvents } from './deployment-record.ts';

const onlyLambda = 'the local endpoint deploys to Lambda only';
const configNames = [...lambdaConfigs.keys()];

/** AWS::CodeDeploy::Application. */
export function applicationType(store: CodeDeployStore): ResourceType {
  return defineResource({
    type: 'AWS::CodeDeploy::Application',
    properties: z.strictObject({
      ApplicationName: property.string().optional(),
      ComputePlatform: z.literal('Lambda', onlyLambda),
      Tags: property.tags().optional(),
    }),
    replaceOn: ['ApplicationName', 'ComputePlatform'],
    create({ ApplicationName, Tags }, context) {
      const name = ApplicationName ?? generatedName(context, 100);
      store.addApplication(name, resourceTags(context.tags, Tags));
      return { physicalId: name, attributes: {} };
    },
    update({ Tags }, { state }, { tags }) {
      store.putApplication({ ...store.application(state.physicalId), tags: resourceTags(tags, Tags) });
      return state;
    },
    delete: ({ physicalId }) => store.deleteApplication(physicalId),
  });
}

const groupProperties = z.strictObject({
  ApplicationName: property.string(),
  DeploymentGroupName: property.string().optional(),
  DeploymentConfigName: z
    .string()
    .refine((name) => lambdaConfigs.has(name), `the local endpoint has ${configNames.join(', ')} only`)
    .optional(),
  ServiceRoleArn: property.string(),
  AlarmConfiguration: z
    .strictObject({
      Enabled: property.boolean().optional(),
      IgnorePollAlarmFailure: property.boolean().optional(),
      Alarms: z
        .array(z.strictObject({ Name: property.string() }))
        .max(10)
        .optional(),
    })
    .optional(),
  AutoRollbackConfiguration: z
    .strictObject({ Enabled: property.boolean().optional(), Events: z.array(z.enum(rollbackEvents)).optional() })
    .optional(),
  DeploymentStyle: z.strictObject({
    DeploymentType: z.literal('BLUE_GREEN', onlyLambda),
    DeploymentOption: z.literal('WITH_TRAFFIC_CONTROL', onlyLambda),
  }),
  Tags: property.tags().optional(),
});
type GroupProperties = z.infer<typeof groupProperties>;

type GroupPorts = { readonly store: CodeDeployStore; readonly mayAssume: (roleArn: string) => boolean };

/** AWS::CodeDeploy::DeploymentGroup. */
export function groupType({ store, mayAssume }: GroupPorts): ResourceType {
  const settings = (name: string, given: GroupProperties, { tags }: ResourceContext): Omit<DeploymentGroup, 'id'> => {
    const { ServiceRoleArn: serviceRoleArn, AlarmConfiguration: alarms, AutoRollbackConfiguration: rollback } = given;
    if (!mayAssume(serviceRoleArn)) {
      throw new Error(`AWS CodeDeploy does not have the permissions required to assume the role ${serviceRoleArn}.`);
    }
    return {
      applicationName: given.ApplicationName,
      name,
      configName: given.DeploymentConfigName ?? allAtOnce,
      serviceRoleArn,
      alarms: {
        enabled: alarms?.Enabled ?? false,
        ignoresPollFailure: alarms?.IgnorePollAlarmFailure ?? false,
        names: (alarms?.Alarms ?? []).map(({ Name }) => Name),
      },
      rollback: { enabled: rollback?.Enabled ?? false, events: rollback?.Events ?? [] },
      tags: resourceTags(tags, given.Tags),
    };
  };
  return defineResource({
    type: 'AWS::CodeDeploy::DeploymentGroup',
    properties: groupProperties,
    replaceOn: ['ApplicationName', 'DeploymentGroupName'],
    create(given, context) {
      const name = given.DeploymentGroupName ?? generatedName(context, 100);
      const { id } = store.addGroup(settings(name, given, context));
      return { physicalId: name, attributes: { Id: id } };
    },
    update(given, { state }, context) {
      const { id } = store.group(given.ApplicationName, state.physicalId);
      store.putGroup({ ...settings(state.physicalId, given, context), id });
      return state;
    },
    delete: ({ physicalId }, { ApplicationName }) => store.deleteGroup(ApplicationName, physicalId),
  });
}
