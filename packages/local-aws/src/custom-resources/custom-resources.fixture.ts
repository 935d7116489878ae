import assert from 'node:assert/strict';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { JsonObject } from '../core/json.ts';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import type { CustomRequest } from './custom-request.ts';

/** The topic whose subscriber is the test. */
export const serviceToken = 'arn:aws:sns:us-east-1:000000000000:provider';

const providerTemplate = {
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'provider' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'provider' } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        RawMessageDelivery: true,
      },
    },
    Policy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            },
          ],
        },
      },
    },
  },
};

export type Answer = {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: JsonObject;
  readonly NoEcho?: boolean;
};

/** An endpoint with a topic for service tokens. Its requests come to the test, which answers them. */
export class ProviderRig implements AsyncDisposable {
  readonly clock = new ShiftableClock();
  readonly endpoint: Endpoint;
  readonly client: CloudFormationClient;
  readonly #sqs: SQSClient;

  static async start(persist?: string): Promise<ProviderRig> {
    const clock = new ShiftableClock();
    const endpoint = await startEndpoint({ clock, persist, onError: (error) => assert.fail(String(error)) });
    const rig = new ProviderRig(endpoint, clock);
    if (!endpoint.stacks().some(({ name }) => name === 'provider')) {
      await rig.create('provider', providerTemplate);
      await rig.end('provider', 'CREATE_COMPLETE');
    }
    return rig;
  }

  private constructor(endpoint: Endpoint, clock: ShiftableClock) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.client = new CloudFormationClient(endpoint.clientConfig);
    this.#sqs = new SQSClient(endpoint.clientConfig);
  }

  async create(StackName: string, template: object): Promise<void> {
    await this.client.send(new CreateStackCommand({ StackName, ...body(template) }));
  }

  async update(StackName: string, template: object): Promise<void> {
    await this.client.send(new UpdateStackCommand({ StackName, ...body(template) }));
  }

  async delete(StackName: string): Promise<void> {
    await this.client.send(new DeleteStackCommand({ StackName }));
  }

  async status(StackName: string): Promise<string | undefined> {
    const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.StackStatus;
  }

  /** Waits for the end of an operation, which must be `status`. */
  async end(stackName: string, status: string): Promise<void> {
    await until(`the end of ${stackName}`, async () => !/_IN_PROGRESS$/.test((await this.status(stackName)) ?? ''));
    assert.equal(await this.status(stackName), status, (await this.failures(stackName)).join('\n'));
  }

  /** The reasons of failures, oldest first. */
  async failures(StackName: string): Promise<string[]> {
    const { StackEvents = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'))
      .map(({ LogicalResourceId, ResourceStatusReason = '' }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
      .reverse();
  }

  async outputs(StackName: string): Promise<Record<string, string>> {
    const { Stacks = [] } = await this.client.send(new DescribeStacksCommand({ StackName }));
    return Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  }

  async physicalId(StackName: string, LogicalResourceId: string): Promise<string | undefined> {
    const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
    return (await this.client.send(command)).StackResourceDetail?.PhysicalResourceId;
  }

  /** The next request that CloudFormation sends to the topic. */
  async request(): Promise<CustomRequest> {
    const QueueUrl = `${this.endpoint.url}/000000000000/provider`;
    const message = await until('a request', async () => {
      const { Messages } = await this.#sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages?.[0];
    });
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    const request: CustomRequest = JSON.parse(message.Body ?? '');
    return request;
  }

  /** Answers the next request, with success and one id unless `answer` says otherwise. @returns the request */
  async answer(answer: Answer = {}): Promise<CustomRequest> {
    const request = await this.request();
    assert.equal((await respond(request, answer)).status, 200);
    return request;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    this.#sqs.destroy();
    await this.endpoint.close();
  }
}

/** Sends a response as a provider does. */
export function respond(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: CustomRequest,
  answer: Answer | string = {},
): Promise<Response> {
  const response = { Status: 'SUCCESS', PhysicalResourceId: 'thing-1', StackId, RequestId, LogicalResourceId };
  const text = typeof answer === 'string' ? answer : JSON.stringify({ ...response, ...answer });
  return fetch(ResponseURL, { method: 'PUT', body: text });
}

/** A template with one custom resource, `Thing`. */
export function thing(properties: JsonObject = {}, outputs: JsonObject = {}, more: JsonObject = {}): object {
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]));
  return {
    Resources: {
      Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: serviceToken, ...properties } },
      ...more,
    },
    Outputs,
  };
}

function body(template: object) {
  return { TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
}
