import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { AwsApi, AwsRequest } from '../../core/aws-api.ts';
import type { JsonObject } from '../../core/json.ts';
import { type InProcessServices, startInProcessServices } from '../../edge/in-process-services.fixture.ts';
import { startTestGateway, type TestApi } from './test-gateway.fixture.ts';

const Credentials = 'arn:aws:iam::000000000000:role/api';
const form = { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" };

let edge: InProcessServices;
let sqs: SQSClient;

before(async () => {
  edge = await startInProcessServices();
  sqs = new SQSClient(edge.clientConfig);
});
after(async () => {
  sqs.destroy();
  await edge.close();
});

/** A method that calls an AWS service and passes its answer on, 400 for a refusal. */
function service(Uri: string, integration: JsonObject, method: JsonObject = {}): JsonObject {
  return {
    Integration: {
      Type: 'AWS',
      IntegrationHttpMethod: 'POST',
      Uri: `arn:aws:apigateway:us-east-1:${Uri}`,
      Credentials,
      IntegrationResponses: [{ StatusCode: '200' }, { StatusCode: '400', SelectionPattern: '4\\d\\d' }],
      ...integration,
    },
    MethodResponses: [{ StatusCode: '200' }, { StatusCode: '400' }],
    ...method,
  };
}

async function createQueue(name: string): Promise<string> {
  // What was received does not come back, however long the test runs.
  const Attributes = { VisibilityTimeout: '43200' };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}

async function receive(QueueUrl: string) {
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }),
  );
  return message;
}

test('a form template sends a message to a queue', async (t) => {
  const queue = await createQueue('form');
  const gateway = await startTestGateway(t, { apis: { sqs: edge.sqs.api } });
  const api = await gateway.deploy({
    'POST /send': service('sqs:path/000000000000/form', {
      RequestParameters: form,
      RequestTemplates: {
        'application/json':
          'Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=who&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=$util.urlEncode($input.path("$.who"))',
      },
    }),
  });
  const answer = await api.send('POST', '/send', { body: '{"who":"Ann & Bob"}' });
  assert.equal(answer.status, 200);
  const { SendMessageResponse } = JSON.parse(answer.body);
  assert.match(SendMessageResponse.ResponseMetadata.RequestId, /^[0-9a-f-]{36}$/);
  const { MessageId, MD5OfMessageBody, SequenceNumber } = SendMessageResponse.SendMessageResult;
  assert.equal(SequenceNumber, null);

  const message = await receive(queue);
  assert.equal(message?.MessageId, MessageId);
  assert.equal(message?.MD5OfBody, MD5OfMessageBody);
  assert.equal(message?.Body, '{"who":"Ann & Bob"}');
  assert.equal(message?.MessageAttributes?.who?.StringValue, 'Ann & Bob');
});

test('mapped query parameters send a message too', async (t) => {
  const queue = await createQueue('mapped');
  const gateway = await startTestGateway(t, { apis: { sqs: edge.sqs.api } });
  const api = await gateway.deploy({
    'POST /send': service('sqs:path/000000000000/mapped', {
      RequestParameters: {
        'integration.request.querystring.Action': "'SendMessage'",
        'integration.request.querystring.MessageBody': 'method.request.body',
      },
    }),
  });
  assert.equal((await api.send('POST', '/send', { body: 'a=b & c' })).status, 200);
  assert.equal((await receive(queue))?.Body, 'a=b & c');
  // An empty body is `{}`.
  assert.equal((await api.send('POST', '/send')).status, 200);
  assert.equal((await receive(queue))?.Body, '{}');
});

test('any text arrives in the queue as it was sent', async (t) => {
  const queue = await createQueue('any-text');
  const gateway = await startTestGateway(t, { apis: { sqs: edge.sqs.api } });
  const api = await gateway.deploy({
    'POST /send': service('sqs:path/000000000000/any-text', {
      RequestParameters: form,
      RequestTemplates: { 'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)' },
    }),
  });
  const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(printable, async (name) => {
      const body = JSON.stringify({ name });
      assert.equal((await api.send('POST', '/send', { body })).status, 200);
      assert.equal((await receive(queue))?.Body, body);
    }),
    { numRuns: 30 },
  );
});

