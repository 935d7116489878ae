import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { deployServices } from '#test/support/deploy-services.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { clientsOf, services } from './two-services.fixture.ts';

describe('with a key that platform makes', () => {
  const stage = useEndpoint({ url: false, deploy: deployServices(services, { encryptionKey: 'customer' }) });
  const output = async (stack: string, name: string) =>
    (await stackOutputs(`${stack}-local`, stage.url)).get(name) ?? '';

  it('a table, a queue and a log group have it', async () => {
    const key = await output('platform', 'EncryptionKeyArn');
    expect(key).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//);
    const { Table } = await stage
      .client(DynamoDBClient)
      .send(new DescribeTableCommand({ TableName: await output('tasks', 'TasksTableName') }));
    expect(Table?.SSEDescription?.KMSMasterKeyArn).toBe(key);
    const { Attributes } = await stage.client(SQSClient).send(
      new GetQueueAttributesCommand({
        QueueUrl: await output('friends', 'ActionQueueUrl'),
        AttributeNames: ['KmsMasterKeyId', 'SqsManagedSseEnabled'],
      }),
    );
    expect(Attributes).toStrictEqual({ KmsMasterKeyId: key, SqsManagedSseEnabled: 'false' });
    const { logGroups } = await stage
      .client(CloudWatchLogsClient)
      .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/tasks-local-' }));
    expect(new Set(logGroups?.map(({ kmsKeyId }) => kmsKeyId))).toStrictEqual(new Set([key]));
  });

  it('a task is written and read', async () => {
    const { tasks } = await clientsOf(stage.url);
    const added = await tasks.send({
      method: 'POST',
      path: '/tasks',
      body: { title: 'Encrypted', dueAt: '2027-03-01T09:00:00Z' },
    });
    expect(added.statusCode).toBe(201);
    expect((await tasks.send({ path: '/tasks' })).body).toContain('Encrypted');
  });

  it('a request to a friend goes through the queue, the table and its stream', async () => {
    const { friends } = await clientsOf(stage.url);
    for (const body of [
      { player_id: 'alice', friend_id: 'bob', friend_action: 'Request' },
      { player_id: 'bob', friend_id: 'alice', friend_action: 'Accept' },
    ]) {
      expect((await friends.send({ method: 'POST', path: '/friends', body })).statusCode).toBe(202);
      await stage.untilIdle();
    }
    expect((await friends.send({ path: '/friends/alice' })).body).toContain('bob');
  });
});
