import { parseArn } from '../core/arn.ts';
import type { AwsError } from '../core/aws-error.ts';
import { constraintError, parseFunctionName } from './function-name.ts';
import type { EventInvokeConfig, FunctionRecord } from './function-record.ts';
import { type FunctionStore, notFound } from './function-store.ts';
import { policyKey } from './resource-policy.ts';
import { invalidParameter } from './rest-input.ts';

type EventInvokeSettings = {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly DestinationConfig?:
    | {
        readonly OnSuccess?: { readonly Destination?: string | undefined } | undefined;
        readonly OnFailure?: { readonly Destination?: string | undefined } | undefined;
      }
    | undefined;
};

type Put = {
  readonly qualifier: string | undefined;
  readonly settings: EventInvokeSettings;
  readonly now: number;
  /** Changes this one in what `settings` names, instead of replacing it. */
  readonly base?: EventInvokeConfig | undefined;
  /** Where destinations are looked up. */
  readonly functions: Pick<FunctionStore, 'find'>;
};

export function putEventInvokeConfig(
  record: FunctionRecord,
  { qualifier, settings, now, base, functions }: Put,
): EventInvokeConfig {
  const { MaximumRetryAttempts: retries, MaximumEventAgeInSeconds: age, DestinationConfig: destinations } = settings;
  if (retries === undefined && age === undefined && destinations === undefined) {
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  }
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
  const check = (destination: string | undefined) => checkDestination(destination, record, functions);
  const onSuccess = destinations === undefined ? base?.onSuccess : check(destinations.OnSuccess?.Destination);
  const onFailure = destinations === undefined ? base?.onFailure : check(destinations.OnFailure?.Destination);
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
  if (config === undefined) throw noEventInvokeConfig(`${record.arn}:${key}`);
  return config;
}

export function noEventInvokeConfig(arn: string): AwsError {
  return notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
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

function checkDestination(
  destination: string | undefined,
  { name }: FunctionRecord,
  functions: Put['functions'],
): string | undefined {
  if (destination === undefined || destination === '') return undefined;
  const service = parseArn(destination)?.service;
  if (service === undefined || !deliverable.includes(service)) {
    throw invalidParameter(
      `The destination ARN ${destination} is invalid: the local endpoint delivers to SQS, SNS and Lambda. See the support matrix of local-aws.`,
    );
  }
  if (service !== 'lambda') return destination;
  const { name: target } = parseFunctionName(destination);
  if (target === name) throw invalidParameter("You can't specify the function as a destination for itself.");
  if (functions.find(target) === undefined) throw invalidParameter(`The destination ARN ${destination} is invalid.`);
  return destination;
}
