import { zipSync } from 'fflate';

/** A request that took seconds to hours, or all memory, before it had a bound. */
export type HostileInput = {
  readonly name: string;
  /** The statuses that AWS, or the endpoint where AWS has no answer, may give. */
  readonly statuses: readonly number[];
  send(url: string): Promise<{ readonly status: number; readonly body: string }>;
};

type Sent = { readonly status: number; readonly body: string };

async function send(url: string, init: RequestInit): Promise<Sent> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
}

const credential = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

function sendForm(url: string, service: string, body: string): Promise<Sent> {
  const headers = { authorization: credential(service), 'content-type': 'application/x-www-form-urlencoded' };
  return send(url, { method: 'POST', headers, body });
}

function sendJson(url: string, service: string, target: string, input: object | string): Promise<Sent> {
  const headers = {
    authorization: credential(service),
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': target,
  };
  return send(url, { method: 'POST', headers, body: typeof input === 'string' ? input : JSON.stringify(input) });
}

function createStack(url: string, StackName: string, template: object | string): Promise<Sent> {
  const TemplateBody = typeof template === 'string' ? template : JSON.stringify(template);
  const form = new URLSearchParams({ Action: 'CreateStack', Version: '2010-05-15', StackName, TemplateBody });
  return sendForm(url, 'cloudformation', form.toString());
}

const queue = { Queue: { Type: 'AWS::SQS::Queue' } };

/** Each level repeats the level below ten times. */
function multiplied(levels: number): unknown {
  return levels === 0 ? 'x' : { 'Fn::Sub': [`\${a}`.repeat(10), { a: multiplied(levels - 1) }] };
}

const logs = (action: string) => `Logs_20140328.${action}`;

function filterEvents(name: string, message: string, filterPattern: string): HostileInput {
  return {
    name,
    statuses: [200],
    send: async (url) => {
      const group = { logGroupName: `hostile-${name.replaceAll(/\W/g, '-')}` };
      const stream = { ...group, logStreamName: 'events' };
      await sendJson(url, 'logs', logs('CreateLogGroup'), group);
      await sendJson(url, 'logs', logs('CreateLogStream'), stream);
      const logEvents = [{ timestamp: Date.now(), message }];
      await sendJson(url, 'logs', logs('PutLogEvents'), { ...stream, logEvents });
      return sendJson(url, 'logs', logs('FilterLogEvents'), { ...group, filterPattern });
    },
  };
}

function lyingZip(): Buffer {
  const zip = Buffer.from(zipSync({ 'index.js': new Uint8Array(300_000_000) }, { level: 1 }));
  zip.writeUInt32LE(10, 22);
  zip.writeUInt32LE(10, zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  return zip;
}

const dynamoDb = (action: string) => `DynamoDB_20120810.${action}`;

/** Puts an item whose list has so many members. */
function putDenseItem(members: number): HostileInput {
  return {
    name: `item with a list of ${members.toLocaleString('en')} numbers`,
    statuses: [200, 400],
    send: async (url) => {
      const TableName = `dense-${members}`;
      await sendJson(url, 'dynamodb', dynamoDb('CreateTable'), {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      });
      const list = Array.from({ length: members }, () => ({ N: '1' }));
      return sendJson(url, 'dynamodb', dynamoDb('PutItem'), { TableName, Item: { id: { S: 'a' }, list: { L: list } } });
    },
  };
}

function createFunction(url: string, body: object | string): Promise<Sent> {
  return send(`${url}/2015-03-31/functions`, {
    method: 'POST',
    headers: { authorization: credential('lambda'), 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const functionOf = (ZipFile: string) => ({
  FunctionName: 'hostile',
  Role: 'arn:aws:iam::000000000000:role/none',
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Code: { ZipFile },
});

export const hostileInputs: readonly HostileInput[] = [
  {
    name: 'AllowedPattern ^(a+)+$',
    statuses: [400],
    send: (url) =>
      createStack(url, 'pattern', {
        Parameters: { P: { Type: 'String', AllowedPattern: '^(a+)+$', Default: `${'a'.repeat(60)}!` } },
        Resources: queue,
      }),
  },
  {
    name: 'form with 200 keys of 5,000 levels',
    statuses: [400],
    send: (url) =>
      sendForm(
        url,
        'sts',
        `Action=GetCallerIdentity&${Array.from({ length: 200 }, (_, key) => `${'a.'.repeat(5000)}${key}=1`).join('&')}`,
      ),
  },
  {
    name: 'form with 500,000 parameters',
    statuses: [400],
    send: (url) => sendForm(url, 'sqs', `Action=ListQueues${'&a=1'.repeat(500_000)}`),
  },
  {
    name: 'Fn::Sub in Fn::Sub, 10^12 characters',
    statuses: [200, 400],
    send: (url) =>
      createStack(url, 'multiplied', {
        Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: multiplied(12) } } },
      }),
  },
  {
    name: 'Fn::Sub with 12,000 unclosed braces',
    statuses: [200, 400],
    send: (url) =>
      createStack(url, 'unclosed', {
        Resources: {
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${'.repeat(12_000) } } },
        },
      }),
  },
  {
    name: 'YAML aliases, 10^9 nodes',
    statuses: [400],
    send: (url) => {
      const levels = Array.from({ length: 9 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(10)}]`);
      return createStack(url, 'aliases', `l0: &l0 [x]\n${levels.join('\n')}\nResources: {}\n`);
    },
  },
  {
    name: 'JSON of 500,000 levels',
    statuses: [400],
    send: (url) =>
      sendJson(url, 'sqs', 'AmazonSQS.SendMessage', `{"QueueUrl":${'['.repeat(500_000)}${']'.repeat(500_000)}}`),
  },
  filterEvents('log filter %a*a*a*a*a*a*b%', 'a'.repeat(200_000), '%a*a*a*a*a*a*b%'),
  filterEvents(
    'log filter with a number of 200,000 digits',
    JSON.stringify({ n: `${'1'.repeat(200_000)}x` }),
    '{ $.n > 5 }',
  ),
  filterEvents('log filter with 100,000 open brackets', '[ '.repeat(100_000), '[a, b, ...]'),
  {
    name: 'package that says 10 bytes and holds 300 MB',
    statuses: [400],
    send: (url) => createFunction(url, functionOf(lyingZip().toString('base64'))),
  },
  {
    name: 'package of 70 MB that is no zip',
    statuses: [400, 413],
    send: (url) => createFunction(url, functionOf('A'.repeat(70_000_000))),
  },
  {
    name: 'function with 70 MB of JSON values',
    statuses: [400, 413],
    send: (url) => createFunction(url, `{"FunctionName":[${'0,'.repeat(35_000_000)}0]}`),
  },
  {
    name: 'function with 70 MB of spaces',
    statuses: [400, 413],
    send: (url) => createFunction(url, `{"FunctionName":"a"${' '.repeat(70_000_000)}}`),
  },
  {
    name: 'function with 70 MB of escapes',
    statuses: [400, 413],
    send: (url) => createFunction(url, `{"FunctionName":"${'\\n'.repeat(35_000_000)}"}`),
  },
  putDenseItem(40_000),
  putDenseItem(160_000),
  putDenseItem(1_500_000),
  {
    name: 'message of 1 MB of escapes',
    statuses: [400],
    send: (url) =>
      sendJson(url, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl: `${url}/none`, MessageBody: '\u0001'.repeat(170_000) }),
  },
];
