import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { aliasType } from './alias-resource.ts';
import { putEventInvokeConfig } from './event-invoke-actions.ts';
import type { FunctionActions } from './function-actions.ts';
import { parseFunctionName } from './function-name.ts';
import { functionType } from './function-resource.ts';
import type { FunctionStore } from './function-store.ts';
import { addPermission, removePermission } from './permission-actions.ts';
import type { ProvisionedEnvironments } from './provisioned-environments.ts';
import { policyKey } from './resource-policy.ts';
import { versionType } from './version-resource.ts';

export type FunctionResourcesOptions = {
  readonly functions: FunctionStore;
  readonly actions: FunctionActions;
  readonly provisioned: ProvisionedEnvironments;
  readonly clock: Clock;
};

/** AWS::Lambda::* but event source mappings, function URLs and layers. Images and file systems are refused by name. */
export function functionResourceTypes(options: FunctionResourcesOptions): ResourceType[] {
  const { functions, actions, clock } = options;
  return [
    functionType(functions, actions),
    versionType(options),
    aliasType(options),
    permissionType(functions),
    eventInvokeConfigType(functions, clock),
  ];
}

function permissionType(functions: FunctionStore): ResourceType {
  return defineResource({
    type: 'AWS::Lambda::Permission',
    properties: z.strictObject({
      FunctionName: property.string(),
      Action: property.string(),
      Principal: property.string(),
      SourceArn: property.string().optional(),
      SourceAccount: property.string().optional(),
      FunctionUrlAuthType: property.string().optional(),
      InvokedViaFunctionUrl: property.boolean().optional(),
    }),
    replaceOn: 'any',
    create({ FunctionName, ...settings }, context) {
      const target = functions.resolve(parseFunctionName(FunctionName), context.region);
      const StatementId = generatedName(context, 100);
      addPermission(target, { ...settings, StatementId });
      functions.changed();
      return { physicalId: StatementId, attributes: { Id: StatementId } };
    },
    delete({ physicalId }, { FunctionName }) {
      const { name, qualifier } = parseFunctionName(FunctionName);
      const record = functions.find(name);
      const policy = record?.policies[policyKey(qualifier)];
      if (record === undefined || !policy?.statements.some(({ Sid }) => Sid === physicalId)) return;
      removePermission({ record, version: record.latest, qualifier, arn: record.arn }, physicalId);
      functions.changed();
    },
  });
}

const destination = z.strictObject({ Destination: property.string() }).optional();

function eventInvokeConfigType(functions: FunctionStore, clock: Clock): ResourceType {
  const properties = z.strictObject({
    FunctionName: property.string(),
    Qualifier: property.string(),
    MaximumRetryAttempts: property.integer().optional(),
    MaximumEventAgeInSeconds: property.integer().optional(),
    DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
  });
  const put = ({ FunctionName, Qualifier, ...settings }: z.infer<typeof properties>, region: string): ResourceState => {
    const { record } = functions.resolve(parseFunctionName(FunctionName, Qualifier), region);
    putEventInvokeConfig(record, { qualifier: Qualifier, settings, now: clock.now(), functions });
    functions.changed();
    return { physicalId: `${record.name}|${Qualifier}`, attributes: {} };
  };
  return defineResource({
    type: 'AWS::Lambda::EventInvokeConfig',
    properties,
    replaceOn: ['FunctionName', 'Qualifier'],
    create: (input, { region }) => put(input, region),
    update: (input, _current, { region }) => put(input, region),
    delete(_state, { FunctionName, Qualifier }) {
      const record = functions.find(parseFunctionName(FunctionName).name);
      if (record === undefined) return;
      Reflect.deleteProperty(record.eventInvoke, Qualifier);
      functions.changed();
    },
  });
}
