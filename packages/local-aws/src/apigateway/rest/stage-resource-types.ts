import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import { tagMap } from '../../core/tags.ts';
import type { MethodSetting } from './api-definition.ts';
import type { CanarySettings } from './canary.ts';
import type { Deployments, StageSettings } from './deployments.ts';
import { settingKey } from './method-settings.ts';
import { own, type RestApiStore } from './rest-api-store.ts';

const { string, boolean, tags, inert } = property;

/** CloudFormation hands numbers over as strings as often as not. */
export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
const off = boolean().pipe(z.literal(false, 'API caches are not supported')).optional();

const ofMethods = {
  ThrottlingRateLimit: number.optional(),
  ThrottlingBurstLimit: number.optional(),
  LoggingLevel: z.enum(['OFF', 'ERROR', 'INFO']).optional(),
  DataTraceEnabled: property.kept(boolean().optional()),
  MetricsEnabled: boolean().optional(),
  CachingEnabled: off,
  CacheDataEncrypted: inert(),
  CacheTtlInSeconds: inert(),
};
const methodSetting = z.strictObject({
  ResourcePath: string().optional(),
  HttpMethod: string().optional(),
  ...ofMethods,
});

const settings = {
  Description: string().optional(),
  Variables: z.record(z.string(), string()).optional(),
  MethodSettings: z.array(methodSetting).optional(),
  AccessLogSetting: z.strictObject({ DestinationArn: string().optional(), Format: string().optional() }).optional(),
  TracingEnabled: property.kept(boolean().optional()),
  Tags: tags().optional(),
  CacheClusterEnabled: off,
  CacheClusterSize: inert(),
  ClientCertificateId: inert(),
  DocumentationVersion: property.kept(string().optional()),
};
const canary = {
  PercentTraffic: number.pipe(z.number().min(0).max(100)).optional(),
  StageVariableOverrides: z.record(z.string(), string()).optional(),
  UseStageCache: property.kept(boolean().optional()),
};

const stage = z.strictObject({
  RestApiId: string(),
  StageName: string(),
  DeploymentId: string(),
  CanarySetting: z.strictObject({ DeploymentId: string().optional(), ...canary }).optional(),
  ...settings,
});
const stageDescription = z.strictObject({
  CanarySetting: z.strictObject(canary).optional(),
  ...settings,
  // Of every method at once.
  ...ofMethods,
});
const deployment = z.strictObject({
  RestApiId: string(),
  Description: string().optional(),
  StageName: string().optional(),
  StageDescription: stageDescription.optional(),
  DeploymentCanarySettings: z.strictObject(canary).optional(),
});

type StageProperties = Omit<z.infer<typeof stage>, 'RestApiId' | 'StageName' | 'DeploymentId'>;

