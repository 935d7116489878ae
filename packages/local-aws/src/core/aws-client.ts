import { randomUUID } from 'node:crypto';
import type { AwsApi } from './aws-api.ts';
import { AwsError } from './aws-error.ts';
import type { JsonObject } from './json.ts';
import type { Principal } from './principal.ts';
import { answeredObject } from './read-json.ts';

/** The JSON services that parts of the endpoint call on behalf of a role, with their target prefix and version. */
const jsonServices = {
  dynamodb: { prefix: 'DynamoDB_20120810', version: '1.0', service: 'dynamodb' },
  dynamodbstreams: { prefix: 'DynamoDBStreams_20120810', version: '1.0', service: 'dynamodb' },
  events: { prefix: 'AWSEvents', version: '1.1', service: 'events' },
  logs: { prefix: 'Logs_20140328', version: '1.1', service: 'logs' },
  sqs: { prefix: 'AmazonSQS', version: '1.0', service: 'sqs' },
} as const;

/** One call in the name of `principal`, whose policies decide on it. */
type AwsCall = {
  readonly service: keyof typeof jsonServices;
  readonly action: string;
  readonly input: JsonObject;
  readonly principal: Principal;
  readonly region: string;
};

/** Calls an AWS API inside the process, through the same door as every client. @throws AwsError as the service answers */
export type AwsClient = (call: AwsCall) => Promise<JsonObject>;

/** A client without network or signature; `input` and answer are the JSON bodies of the service. */
export function awsClient(dispatch: AwsApi): AwsClient {
  return async ({ service, action, input, principal, region }) => {
    const { prefix, version, service: signingName } = jsonServices[service];
    const response = await dispatch({
      requestId: randomUUID(),
      service: signingName,
      region,
      principal,
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'x-amz-target': `${prefix}.${action}`, 'content-type': `application/x-amz-json-${version}` },
      body: Buffer.from(JSON.stringify(input)),
    });
    const output = answeredObject(response.body);
    if (response.status < 300) return output;
    const { __type, message, Message, ...members } = output;
    throw new AwsError(
      String(__type ?? 'InternalFailure')
        .split('#')
        .at(-1) ?? 'InternalFailure',
      String(message ?? Message ?? 'Unknown error'),
      response.status,
      members,
    );
  };
}
