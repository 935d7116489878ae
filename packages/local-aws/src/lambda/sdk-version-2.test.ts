import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildSync } from 'esbuild';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { zip } from './lambda.fixture.ts';

const useServices = `
const [SQS, S3, STS] = [require('aws-sdk/clients/sqs'), require('aws-sdk/clients/s3'), require('aws-sdk/clients/sts')];
exports.handler = async ({ QueueName, Bucket }) => {
  const sqs = new SQS();
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName }).promise();
  await sqs.sendMessage({ QueueUrl, MessageBody: 'from version 2' }).promise();
  // Once with the bucket in the name of the host, once in the path.
  await new S3().putObject({ Bucket, Key: 'a/b.txt', Body: 'kept' }).promise();
  const { Body } = await new S3({ s3ForcePathStyle: true }).getObject({ Bucket, Key: 'a/b.txt' }).promise();
  const { Arn } = await new STS().getCallerIdentity().promise();
  return { object: Body.toString(), Arn };
};`;

/** Signs with its own credentials, with others, and not at all. No name server knows the host. */
const callElsewhere = `
const { request } = require('https');
const host = 'no-such-service.us-east-1.amazonaws.com';
const outcome = (headers) => new Promise((resolve) => {
  request({ host, path: '/', headers }, ({ statusCode }) => resolve(statusCode)).on('error', ({ code }) => resolve(code)).end();
});
const signedBy = (key) => ({ Authorization: \`AWS4-HMAC-SHA256 Credential=\${key}/20260101/us-east-1/no-such-service/aws4_request, SignedHeaders=host, Signature=x\` });
exports.handler = async () => ({
  own: await outcome(signedBy(process.env.AWS_ACCESS_KEY_ID)),
  others: await outcome(signedBy('AKIAOTHER')),
  unsigned: await outcome({}),
});`;

/** Version 2 is a part of the code, as the runtimes of today have none. The Serverless CLI brings it to this repository. */
function bundle(contents: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    platform: 'node',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

describe('a function with version 2 of the AWS SDK', () => {
  const region = 'eu-central-1';
  let endpoint: Endpoint;
  let lambda: LambdaClient;
  before(async () => {
    endpoint = await startEndpoint({ iam: false });
    lambda = new LambdaClient({ ...endpoint.clientConfig, region });
  });
  after(async () => {
    lambda.destroy();
    await endpoint.close();
  });

  async function run(code: string, event: object): Promise<unknown> {
    const FunctionName = `f-${Date.now()}`;
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/old',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 30,
        MemorySize: 512,
        Code: { ZipFile: zip({ 'index.js': bundle(code) }) },
      }),
    );
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    return JSON.parse(Payload?.transformToString() ?? '');
  }

  it('calls the services of the endpoint, in its own region', async () => {
    const config = { ...endpoint.clientConfig, region };
    const sqs = new SQSClient(config);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'old-style' }));
    await new S3Client({ ...config, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'old-bucket' }));
    const result = await run(useServices, { QueueName: 'old-style', Bucket: 'old-bucket' });
    const { object, Arn } = Object(result);
    assert.equal(object, 'kept', JSON.stringify(result));
    assert.match(Arn, /^arn:aws:sts::000000000000:assumed-role\/old\/f-/);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    assert.equal(Messages[0]?.Body, 'from version 2');
  });

  it('sends what it does not sign with its own credentials where it says', async () => {
    const { own, ...elsewhere } = Object(await run(callElsewhere, {}));
    assert.equal(own, 400);
    for (const code of Object.values(elsewhere)) assert.match(String(code), /^(?:ENOTFOUND|EAI_AGAIN)$/);
  });
});
