import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, DisableKeyCommand, EnableKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type ClientConfig, type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import { encryptedResources, keyWith, leftToAccount } from './encrypted-resources.fixture.ts';

const notes: string[] = [];
let endpoint: Endpoint;
let developer: ClientConfig;
let bare: ClientConfig;
let keyed: ClientConfig;
let through: ClientConfig;
before(async () => {
  endpoint = await startEndpoint({ onNote: (note) => notes.push(note) });
  developer = endpoint.clientConfig;
  assert.match(await deploy('shop', encryptedResources), /CREATE_COMPLETE/);
  [bare, keyed, through] = await Promise.all([assume('bare'), assume('keyed'), assume('through')]);
});
after(() => endpoint.close());

async function deploy(name: string, Resources: object): Promise<string> {
  const response = await fetch(`${endpoint.url}/_local/api/stacks/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ template: { Resources } }),
  });
  return response.text();
}
async function assume(role: string): Promise<ClientConfig> {
  const { Credentials } = await new STSClient(developer).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::000000000000:role/${role}`, RoleSessionName: 'test' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { ...developer, credentials };
}

const urlOf = (queue: string) => `${endpoint.url}/000000000000/${queue}`;
const send = (config: ClientConfig, queue: string) =>
  new SQSClient(config).send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: 'order' }));
const receive = async (config: ClientConfig, queue: string) =>
  (await new SQSClient(config).send(new ReceiveMessageCommand({ QueueUrl: urlOf(queue) }))).Messages?.[0]?.Body;
const publish = (config: ClientConfig, Message = 'order') =>
  new SNSClient(config).send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:orders', Message }));
const get = (config: ClientConfig) =>
  new DynamoDBClient(config).send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } }));
const denied = (name: string, action: string, by = 'identity') => ({
  name,
  message: new RegExp(
    `not authorized to perform: ${action} on resource: arn:aws:kms:\\S+ because no ${by}-based policy`,
  ),
});

describe('an encrypted queue', () => {
  it('takes messages of who may generate data keys, and gives them to who may decrypt', async () => {
    await assert.rejects(send(bare, 'orders'), denied('KmsAccessDenied', 'kms:GenerateDataKey'));
    await send(keyed, 'orders');
    await assert.rejects(receive(bare, 'orders'), denied('KmsAccessDenied', 'kms:Decrypt'));
    assert.equal(await receive(keyed, 'orders'), 'order');
  });

  it('is open to everybody in the account with the key of SQS', async () => {
    await send(bare, 'managed');
    assert.equal(await receive(bare, 'managed'), 'order');
  });

  it('is closed where the policy of the key does not leave it to identity policies', async () => {
    await assert.rejects(send(keyed, 'closed'), denied('KmsAccessDenied', 'kms:GenerateDataKey', 'resource'));
  });

  it('is made with a key that does not exist, and takes no message', async () => {
    await assert.rejects(send(developer, 'unknown'), {
      name: 'KmsNotFound',
      message: "Key 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555' does not exist",
    });
  });
});

describe('an encrypted topic', () => {
  it('takes messages of who may use its key', async () => {
    await assert.rejects(publish(bare), denied('KMSAccessDeniedException', 'kms:GenerateDataKey'));
    await publish(keyed);
    await until('the message', async () => (await receive(keyed, 'orders')) === 'order');
  });

  it('reaches a queue only if the policy of its key names SNS, as that of the key of SQS does not', async () => {
    notes.length = 0;
    await publish(developer, 'named');
    await until('the message', async () => (await receive(developer, 'orders')) === 'named');
    assert.deepEqual(
      notes.map((note) => /deliver to sqs \S+:(\w+): The policies/.exec(note)?.[1]),
      ['managed'],
    );
  });
});

