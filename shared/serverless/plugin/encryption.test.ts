import { expect, test } from '@jest/globals';
import { encryptWithKey } from './encryption.ts';
import { readParameters } from './parameters.ts';
import type { Resource } from './template.ts';

const key = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const role = (...Action: string[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [
      { PolicyName: 'own', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:any' }] } },
    ],
  },
});

function encrypted(
  Resources: Record<string, Resource>,
  { encryptionKey = 'customer', name = 'shop' } = {},
): Record<string, Resource> {
  const parameters = { ...readParameters('dev', {}), encryptionKey };
  encryptWithKey({ Resources }, { name, parameters, platform: { encryptionKeyArn: key }, note: () => {} });
  return Resources;
}
const added = (resource: Resource | undefined) => JSON.stringify(resource?.Properties?.Policies).match(/"kms:[^"]+"/g);

test('each kind of resource names the key where AWS wants it', () => {
  const { Table, Queue, Topic, Logs, Bucket } = encrypted({
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { SSESpecification: { SSEEnabled: true } } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true, DelaySeconds: 1 } },
    Topic: { Type: 'AWS::SNS::Topic' },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 1 } },
    Bucket: { Type: 'AWS::S3::Bucket' },
  });
  expect(Table?.Properties).toStrictEqual({
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
  });
  expect(Queue?.Properties).toStrictEqual({ DelaySeconds: 1, KmsMasterKeyId: key });
  expect(Topic?.Properties).toStrictEqual({ KmsMasterKeyId: key });
  expect(Logs?.Properties).toStrictEqual({ RetentionInDays: 1, KmsKeyId: key });
  expect(JSON.stringify(Bucket?.Properties)).toContain(`"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"${key}"`);
});

test('a role may use the key as far as it uses what is encrypted, through those services alone', () => {
  const { Sender, Consumer, Reader, Caller } = encrypted({
    Sender: role('sqs:SendMessage'),
    Consumer: role('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'dynamodb:PutItem'),
    Reader: role('dynamodb:GetRecords', 'dynamodb:DescribeStream'),
    Caller: role('lambda:InvokeFunction', 'dynamodb:DescribeTable'),
  });
  expect(added(Sender)).toStrictEqual(['"kms:Decrypt"', '"kms:GenerateDataKey"', '"kms:ViaService"']);
  expect(added(Consumer)).toStrictEqual(['"kms:Decrypt"', '"kms:ViaService"']);
  expect(JSON.stringify(Consumer)).toMatch(
    /"dynamodb\.\$\{AWS::Region\}[^}]+\}"\},\{"Fn::Sub":"sqs\.\$\{AWS::Region\}/,
  );
  expect(JSON.stringify(Reader)).not.toContain('sqs.');
  expect(added(Caller)).toBeNull();
});

test('a key of your own takes the place of the one that platform makes', () => {
  const { Topic } = encrypted({ Topic: { Type: 'AWS::SNS::Topic' } }, { encryptionKey: `${key}0` });
  expect(Topic?.Properties?.KmsMasterKeyId).toBe(`${key}0`);
});

test('platform refers to the key that it makes, under the condition that the key has', () => {
  const { Topic } = encrypted({ Topic: { Type: 'AWS::SNS::Topic' } }, { name: 'platform' });
  expect(Topic?.Properties?.KmsMasterKeyId).toStrictEqual({
    'Fn::If': ['MakesEncryptionKey', { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] }, { Ref: 'AWS::NoValue' }],
  });
});

test('nothing changes where AWS has the keys', () => {
  const resources = () => ({ Topic: { Type: 'AWS::SNS::Topic' }, Sender: role('sqs:SendMessage') });
  expect(encrypted(resources(), { encryptionKey: 'aws' })).toStrictEqual(resources());
});
