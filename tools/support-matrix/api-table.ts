import { randomUUID } from 'node:crypto';
import * as z from 'zod';

/** The SDK's own description of an operation, as far as it is needed to call it. */
const operationSchema = z
  .tuple([z.number(), z.string(), z.string(), z.unknown()])
  .rest(z.unknown())
  .transform(([, , name, traits]) => ({ name, http: httpSchema.safeParse(traits).data?.http }));
const httpSchema = z.object({ http: z.tuple([z.string(), z.string()]).rest(z.unknown()) });
type Operation = z.infer<typeof operationSchema>;

type Service = {
  readonly title: string;
  readonly client: string;
  /** The name in signatures. */
  readonly signedAs: string;
  /** Of the JSON services; the others are called by Action or by method and path. */
  readonly target?: string;
};

const services: readonly Service[] = [
  { title: 'API Gateway (REST)', client: 'api-gateway', signedAs: 'apigateway' },
  { title: 'API Gateway (HTTP)', client: 'apigatewayv2', signedAs: 'apigateway' },
  { title: 'CloudFormation', client: 'cloudformation', signedAs: 'cloudformation' },
  { title: 'CloudWatch', client: 'cloudwatch', signedAs: 'monitoring' },
  { title: 'CloudWatch Logs', client: 'cloudwatch-logs', signedAs: 'logs', target: 'Logs_20140328' },
  { title: 'CodeDeploy', client: 'codedeploy', signedAs: 'codedeploy', target: 'CodeDeploy_20141006' },
  { title: 'DynamoDB', client: 'dynamodb', signedAs: 'dynamodb', target: 'DynamoDB_20120810' },
  {
    title: 'DynamoDB Streams',
    client: 'dynamodb-streams',
    signedAs: 'dynamodb',
    target: 'DynamoDBStreams_20120810',
  },
  { title: 'EventBridge', client: 'eventbridge', signedAs: 'events', target: 'AWSEvents' },
  { title: 'EventBridge Pipes', client: 'pipes', signedAs: 'pipes' },
  { title: 'EventBridge Scheduler', client: 'scheduler', signedAs: 'scheduler' },
  { title: 'IAM', client: 'iam', signedAs: 'iam' },
  { title: 'KMS', client: 'kms', signedAs: 'kms', target: 'TrentService' },
  { title: 'Lambda', client: 'lambda', signedAs: 'lambda' },
  { title: 'S3', client: 's3', signedAs: 's3' },
  { title: 'Secrets Manager', client: 'secrets-manager', signedAs: 'secretsmanager', target: 'secretsmanager' },
  { title: 'SNS', client: 'sns', signedAs: 'sns' },
  { title: 'SQS', client: 'sqs', signedAs: 'sqs', target: 'AmazonSQS' },
  { title: 'Systems Manager', client: 'ssm', signedAs: 'ssm', target: 'AmazonSSM' },
  { title: 'STS', client: 'sts', signedAs: 'sts' },
];

/** Refusals of what is not implemented, as opposed to refusals of the empty input that each action gets here. */
const refusal =
  /does not implement|UnsupportedOperation|InvalidAction|is not valid for this endpoint|NotImplemented|MethodNotAllowed/;

/** What tells these from other actions of S3 with the same method and path. */
const queries: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: '?uploadId=x',
  ListParts: '?uploadId=x',
};
/** Nothing tells it from ListBuckets but the host, which the SDK derives. */
const lookAlikes = new Set(['ListDirectoryBuckets']);

/** Calls every action that the SDK knows on the endpoint at `url`, and lists those that it does not refuse by name. */
export async function renderApiTable(url: string): Promise<string> {
  const rows: string[] = [];
  for (const service of services) {
    const operations = await operationsOf(service);
    const served: string[] = [];
    for (const operation of operations) {
      if (await isServed(url, service, operation)) served.push(operation.name);
    }
    rows.push(`| ${service.title} | ${served.sort().join(', ')} |`);
  }
  return `| service | actions |\n|---|---|\n${rows.join('\n')}\n`;
}

async function operationsOf({ client }: Service): Promise<Operation[]> {
  const module: Record<string, unknown> = await import(`@aws-sdk/client-${client}`);
  return Object.entries(module).flatMap(([name, command]) => {
    if (!/^\w+Command$/.test(name) || typeof command !== 'function') return [];
    const { schema } = Reflect.construct(command, [{}]);
    return [operationSchema.parse(schema)];
  });
}

async function isServed(
  url: string,
  { client, signedAs, target }: Service,
  { name, http }: Operation,
): Promise<boolean> {
  if (lookAlikes.has(name)) return false;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${signedAs}/aws4_request, SignedHeaders=host, Signature=x`,
  };
  const request =
    target !== undefined
      ? { method: 'POST', path: '/', headers: { ...headers, 'x-amz-target': `${target}.${name}` }, body: '{}' }
      : http === undefined
        ? { method: 'POST', path: '/', headers, body: new URLSearchParams({ Action: name }) }
        : { method: http[0], path: restPath(client, http[1]) + (queries[name] ?? ''), headers, body: undefined };
  const response = await fetch(url + request.path, {
    method: request.method,
    headers: request.headers,
    ...(request.body !== undefined && { body: request.body }),
  });
  const text = await response.text();
  return response.status !== 405 && response.status !== 501 && !refusal.test(text);
}

/** With names that nothing has. */
function restPath(client: string, template: string): string {
  const path = template.replaceAll(/\{\w+\+?\}/g, () => randomUUID().slice(0, 8));
  return client === 's3' ? `/matrix${path}` : path;
}