/** `AWS::ApiGateway::Deployment`, with or without a stage of its own, and `AWS::ApiGateway::Stage`. */
export function stageResourceTypes(store: RestApiStore, deployments: Deployments): ResourceType[] {
  return [
    defineResource({
      type: 'AWS::ApiGateway::Deployment',
      properties: deployment,
      replaceOn: ['RestApiId', 'DeploymentCanarySettings'],
      create: (properties, { stackName, logicalId, generation = 0 }) => {
        const { RestApiId, StageName, DeploymentCanarySettings } = properties;
        const id = deriveId(6, RestApiId, stackName, logicalId, String(generation));
        deployments.deploy(RestApiId, id, properties.Description);
        if (DeploymentCanarySettings !== undefined) {
          deployments.putCanary(RestApiId, StageName, id, readCanary(DeploymentCanarySettings));
        } else if (StageName !== undefined) {
          deployments.takeStage(RestApiId, StageName, id, readStageDescription(properties.StageDescription));
        }
        return { physicalId: id, attributes: { DeploymentId: id } };
      },
      update: (properties, { state }) => {
        const { RestApiId, StageName, StageDescription, DeploymentCanarySettings } = properties;
        if (StageName !== undefined && DeploymentCanarySettings === undefined) {
          deployments.putStage(RestApiId, StageName, state.physicalId, readStageDescription(StageDescription));
        }
        return state;
      },
      delete: ({ physicalId }, { RestApiId, StageName = '' }) => {
        deployments.withdraw(RestApiId, StageName, physicalId);
      },
    }),
    defineResource({
      type: 'AWS::ApiGateway::Stage',
      properties: stage,
      replaceOn: ['RestApiId', 'StageName'],
      create: (properties) => {
        const { RestApiId, StageName, DeploymentId } = properties;
        if (own(store.api(RestApiId).stages, StageName) !== undefined) {
          throw new AwsError('ConflictException', 'Stage already exists', 409);
        }
        deployments.putStage(RestApiId, StageName, DeploymentId, readSettings(properties));
        return { physicalId: StageName, attributes: {} };
      },
      update: (properties, { state }) => {
        const { RestApiId, StageName, DeploymentId } = properties;
        deployments.removeStage(RestApiId, StageName);
        deployments.putStage(RestApiId, StageName, DeploymentId, readSettings(properties));
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => deployments.removeStage(RestApiId, physicalId),
    }),
  ];
}

function readStageDescription(description: z.infer<typeof stageDescription> | undefined): StageSettings {
  if (description === undefined) return {};
  const forAll = readMethodSetting(description);
  const { methodSettings = {}, ...rest } = readSettings(description);
  const all = { ...forAll, ...methodSettings['*/*'] };
  return {
    ...rest,
    methodSettings: Object.keys(all).length === 0 ? methodSettings : { ...methodSettings, '*/*': all },
  };
}

function readSettings(properties: StageProperties): StageSettings {
  const { DestinationArn, Format } = properties.AccessLogSetting ?? {};
  return {
    description: properties.Description,
    documentationVersion: properties.DocumentationVersion,
    canary: properties.CanarySetting && readCanary(properties.CanarySetting),
    variables: properties.Variables,
    tracingEnabled: properties.TracingEnabled,
    accessLog:
      DestinationArn === undefined || Format === undefined
        ? undefined
        : { destinationArn: DestinationArn, format: Format },
    tags: properties.Tags === undefined ? undefined : tagMap(properties.Tags),
    methodSettings:
      properties.MethodSettings === undefined
        ? undefined
        : Object.fromEntries(
            properties.MethodSettings.map((setting) => [
              settingKey(setting.ResourcePath ?? '/*', setting.HttpMethod ?? '*'),
              readMethodSetting(setting),
            ]),
          ),
  };
}

function readCanary(setting: NonNullable<StageProperties['CanarySetting']>): CanarySettings {
  const { DeploymentId, PercentTraffic, StageVariableOverrides, UseStageCache } = setting;
  return {
    deploymentId: DeploymentId,
    percentTraffic: PercentTraffic,
    stageVariableOverrides: StageVariableOverrides,
    useStageCache: UseStageCache,
  };
}

type MethodSettingProperties = Partial<
  Pick<
    z.infer<typeof methodSetting>,
    'ThrottlingRateLimit' | 'ThrottlingBurstLimit' | 'LoggingLevel' | 'DataTraceEnabled' | 'MetricsEnabled'
  >
>;

function readMethodSetting(setting: MethodSettingProperties): MethodSetting {
  const { ThrottlingRateLimit, ThrottlingBurstLimit, LoggingLevel, DataTraceEnabled, MetricsEnabled } = setting;
  return {
    ...(ThrottlingRateLimit !== undefined && { throttlingRateLimit: ThrottlingRateLimit }),
    ...(ThrottlingBurstLimit !== undefined && { throttlingBurstLimit: ThrottlingBurstLimit }),
    ...(LoggingLevel !== undefined && { loggingLevel: LoggingLevel }),
    ...(DataTraceEnabled !== undefined && { dataTraceEnabled: DataTraceEnabled }),
    ...(MetricsEnabled !== undefined && { metricsEnabled: MetricsEnabled }),
  };
}
