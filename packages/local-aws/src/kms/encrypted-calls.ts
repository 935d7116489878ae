import { parseArn } from '../core/arn.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { errorResponse } from '../core/error-response.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Principal } from '../core/principal.ts';
import type { Lookups } from '../iam/permission.ts';
import { requestPermissions } from '../iam/request-action.ts';

type Ports = {
  readonly keysIn: (region: string) => KeyRing | undefined;
  /** What a resource is encrypted with, when it names a key. */
  readonly encryptionKeyOf: (resourceArn: string) => string | undefined;
  readonly lookups: Lookups;
};

const encrypt = ['GenerateDataKey', 'Decrypt'];
const decrypt = ['Decrypt'];

/** What callers need on the key of a queue, topic or table, by the permission that the call itself needs. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessage': encrypt,
  'sqs:ReceiveMessage': decrypt,
  'SNS:Publish': encrypt,
  // DynamoDB decrypts the key of the table with the permissions of the caller, also for writes.
  ...Object.fromEntries(
    [
      ...['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
      ...['ConditionCheckItem', 'GetRecords', 'PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
    ].map((name) => [`dynamodb:${name}`, decrypt]),
  ),
};

const services = new Set(['sqs', 'sns', 'dynamodb']);

/** Checks the keys of what calls are about: that they are enabled, and that the caller may use them. */
export class EncryptedCalls {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Puts the check in front of the API of a service. */
  guard(service: string, api: AwsApi): AwsApi {
    if (!services.has(service)) return api;
    return async (request) => {
      const refusal = this.#refusal(request);
      return refusal === undefined ? api(request) : errorResponse(request, refusal);
    };
  }

  /** Whether the key of the resource allows a principal to do something with the resource. */
  allows(principal: Principal, action: string, resourceArn: string): boolean {
    return this.#refused(principal, action, resourceArn) === undefined;
  }

  #refusal(request: AwsRequest): AwsError | undefined {
    const { principal, region, service } = request;
    const { keysIn, lookups } = this.#ports;
    // Every principal of the account may use the keys of AWS services through the service that owns them.
    if (principal.kind !== 'service' && keysIn(region)?.areInUse !== true) return undefined;
    for (const { action, resource } of requestPermissions(request, lookups) ?? []) {
      const error = this.#refused(principal, action, resource);
      if (error !== undefined) return refusalOf(service, error);
    }
    return undefined;
  }

  #refused(principal: Principal, action: string, resourceArn: string): AwsError | undefined {
    const actions = needed[action];
    const key = actions && this.#ports.encryptionKeyOf(resourceArn);
    const { service = '', region = '', resource = '' } = parseArn(resourceArn) ?? {};
    if (!key || actions === undefined) return undefined;
    try {
      const encryptionContext = contextOf(service, resourceArn, resource);
      this.#ports.keysIn(region)?.use({ key, principal, service, actions, encryptionContext });
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  }
}

function contextOf(service: string, resourceArn: string, resource: string): Readonly<Record<string, string>> {
  switch (service) {
    case 'sqs':
      return { 'aws:sqs:arn': resourceArn };
    case 'sns':
      return { 'aws:sns:topicArn': resourceArn };
    default:
      return { 'aws:dynamodb:tableName': resource.split('/')[1] ?? '' };
  }
}

/** How SQS and SNS name the errors of KMS. */
const names: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  DisabledException: 'Disabled',
  KMSInvalidStateException: 'InvalidState',
  NotFoundException: 'NotFound',
};

/** An error of KMS as the service tells it that uses the key. */
function refusalOf(service: string, { code, message }: AwsError): AwsError {
  switch (service) {
    case 'sqs':
      return new AwsError(`Kms${names[code] ?? code}`, message);
    case 'sns':
      return new AwsError(`KMS${names[code] ?? code}`, message);
    default:
      return code === 'AccessDeniedException'
        ? new AwsError(code, `KMS key access denied error: ${message}`)
        : new AwsError('ValidationException', `KMS validation error: ${code}: ${message}`);
  }
}
