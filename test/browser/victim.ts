import { readFileSync } from 'node:fs';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startEndpoint } from 'local-aws';
import { until } from 'local-aws/testing';
import { awsConfig } from '#test/support/aws-config.ts';
import { outputNamed } from '#test/support/stack-outputs.ts';

/** An endpoint with something of everything in it. */
export type Victim = AsyncDisposable & {
  readonly port: number;
  /** The outputs of `test/fixtures/foreign-page/template.yml`. */
  output(name: string): string;
  /** All that a call of an AWS API or of a function could have changed. */
  state(): Promise<{ readonly invocations: readonly string[] }>;
};

/** Objects that a page could include, and learn from. */
const objects = {
  'secret.js': ['text/javascript', "globalThis.stolen = 'a script'"],
  'secret.css': ['text/css', 'body { --stolen: a stylesheet }'],
  'secret.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  'secret.html': ['text/html', '<body>a document</body>'],
} as const;

export async function startVictim(allowedHosts: readonly string[] = []): Promise<Victim> {
  const onError = (error: unknown): never => {
    throw new Error(String(error));
  };
  const endpoint = await startEndpoint({ port: 0, persist: undefined, allowedHosts, onError });
  const config = awsConfig(endpoint.url);
  const cloudFormation = new CloudFormationClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  const sns = new SNSClient(config);
  const lambda = new LambdaClient(config);
  const dynamoDb = new DynamoDBClient(config);

  const TemplateBody = readFileSync(new URL('../fixtures/foreign-page/template.yml', import.meta.url), 'utf8');
  await cloudFormation.send(
    new CreateStackCommand({ StackName: 'victim', TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
  );
  const stack = await until('the stack', () =>
    endpoint.stacks().find(({ status }) => !status.endsWith('_IN_PROGRESS')),
  );
  if (stack.status !== 'CREATE_COMPLETE') throw new Error(`the stack of the victim is ${stack.status}`);
  for (const [Key, [ContentType, Body]] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket: 'victim', Key, ContentType, Body }));
  }
  const QueueUrl = stack.outputs.Queue;

  return {
    port: endpoint.port,
    output: (name) => outputNamed(new Map(Object.entries(stack.outputs)), name),
    async state() {
      const [stacks, topics, subscriptions, queues, depth, buckets, listed, items, functions] = await Promise.all([
        cloudFormation.send(new DescribeStacksCommand()),
        sns.send(new ListTopicsCommand()),
        sns.send(new ListSubscriptionsCommand()),
        sqs.send(new ListQueuesCommand()),
        sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })),
        s3.send(new ListBucketsCommand()),
        s3.send(new ListObjectsV2Command({ Bucket: 'victim' })),
        dynamoDb.send(new ScanCommand({ TableName: 'victim' })),
        lambda.send(new ListFunctionsCommand()),
      ]);
      const invocations = (items.Items ?? []).map(({ id }) => id?.S ?? '').sort();
      return {
        stacks: stacks.Stacks?.map(({ StackName, StackStatus }) => [StackName, StackStatus]),
        topics: topics.Topics,
        subscriptions: subscriptions.Subscriptions?.map(({ Endpoint }) => Endpoint),
        queues: queues.QueueUrls,
        messages: depth.Attributes,
        buckets: buckets.Buckets?.map(({ Name }) => Name),
        objects: listed.Contents?.map(({ Key, ETag }) => [Key, ETag]),
        invocations,
        functions: functions.Functions?.map(({ FunctionName }) => FunctionName),
      };
    },
    [Symbol.asyncDispose]: () => endpoint.close(),
  };
}
