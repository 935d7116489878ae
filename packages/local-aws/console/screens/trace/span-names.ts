import type { Span } from '../../../src/console/api-types.ts';
import { shortName } from '../../state/nodes.ts';
import { nodeOf } from '../../state/system.ts';

const services: Readonly<Record<string, string>> = {
  apigateway: 'API Gateway',
  'execute-api': 'API Gateway',
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  dynamodbstreams: 'DynamoDB Streams',
  codedeploy: 'CodeDeploy',
  sqs: 'SQS',
  sns: 'SNS',
  s3: 'S3',
  pipes: 'EventBridge Pipes',
  events: 'EventBridge',
  scheduler: 'EventBridge Scheduler',
  monitoring: 'CloudWatch',
  cloudwatch: 'CloudWatch',
  logs: 'CloudWatch Logs',
  iam: 'IAM',
  sts: 'STS',
};

const mechanisms: Readonly<Record<string, string>> = {
  queue: 'Queue delivers',
  stream: 'Stream delivers',
  pipe: 'Pipe delivers',
  topic: 'Topic delivers',
  async: 'Asynchronous invocation',
  destination: 'Destination',
  'dead-letter': 'Moved to the dead-letter queue',
  alarm: 'Alarm acts',
  schedule: 'Schedule fires',
  bus: 'Event bus delivers',
};

const serviceName = (service: string): string => services[service] ?? service;

/** What the span does, in a few words. */
export function spanTitle({ kind, service, resource, operation, attributes, status, nodeId }: Span): string {
  switch (kind) {
    case 'request':
      return operation;
    case 'gateway':
      return `API Gateway ${operation}`.trim();
    case 'authorizer':
      return `Authorizer ${resource}`;
    case 'invocation': {
      const node = nodeOf(nodeId);
      return node === undefined ? resource : shortName(node);
    }
    case 'call':
      return `${serviceName(service)} ${operation}`;
    case 'delivery': {
      const title = mechanisms[attributes.mechanism ?? ''] ?? operation;
      return status === 'filtered' ? 'No match' : title;
    }
  }
}

/** What the title leaves out. */
export function spanDetail({ kind, resource, operation, nodeId }: Span): string {
  const node = nodeOf(nodeId);
  const name = node === undefined ? resource : shortName(node);
  if (kind === 'call' || kind === 'delivery' || kind === 'request') return name;
  return kind === 'invocation' || operation !== '' ? '' : name;
}
