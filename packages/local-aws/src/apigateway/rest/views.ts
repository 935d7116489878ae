import type {
  Authorizer,
  Deployment,
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  MethodSetting,
  Resource,
  RestApi,
  Stage,
} from './api-definition.ts';
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
    binaryMediaTypes: filledList(definition.binaryMediaTypes),
    minimumCompressionSize: definition.minimumCompressionSize,
    apiKeySource: definition.apiKeySource,
    endpointConfiguration: { types: api.endpointTypes },
    policy: definition.policy === undefined ? undefined : JSON.stringify(definition.policy),
    tags: filled(api.tags),
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
    resourceMethods: filled(Object.fromEntries(names.map((name) => [name, {}]))),
  };
}

export function methodView({ integration, responses, ...method }: Method): object {
  return {
    ...method,
    authorizationScopes: filledList(method.authorizationScopes),
    requestParameters: filled(method.requestParameters),
    requestModels: filled(method.requestModels),
    methodResponses: filled(byStatus(responses, methodResponseView)),
    methodIntegration: integration === undefined ? undefined : integrationView(integration),
  };
}

export function methodResponseView({ statusCode, responseParameters, responseModels }: MethodResponse): object {
  return { statusCode, responseParameters: filled(responseParameters), responseModels: filled(responseModels) };
}

export function integrationView({ responses, ...integration }: Integration): object {
  const isHttp = integration.type === 'HTTP' || integration.type === 'HTTP_PROXY';
  return {
    ...integration,
    connectionType: isHttp ? 'INTERNET' : undefined,
    requestParameters: filled(integration.requestParameters),
    requestTemplates: filled(integration.requestTemplates),
    cacheKeyParameters: [],
    integrationResponses: filled(byStatus(responses, integrationResponseView)),
  };
}

export function integrationResponseView(response: IntegrationResponse): object {
  return {
    ...response,
    responseParameters: filled(response.responseParameters),
    responseTemplates: filled(response.responseTemplates),
  };
}

function byStatus<R extends { readonly statusCode: string }>(
  responses: readonly R[],
  view: (response: R) => object,
): Record<string, object> {
  return Object.fromEntries(responses.map((response) => [response.statusCode, view(response)]));
}

/** AWS leaves out maps and lists without entries. */
function filled<T extends object>(entries: T): T | undefined {
  return Object.keys(entries).length > 0 ? entries : undefined;
}

function filledList<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

export function authorizerView({ providerArns, resultTtlInSeconds, ...authorizer }: Authorizer): object {
  return {
    ...authorizer,
    providerARNs: filledList(providerArns),
    authType: authorizer.type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom',
    authorizerResultTtlInSeconds: resultTtlInSeconds,
  };
}

export function stageView(stage: Stage): object {
  return {
    stageName: stage.stageName,
    deploymentId: stage.deploymentId,
    canarySettings: stage.canary,
    documentationVersion: stage.documentationVersion,
    description: stage.description,
    variables: filled(stage.variables),
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
    tags: filled(stage.tags),
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