describe('an encrypted table', () => {
  it('shows its key', async () => {
    const { Table } = await new DynamoDBClient(developer).send(new DescribeTableCommand({ TableName: 'orders' }));
    assert.equal(Table?.SSEDescription?.SSEType, 'KMS');
    assert.match(Table?.SSEDescription?.KMSMasterKeyArn ?? '', /^arn:aws:kms:us-east-1:000000000000:key\//);
  });

  it('is read and written by who may decrypt', async () => {
    await assert.rejects(get(bare), denied('AccessDeniedException', 'kms:Decrypt'));
    const put = new PutItemCommand({ TableName: 'orders', Item: { id: { S: '1' } } });
    await assert.rejects(new DynamoDBClient(bare).send(put), { message: /^KMS key access denied error: User: / });
    await new DynamoDBClient(keyed).send(put);
    assert.deepEqual((await get(keyed)).Item, { id: { S: '1' } });
  });

  it('can have a role that uses the key through DynamoDB alone', async () => {
    await get(through);
    const KeyId = 'alias/shop';
    const encrypt = new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') });
    await assert.rejects(new KMSClient(through).send(encrypt), denied('AccessDeniedException', 'kms:Encrypt'));
    const { CiphertextBlob } = await new KMSClient(keyed).send(encrypt);
    const decrypt = new DecryptCommand({ CiphertextBlob });
    await assert.rejects(new KMSClient(through).send(decrypt), denied('AccessDeniedException', 'kms:Decrypt'));
  });

  it('is not made with a key that does not exist', async () => {
    const { Table } = encryptedResources;
    const text = JSON.stringify({ Table })
      .replaceAll('{"Ref":"Key"}', '"alias/nothing"')
      .replace('"orders"', '"other"');
    assert.match(
      await deploy('other', JSON.parse(text)),
      /KMS validation error: NotFoundException: Alias \S+ is not found/,
    );
  });
});

describe('an encrypted log group', () => {
  it('shows its key', async () => {
    const { logGroups } = await new CloudWatchLogsClient(developer).send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/orders' }),
    );
    assert.match(logGroups?.[0]?.kmsKeyId ?? '', /^arn:aws:kms:/);
  });

  it('needs a key whose policy names CloudWatch Logs', async () => {
    const Group = {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/closed', KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    };
    const refusal =
      /The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:000000000000:log-group:\/closed'/;
    assert.match(await deploy('closed', { Key: keyWith(leftToAccount), Group }), refusal);
    const create = new CreateLogGroupCommand({ logGroupName: '/closed', kmsKeyId: 'alias/shop' });
    await assert.rejects(new CloudWatchLogsClient(developer).send(create), {
      name: 'InvalidParameterException',
      message: 'The specified KMS Key Id could not be found.',
    });
  });
});

describe('an encrypted bucket', () => {
  const objectOf = (config: ClientConfig) => {
    const client = new S3Client({ ...config, forcePathStyle: true });
    const object = { Bucket: 'encrypted-orders', Key: 'a' };
    return {
      put: (more: Partial<PutObjectCommandInput> = {}) =>
        client.send(new PutObjectCommand({ ...object, Body: 'x', ...more })),
      get: () => client.send(new GetObjectCommand(object)),
    };
  };

  it('takes objects of who may generate data keys, and gives them to who may decrypt', async () => {
    await assert.rejects(objectOf(bare).put(), denied('AccessDenied', 'kms:GenerateDataKey'));
    await objectOf(keyed).put();
    await assert.rejects(objectOf(bare).get(), denied('AccessDenied', 'kms:Decrypt'));
    assert.equal(await (await objectOf(keyed).get()).Body?.transformToString(), 'x');
  });

  // What AWS was recorded to answer in test_s3_sse_validate_kms_key of LocalStack.
  it('takes no object with a key that does not exist', async () => {
    const SSEKMSKeyId = '134f2428-cec1-4b25-a1ae-9048164dba47';
    await assert.rejects(objectOf(developer).put({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId }), {
      name: 'KMS.NotFoundException',
      message: `Key 'arn:aws:kms:us-east-1:000000000000:key/${SSEKMSKeyId}' does not exist`,
    });
    await objectOf(bare).put({ ServerSideEncryption: 'AES256' });
  });
});

describe('an encrypted secret or parameter', () => {
  it('is read by who may decrypt', async () => {
    const read = new GetSecretValueCommand({ SecretId: 'orders' });
    await assert.rejects(new SecretsManagerClient(bare).send(read), {
      name: 'AccessDeniedException',
      message: 'Access to KMS is not allowed',
    });
    assert.equal((await new SecretsManagerClient(keyed).send(read)).SecretString, 'hidden');

    const put = new PutParameterCommand({ Name: '/shop/key', Value: 'v', Type: 'SecureString', KeyId: 'alias/shop' });
    await assert.rejects(new SSMClient(bare).send(put), denied('AccessDeniedException', 'kms:Encrypt'));
    await new SSMClient(keyed).send(put);
    const get = (config: ClientConfig, WithDecryption: boolean) =>
      new SSMClient(config).send(new GetParameterCommand({ Name: '/shop/key', WithDecryption }));
    await get(bare, false);
    await assert.rejects(get(bare, true), denied('AccessDeniedException', 'kms:Decrypt'));
    assert.equal((await get(keyed, true)).Parameter?.Value, 'v');
  });

  it('is not written with a key that does not exist', async () => {
    const put = { Name: '/shop/none', Value: 'v', Type: 'SecureString', KeyId: 'alias/nothing' } as const;
    await assert.rejects(new SSMClient(developer).send(new PutParameterCommand(put)), { name: 'InvalidKeyId' });
    await new SSMClient(bare).send(new PutParameterCommand({ ...put, KeyId: undefined }));
  });
});

it('nothing is read or written while the key is disabled', async () => {
  const kms = new KMSClient(developer);
  const KeyId = 'alias/shop';
  await kms.send(new DisableKeyCommand({ KeyId }));
  const message = /key\/[\w-]+ is disabled/;
  await assert.rejects(send(developer, 'orders'), { name: 'KmsDisabled', message });
  await assert.rejects(publish(developer), { name: 'KMSDisabledException', message });
  await assert.rejects(get(developer), { name: 'ValidationException', message });
  const object = new GetObjectCommand({ Bucket: 'encrypted-orders', Key: 'a' });
  await assert.rejects(new S3Client({ ...developer, forcePathStyle: true }).send(object), {
    name: 'KMS.DisabledException',
    message,
  });
  await assert.rejects(new SecretsManagerClient(developer).send(new GetSecretValueCommand({ SecretId: 'orders' })), {
    name: 'DecryptionFailure',
  });
  await kms.send(new EnableKeyCommand({ KeyId }));
  await send(developer, 'orders');
});

it('a function is not made with a key that cannot encrypt its variables', async () => {
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  };
  const Handler = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: 'exports.handler = () => {};' },
      KmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/shop',
    },
  };
  assert.match(
    await deploy('function', { Role, Handler }),
    /KMS key is invalid for CreateGrant.*Key Aliases are not supported/,
  );
});
