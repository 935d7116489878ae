import assert from 'node:assert/strict';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { FaultInput } from '../console/api-types.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type EndpointOptions, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';

export const arnOf = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:000000000000:${resource}`;
export const queueUrl = (name: string): string => `http://localhost:4566/000000000000/${name}`;

/** A whole endpoint on a clock that tests move on, with the clients that events need. */
export async function startEvents(options: EndpointOptions = {}) {
  const notes: string[] = [];
  const clock = new ShiftableClock();
  const endpoint = await startEndpoint({
    clock,
    onError: (error) => assert.fail(String(error)),
    onNote: (note) => notes.push(note),
    ...options,
  });
  const config = { ...endpoint.clientConfig, maxAttempts: 1 };
  const clients = {
    cloudFormation: new CloudFormationClient(config),
    events: new EventBridgeClient(config),
    scheduler: new SchedulerClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    logs: new CloudWatchLogsClient(config),
  };
  const { cloudFormation, events, sqs, logs } = clients;

  /** Waits for a stack operation. @throws Error with the reason of the first resource that failed */
  async function finished(StackName: string, status: RegExp): Promise<void> {
    await until(`the stack ${StackName}`, async () => {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      return !Stacks[0]?.StackStatus?.endsWith('IN_PROGRESS');
    });
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    if (status.test(Stacks[0]?.StackStatus ?? '')) return;
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.findLast(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
    throw new Error(failed?.ResourceStatusReason ?? Stacks[0]?.StackStatus);
  }
  const stackInput = (StackName: string, Resources: JsonObject, Outputs: JsonObject) => ({
    StackName,
    TemplateBody: JSON.stringify({ Resources, Outputs }),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
  });

  return {
    ...clients,
    clock,
    notes,
    endpoint,
    config,
    async deploy(name: string, resources: JsonObject, outputs: JsonObject = {}): Promise<void> {
      await cloudFormation.send(new CreateStackCommand(stackInput(name, resources, outputs)));
      await finished(name, /^CREATE_COMPLETE$/);
    },
    async update(name: string, resources: JsonObject, outputs: JsonObject = {}): Promise<void> {
      await cloudFormation.send(new UpdateStackCommand(stackInput(name, resources, outputs)));
      await finished(name, /^UPDATE_COMPLETE$/);
    },
    async remove(StackName: string): Promise<void> {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      await cloudFormation.send(new DeleteStackCommand({ StackName }));
      await finished(Stacks[0]?.StackId ?? '', /^DELETE_COMPLETE$/);
    },
    async outputs(StackName: string): Promise<Record<string, string>> {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const outputs = Stacks[0]?.Outputs ?? [];
      return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
    },
    async put(...entries: PutEventsRequestEntry[]) {
      return events.send(new PutEventsCommand({ Entries: entries }));
    },
    /** The next `count` messages of a queue, which are deleted. */
    async receive(queueName: string, count = 1): Promise<Message[]> {
      const QueueUrl = queueUrl(queueName);
      const found: Message[] = [];
      while (found.length < count) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 5,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) throw new Error(`only ${found.length} of ${count} messages came to ${queueName}`);
        for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        found.push(...Messages);
      }
      return found;
    },
    /** What is in a queue now, without waiting. */
    async peek(queueName: string): Promise<string[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl(queueName), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.map(({ Body = '' }) => Body);
    },
    /** The first messages of a log group. */
    async logged(logGroupName: string, count: number): Promise<string[]> {
      const read = async (): Promise<string[]> => {
        const found = await logs.send(new FilterLogEventsCommand({ logGroupName })).catch(() => ({ events: [] }));
        return (found.events ?? []).map(({ message = '' }) => message);
      };
      await until(`${count} messages in ${logGroupName}`, async () => (await read()).length >= count);
      return read();
    },
    /** Makes calls fail, as the console does. */
    async fault(fault: FaultInput): Promise<void> {
      const response = await fetch(`${endpoint.url}/_local/api/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
      assert.ok(response.ok, await response.text());
    },
    /** Does `step` until nothing is unfinished. */
    async untilIdle(step: () => Promise<void>): Promise<void> {
      await until('the endpoint to be idle', async () => {
        await step();
        const response = await fetch(`${endpoint.url}/_local/api/idle?waitMs=0`);
        const { isIdle } = z.object({ isIdle: z.boolean() }).parse(await response.json());
        return isIdle;
      });
    },
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) client.destroy();
      await endpoint.close();
    },
  };
}
export type Events = Awaited<ReturnType<typeof startEvents>>;

/** A queue that takes messages of the services that are named. */
export function queueFor(name: string, ...services: string[]): JsonObject {
  const queue = { [`${name}Queue`]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } } };
  if (services.length === 0) return queue;
  return { ...queue, [`${name}Policy`]: queuePolicy(name, { Ref: `${name}Queue` }, ...services) };
}

export function queuePolicy(name: string, url: JsonObject, ...services: string[]): JsonObject {
  const Resource = arnOf('sqs', name);
  const statement = { Effect: 'Allow', Principal: { Service: services }, Action: 'sqs:SendMessage', Resource };
  const PolicyDocument = { Version: '2012-10-17', Statement: [statement] };
  return { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [url], PolicyDocument } };
}

/** A role that a service takes. */
export function roleFor(name: string, service: string, actions: JsonValue, resource: JsonValue = '*'): JsonObject {
  return {
    [name]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
            },
          },
        ],
      },
    },
  };
}
export const roleArn = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

/** A function that logs its events, with a role that may. */
export function functionFor(name: string): JsonObject {
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  return {
    ...roleFor(`${name}Role`, 'lambda.amazonaws.com', actions),
    [`${name}Logs`]: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/aws/lambda/${name}` } },
    [name]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: "exports.handler = async (event) => console.log('event', JSON.stringify(event));" },
      },
      DependsOn: `${name}Logs`,
    },
  };
}