test('what SQS refuses comes as its error document with the status 400', async (t) => {
  await createQueue('gone');
  const gateway = await startTestGateway(t, { apis: { sqs: edge.sqs.api } });
  const call = (RequestTemplate: string) =>
    service('sqs:path/000000000000/gone', {
      RequestParameters: form,
      RequestTemplates: { 'application/json': RequestTemplate },
    });
  const api = await gateway.deploy({
    'POST /send': call('Action=SendMessage&MessageBody=x'),
    'POST /empty': call('Action=SendMessage'),
    'POST /unknown': call('Action=Explode'),
    'POST /number': call('Action=SendMessage&MessageBody=x&DelaySeconds=soon'),
  });
  const errorOf = async (path: string) => {
    const answer = await api.send('POST', path);
    assert.equal(answer.status, 400);
    return JSON.parse(answer.body).Error.Code;
  };
  assert.equal(await errorOf('/empty'), 'MissingParameter');
  assert.equal(await errorOf('/unknown'), 'InvalidAction');
  assert.equal(await errorOf('/number'), 'InvalidParameterValue');
  await sqs.send(new DeleteQueueCommand({ QueueUrl: `${edge.url}/000000000000/gone` }));
  assert.equal(await errorOf('/send'), 'AWS.SimpleQueueService.NonExistentQueue');
});

/** A service that notes what it is called with. */
function recorder(answer: object | string, status = 200): { api: AwsApi; calls: AwsRequest[] } {
  const calls: AwsRequest[] = [];
  const api: AwsApi = async (request) => {
    calls.push(request);
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
  };
  return { api, calls };
}

test('DynamoDB actions get the rendered JSON as the role, and templates read their answer', async (t) => {
  const { api: dynamodb, calls } = recorder({ Item: { id: { S: 'a' }, name: { S: 'O\'Neil "x" é' } } });
  const gateway = await startTestGateway(t, { apis: { dynamodb } });
  const api = await gateway.deploy({
    'GET /users/{id}': service('dynamodb:action/GetItem', {
      RequestTemplates: {
        'application/json': `{"TableName":"users","Key":{"id":{"S":"$util.escapeJavaScript($input.params('id')).replaceAll("\\\\'","'")"}}}`,
      },
      IntegrationResponses: [
        {
          StatusCode: '200',
          ResponseTemplates: {
            'application/json': `#set($item = $input.path('$.Item')){"id":"$item.id.S","name":"$util.escapeJavaScript($item.name.S).replaceAll("\\\\'","'")"}`,
          },
        },
      ],
    }),
  });
  const answer = await api.send('GET', `/users/${encodeURIComponent('it\'s "a" ü')}`);
  assert.deepEqual(JSON.parse(answer.body), { id: 'a', name: 'O\'Neil "x" é' });
  const [call] = calls;
  assert.equal(call?.headers['x-amz-target'], 'DynamoDB_20120810.GetItem');
  assert.deepEqual(JSON.parse(String(call?.body)), { TableName: 'users', Key: { id: { S: 'it\'s "a" ü' } } });
  assert.deepEqual(call?.principal, {
    kind: 'role',
    roleArn: Credentials,
    sessionName: 'BackplaneAssumeRoleSession',
    arn: 'arn:aws:sts::000000000000:assumed-role/api/BackplaneAssumeRoleSession',
  });
});

test('a status override reports an item that does not exist', async (t) => {
  const { api: dynamodb } = recorder({});
  const gateway = await startTestGateway(t, { apis: { dynamodb } });
  const api = await gateway.deploy({
    'GET /x': service('dynamodb:action/GetItem', {
      RequestTemplates: { 'application/json': '{}' },
      IntegrationResponses: [
        {
          StatusCode: '200',
          ResponseTemplates: {
            'application/json': `#if($input.path('$.Item') == "")#set($context.responseOverride.status = 404){}#end`,
          },
        },
      ],
    }),
  });
  assert.equal((await api.send('GET', '/x')).status, 404);
});

