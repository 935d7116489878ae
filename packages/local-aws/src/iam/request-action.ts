import type { AwsRequest } from '../core/aws-api.ts';
import { readForm } from '../core/form.ts';
import type { JsonObject } from '../core/json.ts';
import { tryReadJsonObject } from '../core/read-json.ts';
import { codeDeployPermissions } from './codedeploy-permissions.ts';
import { secretsPermissions, ssmPermissions } from './configuration-permissions.ts';
import { dynamoDbPermissions } from './dynamodb-permissions.ts';
import { eventsPermissions } from './events-permissions.ts';
import { kmsPermissions } from './kms-permissions.ts';
import { lambdaPermissions } from './lambda-permissions.ts';
import { logsPermissions, snsPermissions, sqsPermissions } from './messaging-permissions.ts';
import type { JsonCall, Lookups, Permission } from './permission.ts';
import { schedulerPermissions } from './scheduler-permissions.ts';

type CallPermissions = (call: JsonCall, lookups: Lookups) => Permission[];

/** The services of AWS JSON and Query whose calls are checked; Lambda and Scheduler, which are REST, come on top. */
const services: Readonly<Record<string, CallPermissions>> = {
  codedeploy: codeDeployPermissions,
  dynamodb: dynamoDbPermissions,
  events: eventsPermissions,
  kms: kmsPermissions,
  logs: logsPermissions,
  secretsmanager: secretsPermissions,
  sns: snsPermissions,
  sqs: sqsPermissions,
  ssm: ssmPermissions,
};

/**
 * Everything that IAM checks for a call, or undefined for a service whose permissions are not modelled.
 * A malformed body yields whatever can be read of it: the service itself answers what is wrong with it.
 *
 * @throws AwsError AccessDeniedException for a call of Lambda or Scheduler whose permission is not written down
 */
export function requestPermissions(request: AwsRequest, lookups: Lookups = {}): Permission[] | undefined {
  if (request.service === 'lambda') return lambdaPermissions(request);
  if (request.service === 'scheduler') return schedulerPermissions(request);
  const permissions = Object.hasOwn(services, request.service) ? services[request.service] : undefined;
  return permissions?.(readCall(request), lookups);
}

/** Reads action and input from either protocol. */
function readCall({ headers, body, query, path, region }: AwsRequest): JsonCall {
  const target = headers['x-amz-target'];
  if (target !== undefined) {
    return { action: target.split('.').at(-1) ?? '', input: tryReadJsonObject(body) ?? {}, region };
  }
  const form = body.length > 0 ? readForm(body) : query;
  const input: JsonObject = Object.fromEntries(form);
  // The Query protocol of SQS takes the queue from the path when it is not among the parameters.
  if (input.QueueUrl === undefined && path.length > 1) input.QueueUrl = path;
  return { action: form.get('Action') ?? '', input, region };
}
