import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const account = '000000000000';
const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:${account}:${name}`;
const trust = (...services: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
});

/** Three ways of a message to one queue: through a pipe, a topic, and the destination of an asynchronous invocation. */
const template = {
  Resources: {
    Results: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'results' } },
    ResultsPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Results' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Results', 'Arn'] },
            },
          ],
        },
      },
    },
    Work: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work', VisibilityTimeout: 2 } },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: 'news',
        Subscription: [{ Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Results', 'Arn'] } }],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust('lambda.amazonaws.com', 'pipes.amazonaws.com'),
        Policies: [
          {
            PolicyName: 'all',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }],
            },
          },
        ],
      },
    },
    Pipe: {
      Type: 'AWS::Pipes::Pipe',
      Properties: {
        Name: 'forward',
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Source: { 'Fn::GetAtt': ['Work', 'Arn'] },
        Target: { 'Fn::GetAtt': ['Results', 'Arn'] },
        TargetParameters: { InputTemplate: '<$.body>' },
      },
    },
    Echo: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'echo',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: 'exports.handler = async (event) => event;' },
      },
    },
    EchoResults: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Echo' },
        Qualifier: '$LATEST',
        DestinationConfig: { OnSuccess: { Destination: { 'Fn::GetAtt': ['Results', 'Arn'] } } },
      },
    },
  },
};

export type Clients = {
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  readonly cloudFormation: CloudFormationClient;
  close(): void;
};

/** Clients that try nothing again: what they report as sent is what the endpoint acknowledged. */
export function clientsOf(endpoint: string): Clients {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    lambda: new LambdaClient(config),
    cloudFormation: new CloudFormationClient(config),
  };
  return { ...clients, close: () => Object.values(clients).forEach((client) => void client.destroy()) };
}

export async function createWays({ cloudFormation }: Clients): Promise<void> {
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: 'ways',
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_IAM'],
    }),
  );
  const limits = { client: cloudFormation, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.1 };
  await waitUntilStackCreateComplete(limits, { StackName: 'ways' });
}

/** Sends by all three ways until `signal` aborts or the endpoint is gone, and adds what it acknowledged. */
export async function sendUntil(signal: AbortSignal, clients: Clients, acknowledged: Set<string>): Promise<void> {
  const { sqs, sns, lambda } = clients;
  const ways: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    pipe: (id) => sqs.send(new SendMessageCommand({ QueueUrl: urlOf('work'), MessageBody: JSON.stringify({ id }) })),
    topic: (id) => sns.send(new PublishCommand({ TopicArn: arn('sns', 'news'), Message: JSON.stringify({ id }) })),
    function: (id) =>
      lambda.send(
        new InvokeCommand({ FunctionName: 'echo', InvocationType: 'Event', Payload: JSON.stringify({ id }) }),
      ),
  };
  const senders = Object.entries(ways).flatMap(([way, send]) => [1, 2].map(() => ({ way, send })));
  await Promise.all(
    senders.map(async ({ way, send }) => {
      while (!signal.aborted) {
        const id = `${way}:${randomUUID()}`;
        try {
          await send(id);
        } catch {
          return;
        }
        acknowledged.add(id);
      }
    }),
  );
}

/** Takes messages from the queue of results until all of `wanted` came or nothing more does; yields what is missing. */
export async function missingOf(
  { sqs }: Clients,
  wanted: ReadonlySet<string>,
  patienceMs: number,
): Promise<{ readonly missing: string[]; readonly received: number }> {
  const missing = new Set(wanted);
  let received = 0;
  for (let last = performance.now(); missing.size > 0 && performance.now() - last < patienceMs; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf('results'), MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) {
      await sleep(50);
      continue;
    }
    last = performance.now();
    received += Messages.length;
    for (const { Body = '' } of Messages) missing.delete(/(?:pipe|topic|function):[\da-f-]{36}/.exec(Body)?.[0] ?? '');
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: urlOf('results'), Entries }));
  }
  return { missing: [...missing], received };
}

function urlOf(queue: string): string {
  return `http://localhost/${account}/${queue}`;
}
