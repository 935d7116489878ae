import { AwsError } from '../../core/aws-error.ts';
import type { Canary, MethodSetting, Stage } from './api-definition.ts';
import { makeCanary } from './canary.ts';
import type { PatchOperation } from './control-input.ts';
import type { StageSettings } from './deployments.ts';
import { settingKey } from './method-settings.ts';

type Draft = { -readonly [K in keyof StageSettings]: StageSettings[K] } & {
  deploymentId: string;
  canary: Canary | undefined;
  variables: Record<string, string>;
  methodSettings: Record<string, MethodSetting>;
};

/** What UpdateStage makes of a stage. @throws AwsError naming a path that is not known */
export function patchStage(stage: Stage, operations: readonly PatchOperation[]): Draft {
  const draft: Draft = {
    deploymentId: stage.deploymentId,
    variables: { ...stage.variables },
    methodSettings: { ...stage.methodSettings },
    tracingEnabled: stage.tracingEnabled,
    accessLog: stage.accessLog,
    canary: stage.canary,
    documentationVersion: stage.documentationVersion,
    description: stage.description,
  };
  for (const operation of operations) patch(draft, operation);
  return draft;
}

function patch(draft: Draft, operation: PatchOperation): void {
  const { op, path, value = '' } = operation;
  if (op === 'copy') {
    promoteCanary(draft, operation);
    return;
  }
  const [, head = '', rest = ''] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  switch (head) {
    case 'documentationVersion':
      draft.documentationVersion = op === 'remove' ? undefined : value;
      return;
    case 'description':
      draft.description = value;
      return;
    case 'deploymentId':
      draft.deploymentId = value;
      return;
    case 'tracingEnabled':
      draft.tracingEnabled = value === 'true';
      return;
    case 'accessLogSettings':
      patchAccessLog(draft, op, rest, value);
      return;
    case 'canarySettings':
      patchCanary(draft, operation, rest);
      return;
    case 'variables':
      draft.variables = without(draft.variables, rest);
      if (op !== 'remove') draft.variables[rest] = value;
      return;
    case 'cacheClusterEnabled':
      if (value !== 'false') throw unsupportedValue(path, value);
      return;
    default:
      if (op === 'remove') removeMethodSetting(draft, path);
      else patchMethodSetting(draft, path, value);
  }
}

/** The first member that is set makes the canary, with defaults for the others. */
function patchCanary(draft: Draft, { op, path, value = '' }: PatchOperation, member: string): void {
  if (op === 'remove') {
    if (member !== '') throw nothingToRemove(path);
    draft.canary = undefined;
    return;
  }
  if (op === 'add') throw new AwsError('BadRequestException', `Invalid add operation with path: ${path}`);
  const [, variable] = /^stageVariableOverrides\/(.+)$/s.exec(member) ?? [];
  if (variable !== undefined) {
    const overrides = { ...draft.canary?.stageVariableOverrides, [variable]: value };
    draft.canary = makeCanary(draft, { stageVariableOverrides: overrides });
    return;
  }
  switch (member) {
    case 'deploymentId':
      draft.canary = makeCanary(draft, { deploymentId: value });
      return;
    case 'percentTraffic':
      draft.canary = makeCanary(draft, { percentTraffic: Number(value) });
      return;
    case 'useStageCache':
      draft.canary = makeCanary(draft, { useStageCache: value === 'true' });
      return;
    default:
      throw invalidPath(path);
  }
}

