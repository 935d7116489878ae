import type { ServiceContext } from './service-context.ts';
import { type Resource, resourcesOfType, type Template, valueAt } from './template.ts';

/** Where the key of a kind of resource is named, and which property says that an AWS service has it. */
type Kind = {
  readonly type: string;
  readonly encrypted: (key: unknown) => Readonly<Record<string, unknown>>;
  readonly replaces?: string;
};

const kinds: readonly Kind[] = [
  {
    type: 'AWS::DynamoDB::Table',
    encrypted: (key) => ({ SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } }),
  },
  {
    type: 'AWS::SQS::Queue',
    encrypted: (key) => ({ KmsMasterKeyId: key }),
    replaces: 'SqsManagedSseEnabled',
  },
  { type: 'AWS::SNS::Topic', encrypted: (key) => ({ KmsMasterKeyId: key }) },
  { type: 'AWS::Logs::LogGroup', encrypted: (key) => ({ KmsKeyId: key }) },
  {
    type: 'AWS::S3::Bucket',
    encrypted: (key) => ({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          // Without a key for the bucket each object would be a request to KMS.
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } },
        ],
      },
    }),
  },
];

const encrypt = ['kms:GenerateDataKey', 'kms:Decrypt'];
const decrypt = ['kms:Decrypt'];

/** As the output of platform has it: a reference to a resource with a condition has the same condition. */
const keyOfPlatform = {
  'Fn::If': ['MakesEncryptionKey', { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] }, { Ref: 'AWS::NoValue' }],
};

/** What a role needs of the key for what it may do otherwise. SQS, SNS and DynamoDB use the key in its name. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessage': encrypt,
  'sqs:ReceiveMessage': decrypt,
  'sns:Publish': encrypt,
  ...Object.fromEntries(
    [
      ...['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
      ...['ConditionCheckItem', 'GetRecords'],
    ].map((action) => [`dynamodb:${action}`, decrypt]),
  ),
};

/**
 * Encrypts the tables, queues, topics, log groups and buckets of a template with the key of the parameter
 * `encryptionKey`, and lets each role use the key as far as it uses them. Nothing is added where AWS has the keys.
 */
export function encryptWithKey(
  { Resources }: Template,
  { name, parameters, platform, note }: Pick<ServiceContext, 'name' | 'parameters' | 'platform' | 'note'>,
): void {
  const { encryptionKey } = parameters;
  if (encryptionKey === 'aws') return;
  const made = name === 'platform' ? keyOfPlatform : platform.encryptionKeyArn;
  const key = encryptionKey === 'customer' ? made : encryptionKey;
  for (const { type, encrypted, replaces } of kinds) {
    for (const [id, resource] of resourcesOfType(Resources, type)) {
      const { [replaces ?? '']: _, ...properties } = resource.Properties ?? {};
      resource.Properties = { ...properties, ...encrypted(key) };
      note(`Resources.${id}`, Object.keys(encrypted(key)).join(), 'the parameter encryptionKey');
    }
  }
  for (const [id, role] of resourcesOfType(Resources, 'AWS::IAM::Role')) {
    const statement = statementFor(role, key);
    if (statement === undefined) continue;
    const policies = [valueAt(role.Properties, 'Policies')].flat();
    const document = { Version: '2012-10-17', Statement: [statement] };
    role.Properties = {
      ...role.Properties,
      Policies: [...policies, { PolicyName: 'encryption-key', PolicyDocument: document }],
    };
    note(`Resources.${id}`, statement.Action.join(', '), 'the parameter encryptionKey');
  }
}

/** What a role needs of the key; undefined for one that uses nothing that is encrypted with it. */
function statementFor({ Properties }: Resource, key: unknown) {
  const policies = [valueAt(Properties, 'Policies') ?? []].flat();
  const allowed = policies
    .flatMap((policy) => [valueAt(policy, 'PolicyDocument', 'Statement') ?? []].flat())
    .filter((statement) => valueAt(statement, 'Effect') === 'Allow')
    .flatMap((statement) => [valueAt(statement, 'Action') ?? []].flat().map(String));
  const using = allowed.filter((action) => needed[action] !== undefined);
  if (using.length === 0) return undefined;
  const services = [...new Set(using.map((action) => action.split(':')[0]))].sort();
  return {
    Effect: 'Allow',
    Action: [...new Set(using.flatMap((action) => needed[action] ?? []))].sort(),
    Resource: key,
    Condition: {
      StringEquals: {
        'kms:ViaService': services.map((service) => ({
          'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
        })),
      },
    },
  };
}
