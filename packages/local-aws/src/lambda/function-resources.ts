import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { generatedName } from '../core/generated-name.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { createAlias, deleteAlias, updateAlias } from './alias-actions.ts';
import { putEventInvokeConfig } from './event-invoke-actions.ts';
import type { FunctionActions } from './function-actions.ts';
import { type FunctionReference, parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { functionType } from './function-resource.ts';
import type { FunctionStore } from './function-store.ts';
import { addPermission, removePermission } from './permission-actions.ts';
import { publishVersion } from './publish-version.ts';
import { forgetQualifier, policyKey } from './resource-policy.ts';

export type FunctionResourcesOptions = {
  readonly functions: FunctionStore;
  readonly actions: FunctionActions;
  readonly clock: Clock;
};

/** AWS::Lambda::* but event source mappings, function URLs and layers. Images and file systems are refused by name. */
export function functionResourceTypes(options: FunctionResourcesOptions): ResourceType[] {
  const { functions, actions, clock } = options;
  return [
    functionType(functions, actions),
    versionType(functions),
    aliasType(functions),
    permissionType(functions),
    eventInvokeConfigType(functions, clock),
  ];
}

function versionType(functions: FunctionStore): ResourceType {
  return defineResource({
    type: 'AWS::Lambda::Version',
    properties: z.strictObject({
      FunctionName: property.string(),
      CodeSha256: property.string().optional(),
      Description: property.string().optional(),
      RuntimePolicy: property.inert(),
    }),
    replaceOn: 'any',
    create({ FunctionName, CodeSha256, Description }, { region }) {
      const record = functions.get(parseFunctionName(FunctionName), region);
      if (CodeSha256 !== undefined && CodeSha256 !== record.latest.codeSha256) {
        throw new Error(
          `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.latest.codeSha256}).`,
        );
      }
      const version = publishVersion(record, Description);
      functions.changed();
      const versionArn = `${record.arn}:${version.version}`;
      return { physicalId: versionArn, attributes: { Version: version.version, FunctionArn: versionArn } };
    },
    delete({ physicalId }) {
      const found = locate(functions, physicalId);
      if (found?.qualifier === undefined) return;
      const { record, qualifier } = found;
      record.versions = record.versions.filter(({ version }) => version !== qualifier);
      forgetQualifier(record, qualifier);
      functions.changed();
    },
  });
}

function aliasType(functions: FunctionStore): ResourceType {
  const properties = z.strictObject({
    FunctionName: property.string(),
    FunctionVersion: property.string(),
    Name: property.string(),
    Description: property.string().optional(),
    RoutingConfig: z
      .strictObject({
        AdditionalVersionWeights: z.array(
          z.strictObject({ FunctionVersion: property.string(), FunctionWeight: z.coerce.number() }),
        ),
      })
      .optional(),
  });
  const settings = ({ FunctionVersion, Description = '', RoutingConfig }: z.infer<typeof properties>) => ({
    FunctionVersion,
    Description,
    weights: Object.fromEntries(
      (RoutingConfig?.AdditionalVersionWeights ?? []).map((weight) => [weight.FunctionVersion, weight.FunctionWeight]),
    ),
  });
  const state = (record: FunctionRecord, name: string): ResourceState => {
    functions.changed();
    const aliasArn = `${record.arn}:${name}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  };
  return defineResource({
    type: 'AWS::Lambda::Alias',
    properties,
    replaceOn: ['FunctionName', 'Name'],
    create(input, { region }) {
      const record = functions.get(parseFunctionName(input.FunctionName), region);
      createAlias(record, input.Name, settings(input));
      return state(record, input.Name);
    },
    update(input, _current, { region }) {
      const record = functions.get(parseFunctionName(input.FunctionName), region);
      updateAlias(record, input.Name, settings(input));
      return state(record, input.Name);
    },
    delete({ physicalId }) {
      const found = locate(functions, physicalId);
      if (found?.qualifier === undefined) return;
      deleteAlias(found.record, found.qualifier);
      functions.changed();
    },
  });
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

/** The function that an ARN of a version or alias belongs to, if both still exist. */
function locate(
  functions: FunctionStore,
  arn: string,
): { record: FunctionRecord; qualifier: string | undefined } | undefined {
  const reference: FunctionReference = parseFunctionName(arn);
  const record = functions.find(reference.name);
  return record === undefined ? undefined : { record, qualifier: reference.qualifier };
}
