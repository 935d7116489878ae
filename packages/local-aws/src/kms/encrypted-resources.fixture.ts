import type { JsonObject } from '../core/json.ts';

const root = { AWS: 'arn:aws:iam::000000000000:root' };
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
export const keyWith = (...Statement: JsonObject[]): JsonObject => ({
  Type: 'AWS::KMS::Key',
  Properties: { EnableKeyRotation: true, PendingWindowInDays: 7, KeyPolicy: { Version: '2012-10-17', Statement } },
});
export const leftToAccount = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' };
const forService = (Service: string): JsonObject => ({
  Effect: 'Allow',
  Principal: { Service },
  Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
  Resource: '*',
});
const role = (name: string, ...Statement: JsonObject[]): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: root, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }],
  },
});
const everything = {
  Effect: 'Allow',
  Action: ['sqs:*', 'sns:*', 'dynamodb:*', 'secretsmanager:*', 'ssm:*'],
  Resource: '*',
};
const queue = (QueueName: string, KmsMasterKeyId: JsonObject | string): JsonObject => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, KmsMasterKeyId },
});
const fromTopic = (logicalId: string): JsonObject => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: arnOf(logicalId), RawMessageDelivery: true },
});

/** Resources that are encrypted with keys, and roles that have or lack the permissions for them. */
export const encryptedResources: JsonObject = {
  Key: keyWith(leftToAccount, forService('sns.amazonaws.com'), forService('logs.us-east-1.amazonaws.com')),
  OwnKey: keyWith({ ...leftToAccount, Action: ['kms:PutKeyPolicy', 'kms:Describe*'] }),
  Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/shop', TargetKeyId: { Ref: 'Key' } } },
  Orders: queue('orders', arnOf('Key')),
  Closed: queue('closed', arnOf('OwnKey')),
  Managed: queue('managed', 'alias/aws/sqs'),
  Unknown: queue('unknown', '11111111-2222-3333-4444-555555555555'),
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'orders', KmsMasterKeyId: 'alias/shop' } },
  ToOrders: fromTopic('Orders'),
  ToManaged: fromTopic('Managed'),
  MayPublish: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Orders' }, { Ref: 'Managed' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
        ],
      },
    },
  },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { Ref: 'Key' } },
    },
  },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'encrypted-orders',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arnOf('Key') } },
        ],
      },
    },
  },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/orders', KmsKeyId: arnOf('Key') } },
  Secret: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name: 'orders', SecretString: 'hidden', KmsKeyId: { Ref: 'Key' } },
  },
  Bare: role('bare', everything),
  Keyed: role('keyed', everything, {
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Encrypt', 'kms:Decrypt'],
    Resource: [arnOf('Key'), arnOf('OwnKey')],
  }),
  Through: role('through', everything, {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:Encrypt'],
    Resource: arnOf('Key'),
    Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
  }),
};
