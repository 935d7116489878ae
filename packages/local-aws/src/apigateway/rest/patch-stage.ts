import { AwsError } from '../../core/aws-error.ts';
import type { MethodSetting, Stage } from './api-definition.ts';
import type { PatchOperation } from './control-input.ts';
import type { StageSettings } from './deployments.ts';
import { settingKey } from './method-settings.ts';

type Draft = { -readonly [K in keyof StageSettings]: StageSettings[K] } & { deploymentId: string };

/** What UpdateStage makes of a stage. @throws AwsError naming a path that is not known */
export function patchStage(stage: Stage, operations: readonly PatchOperation[]): Draft {
  const draft: Draft = {
    deploymentId: stage.deploymentId,
    variables: { ...stage.variables },
    methodSettings: { ...stage.methodSettings },
    tracingEnabled: stage.tracingEnabled,
    accessLog: stage.accessLog,
    description: stage.description,
  };
  for (const operation of operations) patch(draft, operation);
  return draft;
}

function patch(draft: Draft, { op, path, value = '' }: PatchOperation): void {
  const [, head = '', rest = ''] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  switch (head) {
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
    case 'variables':
      draft.variables = without(draft.variables, rest);
      if (op !== 'remove') draft.variables[rest] = value;
      return;
    case 'cacheClusterEnabled':
      if (value !== 'false') throw invalidPath(path);
      return;
    default:
      patchMethodSetting(draft, path, value);
  }
}

function patchAccessLog(draft: Draft, op: PatchOperation['op'], member: string, value: string): void {
  if (op === 'remove') {
    if (member !== '') {
      throw new AwsError(
        'BadRequestException',
        `Cannot remove method setting accessLogSettings/${member} because there is no method setting for this method `,
      );
    }
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
  const setting = readSetting(name, value);
  if (setting === undefined) throw invalidPath(path);
  const key = settingKey(resource === '*' ? '/*' : resource, method);
  draft.methodSettings = { ...draft.methodSettings, [key]: { ...draft.methodSettings?.[key], ...setting } };
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

function without(variables: Record<string, string> = {}, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name));
}

function invalidPath(path: string): AwsError {
  return new AwsError('BadRequestException', `Invalid patch path ${path}, or a value that it does not take`);
}
