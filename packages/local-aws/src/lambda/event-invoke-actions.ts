import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { constraintError } from './function-name.ts';
import type { EventInvokeConfig, FunctionRecord } from './function-record.ts';
import { notFound } from './function-store.ts';
import { policyKey } from './resource-policy.ts';

export type EventInvokeSettings = {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly DestinationConfig?:
    | {
        readonly OnSuccess?: { readonly Destination?: string | undefined } | undefined;
        readonly OnFailure?: { readonly Destination?: string | undefined } | undefined;
      }
    | undefined;
};

/** Replaces the configuration, or with `base` changes what `settings` names. */
export function putEventInvokeConfig(
  record: FunctionRecord,
  qualifier: string | undefined,
  settings: EventInvokeSettings,
  now: number,
  base?: EventInvokeConfig,
): EventInvokeConfig {
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age, DestinationConfig: destinations } = settings;
  if (retries !== undefined && retries > 2) {
    throw constraintError(retries, 'maximumRetryAttempts', 'value less than or equal to 2');
  }
  if (retries !== undefined && retries < 0) {
    throw constraintError(retries, 'maximumRetryAttempts', 'value greater than or equal to 0');
  }
  if (age !== undefined && age < 60) {
    throw constraintError(age, 'maximumEventAgeInSeconds', 'value greater than or equal to 60');
  }
  if (age !== undefined && age > 21_600) {
    throw constraintError(age, 'maximumEventAgeInSeconds', 'value less than or equal to 21600');
  }
  const onSuccess =
    destinations === undefined ? base?.onSuccess : checkDestination(destinations.OnSuccess?.Destination);
  const onFailure =
    destinations === undefined ? base?.onFailure : checkDestination(destinations.OnFailure?.Destination);
  const config = {
    maximumRetryAttempts: retries ?? base?.maximumRetryAttempts,
    maximumEventAge: age ?? base?.maximumEventAge,
    onSuccess,
    onFailure,
    lastModified: now,
  };
  record.eventInvoke[policyKey(qualifier)] = config;
  return config;
}

export function getEventInvokeConfig(record: FunctionRecord, qualifier: string | undefined): EventInvokeConfig {
  const key = policyKey(qualifier);
  const config = record.eventInvoke[key];
  if (config === undefined) throw notFound(`The function ${record.arn}:${key} doesn't have an EventInvokeConfig`);
  return config;
}

export function deleteEventInvokeConfig(record: FunctionRecord, qualifier: string | undefined): void {
  getEventInvokeConfig(record, qualifier);
  Reflect.deleteProperty(record.eventInvoke, policyKey(qualifier));
}

export function eventInvokeView(record: FunctionRecord, key: string, config: EventInvokeConfig): object {
  return {
    FunctionArn: `${record.arn}:${key}`,
    /** Seconds. */
    LastModified: config.lastModified / 1000,
    MaximumRetryAttempts: config.maximumRetryAttempts,
    MaximumEventAgeInSeconds: config.maximumEventAge,
    DestinationConfig: {
      OnSuccess: { Destination: config.onSuccess },
      OnFailure: { Destination: config.onFailure },
    },
  };
}

const deliverable = ['sqs', 'sns', 'lambda'];

function checkDestination(destination: string | undefined): string | undefined {
  if (destination === undefined || destination === '') return undefined;
  const service = parseArn(destination)?.service;
  if (service !== undefined && deliverable.includes(service)) return destination;
  throw new AwsError(
    'InvalidParameterValueException',
    `The destination ARN ${destination} is invalid: the local endpoint delivers to SQS, SNS and Lambda.`,
    400,
    { Type: 'User' },
  );
}