test('a publication to a topic is answered in JSON', async (t) => {
  const { api: sns, calls } = recorder(
    '<?xml version="1.0"?><PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m&amp;1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>',
  );
  const gateway = await startTestGateway(t, { apis: { sns } });
  const api = await gateway.deploy({
    'POST /publish': service('sns:action/Publish', {
      RequestParameters: {
        'integration.request.querystring.TopicArn': "'arn:aws:sns:us-east-1:000000000000:t'",
        'integration.request.querystring.Message': 'method.request.body.text',
      },
    }),
  });
  const answer = await api.send('POST', '/publish', { body: '{"text":"hé & llo"}' });
  assert.deepEqual(JSON.parse(answer.body), {
    PublishResponse: { PublishResult: { MessageId: 'm&1' }, ResponseMetadata: { RequestId: 'r' } },
  });
  assert.deepEqual(
    [...new URLSearchParams(String(calls[0]?.body))],
    [
      ['Action', 'Publish'],
      ['TopicArn', 'arn:aws:sns:us-east-1:000000000000:t'],
      ['Message', 'hé & llo'],
    ],
  );
});

test('an object is read from a bucket by mapped path parameters', async (t) => {
  const { api: s3, calls } = recorder('hello');
  const gateway = await startTestGateway(t, { apis: { s3 } });
  const api = await gateway.deploy({
    'GET /files/{key}': service(
      's3:path/bucket/{object}',
      {
        IntegrationHttpMethod: 'GET',
        RequestParameters: { 'integration.request.path.object': 'method.request.path.key' },
      },
      { RequestParameters: { 'method.request.path.key': true } },
    ),
  });
  assert.equal((await api.send('GET', '/files/a%20b')).body, 'hello');
  assert.deepEqual([calls[0]?.method, calls[0]?.path], ['GET', '/bucket/a%20b']);
});

test('HTTP integrations call out with what is mapped, and proxies with everything', async (t) => {
  const inner = await startTestGateway(t, {
    lambda: ({ httpMethod, path, headers, multiValueQueryStringParameters, body }) => ({
      statusCode: 201,
      headers: { 'X-Inner': 'yes' },
      body: JSON.stringify({ httpMethod, path, headers, query: multiValueQueryStringParameters, body }),
    }),
  });
  const target: TestApi = await inner.deploy({ 'ANY /{proxy+}': {} });
  const gateway = await startTestGateway(t);
  const http = (Type: string): JsonObject => ({
    RequestParameters: { 'method.request.path.id': true, 'method.request.header.X-One': false },
    Integration: {
      Type,
      IntegrationHttpMethod: 'ANY',
      Uri: target.url('/deep/{id}'),
      RequestParameters: {
        'integration.request.path.id': 'method.request.path.id',
        'integration.request.header.X-Mapped': 'method.request.header.X-One',
      },
      IntegrationResponses: [{ StatusCode: '200', SelectionPattern: '2..' }],
    },
    MethodResponses: [{ StatusCode: '200' }],
  });
  const api = await gateway.deploy({ 'ANY /proxy/{id}': http('HTTP_PROXY'), 'ANY /mapped/{id}': http('HTTP') });
  const request = { headers: { 'X-One': '1', 'X-Two': '2' }, body: 'payload' };

  const proxied = await api.send('PUT', '/proxy/7?a=1&a=2', request);
  assert.equal(proxied.status, 201);
  assert.equal(proxied.headers['x-inner'], 'yes');
  const seen = JSON.parse(proxied.body);
  assert.deepEqual([seen.httpMethod, seen.path, seen.body], ['PUT', '/deep/7', 'payload']);
  assert.deepEqual(seen.query, { a: ['1', '2'] });
  assert.deepEqual([seen.headers['X-Two'], seen.headers['x-mapped']], ['2', '1']);

  const mapped = await api.send('PUT', '/mapped/7?a=1', request);
  assert.equal(mapped.status, 200);
  assert.equal(mapped.headers['x-inner'], undefined);
  const part = JSON.parse(mapped.body);
  assert.deepEqual([part.query, part.headers['X-Two'], part.headers['x-mapped']], [null, undefined, '1']);
});

test('an HTTP endpoint that is not there is a 504', async (t) => {
  const gateway = await startTestGateway(t);
  const api = await gateway.deploy({
    'GET /x': { Integration: { Type: 'HTTP_PROXY', IntegrationHttpMethod: 'GET', Uri: 'http://127.0.0.1:1/x' } },
  });
  const answer = await api.send('GET', '/x');
  assert.deepEqual([answer.status, answer.body], [504, '{"message":"Internal server error"}']);
});
