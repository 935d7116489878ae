import type { Deployment, Integration, Method, MethodSetting, Resource, RestApi, Stage } from './api-definition.ts';
import type { ApiKey, UsagePlan } from './usage-plans.ts';

/** Wire forms of the control plane. Times are seconds since the epoch. */
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

export function apiView(api: RestApi): object {
  const { definition } = api;
  return {
    id: api.id,
    name: api.name,
    description: api.description,
    version: api.version,
    createdDate: seconds(api.createdDate),
    binaryMediaTypes: definition.binaryMediaTypes.length > 0 ? definition.binaryMediaTypes : undefined,
    minimumCompressionSize: definition.minimumCompressionSize,
    apiKeySource: definition.apiKeySource,
    endpointConfiguration: { types: api.endpointTypes },
    policy: definition.policy === undefined ? undefined : JSON.stringify(definition.policy),
    tags: api.tags,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    rootResourceId: api.rootResourceId,
  };
}

export function resourceView({ id, parentId, pathPart, path, methods }: Resource): object {
  const names = Object.keys(methods);
  return {
    id,
    parentId,
    pathPart: pathPart === '' ? undefined : pathPart,
    path,
    resourceMethods: names.length > 0 ? Object.fromEntries(names.map((name) => [name, {}])) : undefined,
  };
}

export function methodView({ integration, responses, ...method }: Method): object {
  return {
    ...method,
    methodResponses: Object.fromEntries(responses.map((response) => [response.statusCode, response])),
    methodIntegration: integration === undefined ? undefined : integrationView(integration),
  };
}

function integrationView({ responses, ...integration }: Integration): object {
  return {
    ...integration,
    integrationResponses: Object.fromEntries(responses.map((response) => [response.statusCode, response])),
  };
}

export function stageView(stage: Stage): object {
  return {
    stageName: stage.stageName,
    deploymentId: stage.deploymentId,
    description: stage.description,
    variables: Object.keys(stage.variables).length > 0 ? stage.variables : undefined,
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: Object.fromEntries(
      Object.entries(stage.methodSettings).map(([key, setting]) => [key, settingView(setting)]),
    ),
    accessLogSettings: stage.accessLog && {
      destinationArn: stage.accessLog.destinationArn || undefined,
      format: stage.accessLog.format || undefined,
    },
    tracingEnabled: stage.tracingEnabled,
    tags: stage.tags,
    createdDate: seconds(stage.createdDate),
    lastUpdatedDate: seconds(stage.lastUpdatedDate),
  };
}

function settingView(setting: MethodSetting): object {
  return {
    metricsEnabled: setting.metricsEnabled ?? false,
    loggingLevel: setting.loggingLevel ?? 'OFF',
    dataTraceEnabled: setting.dataTraceEnabled ?? false,
    throttlingRateLimit: setting.throttlingRateLimit ?? 10_000,
    throttlingBurstLimit: setting.throttlingBurstLimit ?? 5000,
    cachingEnabled: false,
  };
}

export function deploymentView({ id, description, createdDate }: Deployment): object {
  return { id, description, createdDate: seconds(createdDate) };
}

export function keyView(
  { value, createdDate, lastUpdatedDate, stageKeys = [], ...key }: ApiKey,
  includeValue: boolean,
): object {
  return {
    ...key,
    ...(includeValue && { value }),
    createdDate: seconds(createdDate),
    lastUpdatedDate: seconds(lastUpdatedDate),
    stageKeys,
  };
}

export function planView({ keyIds: _keyIds, ...plan }: UsagePlan): object {
  return plan;
}