/** Gives the stage what its canary has. The variables of the stage that the canary does not override stay. */
function promoteCanary(draft: Draft, { path, from = '' }: PatchOperation): void {
  const isVariables = path === '/variables' && from === '/canarySettings/stageVariableOverrides';
  const isDeployment = path === '/deploymentId' && from === '/canarySettings/deploymentId';
  if (!isVariables && !isDeployment) {
    throw new AwsError(
      'BadRequestException',
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]`,
    );
  }
  if (draft.canary === undefined) {
    throw new AwsError('BadRequestException', 'Promotion not available. Canary does not exist.');
  }
  if (isDeployment) draft.deploymentId = draft.canary.deploymentId;
  else draft.variables = { ...draft.variables, ...draft.canary.stageVariableOverrides };
}

function patchAccessLog(draft: Draft, op: PatchOperation['op'], member: string, value: string): void {
  if (op === 'remove') {
    if (member !== '') throw nothingToRemove(`/accessLogSettings/${member}`);
    draft.accessLog = undefined;
    return;
  }
  if (member !== 'destinationArn' && member !== 'format') {
    throw new AwsError(
      'BadRequestException',
      'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    );
  }
  if (value === '') throw new AwsError('BadRequestException', 'Access Log value must not be empty');
  const { destinationArn = '', format = '' } = draft.accessLog ?? {};
  draft.accessLog =
    member === 'destinationArn'
      ? { destinationArn: value.replace(/:\*$/, ''), format }
      : { destinationArn, format: value };
}

/** `/{path}/{method}/throttling/rateLimit`, where the path of all is `*` and a slash inside is `~1`. */
function patchMethodSetting(draft: Draft, path: string, value: string): void {
  const [, resource = '', method = '', name = ''] =
    /^\/(.+)\/([A-Z*]+)\/((?:logging|throttling|metrics|caching)\/\w+)$/.exec(path) ?? [];
  if (!settingNames.includes(name)) throw invalidPath(path);
  const setting = readSetting(name, value);
  if (setting === undefined) throw unsupportedValue(path, value);
  const key = settingKeyOf(resource, method);
  draft.methodSettings[key] = { ...draft.methodSettings[key], ...setting };
}

/** Removes all settings of a method: `/{path}/{method}`. */
function removeMethodSetting(draft: Draft, path: string): void {
  const [, resource = '', method = ''] = /^\/(.+)\/([A-Z*]+)$/.exec(path) ?? [];
  const key = settingKeyOf(resource, method);
  if (!Object.hasOwn(draft.methodSettings, key)) throw nothingToRemove(path);
  delete draft.methodSettings[key];
}

function settingKeyOf(resource: string, method: string): string {
  return settingKey(resource === '*' ? '/*' : resource, method);
}

function nothingToRemove(path: string): AwsError {
  return new AwsError(
    'BadRequestException',
    `Cannot remove method setting ${path.slice(1)} because there is no method setting for this method `,
  );
}

function readSetting(name: string, value: string): MethodSetting | undefined {
  switch (name) {
    case 'logging/loglevel':
      return value === 'INFO' || value === 'ERROR' || value === 'OFF' ? { loggingLevel: value } : undefined;
    case 'logging/dataTrace':
      return { dataTraceEnabled: value === 'true' };
    case 'metrics/enabled':
      return { metricsEnabled: value === 'true' };
    case 'throttling/rateLimit':
      return { throttlingRateLimit: Number(value) };
    case 'throttling/burstLimit':
      return { throttlingBurstLimit: Number(value) };
    default:
      return undefined;
  }
}

function without(variables: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name));
}

const settingNames = [
  'metrics/enabled',
  'logging/dataTrace',
  'logging/loglevel',
  'throttling/burstLimit',
  'throttling/rateLimit',
  'caching/ttlInSeconds',
  'caching/enabled',
  'caching/dataEncrypted',
  'caching/requireAuthorizationForCacheControl',
  'caching/unauthorizedCacheControlHeaderStrategy',
];

/** As AWS lists them, which leaves out those of canaries and of versions of the documentation. */
const listedPaths = [
  '/deploymentId',
  '/description',
  '/cacheClusterEnabled',
  '/cacheClusterSize',
  '/clientCertificateId',
  '/accessLogSettings',
  '/accessLogSettings/destinationArn',
  '/accessLogSettings/format',
  ...settingNames.map((name) => `/{resourcePath}/{httpMethod}/${name}`),
  ...settingNames.map((name) => `/*/*/${name}`),
  '/variables/{variable_name}',
  '/tracingEnabled',
];

function invalidPath(path: string): AwsError {
  return new AwsError(
    'BadRequestException',
    `Invalid method setting path: ${path}. Must be one of: [${listedPaths.join(', ')}]`,
  );
}

function unsupportedValue(path: string, value: string): AwsError {
  return new AwsError('BadRequestException', `The local endpoint does not support the value '${value}' of ${path}`);
}
