import type { AwsApi } from '../core/aws-api.ts';
import { awsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import { CredentialStore } from '../core/credentials.ts';
import { generatedName } from '../core/generated-name.ts';
import { isJsonObject } from '../core/json.ts';
import { defineResource, type ResourceContext, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import { resourceTags, type Tag, tagList } from '../core/tags.ts';
import { type TableProperties, tableProperties } from './table-properties.ts';
import { type Call, encryptionInput, indexInput, updateTable } from './update-table.ts';
import { withoutUndefined } from './without-undefined.ts';

/** AWS::DynamoDB::Table. */
export function tableResource(api: AwsApi): ResourceType {
  const client = awsClient(api);
  const principal = new CredentialStore().principalOf(undefined);
  const callIn =
    (region: string): Call =>
    (action, input) =>
      client({ service: 'dynamodb', action, input: withoutUndefined(input), principal, region });

  return defineResource({
    type: 'AWS::DynamoDB::Table',
    properties: tableProperties,
    replaceOn: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
    async create(properties, context) {
      const call = callIn(context.region);
      const name = properties.TableName ?? generatedName(context, 255);
      await call('CreateTable', createInput(name, properties, context));
      try {
        const state = await describe(call, name);
        await applySettings(call, state, properties, undefined);
        return state;
      } catch (error) {
        // CloudFormation does not learn of a table that is made half-way, so it would never be deleted.
        await call('UpdateTable', { TableName: name, DeletionProtectionEnabled: false });
        await call('DeleteTable', { TableName: name });
        throw error;
      }
    },
    async update(properties, current, context) {
      const call = callIn(context.region);
      const name = current.state.physicalId;
      await updateTable(call, name, properties, current.properties);
      const state = await describe(call, name);
      await applySettings(call, state, properties, current.properties);
      await updateTags(call, state, tagList(resourceTags(context.tags, properties.Tags)));
      return state;
    },
    async delete({ physicalId }, _properties, { region }) {
      try {
        await callIn(region)('DeleteTable', { TableName: physicalId });
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
      }
    },
  });
}

function createInput(name: string, properties: TableProperties, context: ResourceContext): object {
  const tags = tagList(resourceTags(context.tags, properties.Tags));
  return {
    TableName: name,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: properties.BillingMode,
    ProvisionedThroughput: properties.ProvisionedThroughput,
    GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(indexInput),
    LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
    StreamSpecification: properties.StreamSpecification && {
      StreamEnabled: true,
      StreamViewType: properties.StreamSpecification.StreamViewType,
    },
    DeletionProtectionEnabled: properties.DeletionProtectionEnabled,
    TableClass: properties.TableClass,
    SSESpecification: encryptionInput(properties),
    Tags: tags.length > 0 ? tags : undefined,
  };
}

async function describe(call: Call, name: string): Promise<ResourceState> {
  const { Table: table } = await call('DescribeTable', { TableName: name });
  if (!isJsonObject(table)) throw new Error(`table ${name} cannot be described`);
  const { TableArn, LatestStreamArn } = table;
  return {
    physicalId: name,
    attributes: {
      Arn: TableArn ?? '',
      ...(LatestStreamArn === undefined ? {} : { StreamArn: LatestStreamArn }),
    },
  };
}

/** What is set apart from the table itself; `previous` undefined for a new one. */
async function applySettings(
  call: Call,
  { physicalId: name, attributes: { Arn: tableArn, StreamArn: streamArn } }: ResourceState,
  next: TableProperties,
  previous: TableProperties | undefined,
): Promise<void> {
  await applyTimeToLive(call, name, next.TimeToLiveSpecification);
  const recovery = next.PointInTimeRecoverySpecification;
  if (isChanged(recovery, previous?.PointInTimeRecoverySpecification)) {
    await call('UpdateContinuousBackups', {
      TableName: name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false, ...recovery },
    });
  }
  const policies = [
    [tableArn, next.ResourcePolicy, previous?.ResourcePolicy],
    [streamArn, next.StreamSpecification?.ResourcePolicy, previous?.StreamSpecification?.ResourcePolicy],
  ] as const;
  for (const [arn, policy, before] of policies) {
    if (arn === undefined || !isChanged(policy, before)) continue;
    const Policy =
      typeof policy?.PolicyDocument === 'string' ? policy.PolicyDocument : JSON.stringify(policy?.PolicyDocument);
    await (policy === undefined
      ? call('DeleteResourcePolicy', { ResourceArn: arn })
      : call('PutResourcePolicy', { ResourceArn: arn, Policy }));
  }
}

async function applyTimeToLive(
  call: Call,
  name: string,
  wanted: TableProperties['TimeToLiveSpecification'],
): Promise<void> {
  const { TimeToLiveDescription: present } = await call('DescribeTimeToLive', { TableName: name });
  const isOn = isJsonObject(present) && present.TimeToLiveStatus === 'ENABLED';
  const isWanted = wanted?.Enabled === true;
  if (isOn === isWanted && (!isOn || present.AttributeName === wanted?.AttributeName)) return;
  if (isOn) {
    const { AttributeName } = present;
    await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: { Enabled: false, AttributeName } });
  }
  if (isWanted) await call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: wanted });
}

async function updateTags(call: Call, { attributes: { Arn } }: ResourceState, wanted: readonly Tag[]): Promise<void> {
  const { Tags } = await call('ListTagsOfResource', { ResourceArn: Arn });
  const present = Array.isArray(Tags) ? Tags.filter(isJsonObject).map(({ Key }) => String(Key)) : [];
  const TagKeys = present.filter((key) => !wanted.some(({ Key }) => Key === key));
  if (TagKeys.length > 0) await call('UntagResource', { ResourceArn: Arn, TagKeys });
  if (wanted.length > 0) await call('TagResource', { ResourceArn: Arn, Tags: wanted });
}

function isChanged(next: object | undefined, previous: object | undefined): boolean {
  return JSON.stringify(next) !== JSON.stringify(previous);
}
