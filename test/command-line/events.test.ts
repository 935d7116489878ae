import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, startEndpoint } from 'local-aws';
import { ShiftableClock, until } from 'local-aws/testing';
import { awsConfig } from '#test/support/aws-config.ts';
import { copyFixture, type FixtureProject, root } from '#test/support/fixture-project.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { localEnvironment } from '#tools/dev/deploy.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

describe('schedules, event buses and buckets of the Serverless Framework', () => {
  const clock = new ShiftableClock();
  let endpoint: Endpoint;
  let project: FixtureProject;
  let logs: CloudWatchLogsClient;
  let events: EventBridgeClient;
  let scheduler: SchedulerClient;
  let s3: S3Client;
  beforeAll(async () => {
    endpoint = await startEndpoint({
      clock,
      onError: (error) => {
        throw new Error(String(error));
      },
    });
    project = copyFixture('events');
    logs = new CloudWatchLogsClient(awsConfig(endpoint.url));
    events = new EventBridgeClient(awsConfig(endpoint.url));
    scheduler = new SchedulerClient(awsConfig(endpoint.url));
    s3 = new S3Client({ ...awsConfig(endpoint.url), forcePathStyle: true });
    const { exitCode, output } = await sls('deploy');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    for (const client of [logs, events, scheduler, s3]) client.destroy();
    project[Symbol.dispose]();
    await endpoint.close();
  });

  function sls(...args: string[]): Promise<Finished> {
    return runCommand('sls', [...args, '--stage', 'local'], {
      cwd: project.folder,
      env: localEnvironment(root, endpoint.port, process.env),
    });
  }

  /** The events that a function got, oldest first. */
  async function eventsOf(name: string): Promise<unknown[]> {
    const logGroupName = `/aws/lambda/events-local-${name}`;
    const { events: lines = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    return lines.flatMap(({ message = '' }) => {
      const [, json] = /\bevent (.*)\n?$/.exec(message) ?? [];
      return json === undefined ? [] : [JSON.parse(json)];
    });
  }

  async function waitForEvents(name: string, count: number): Promise<unknown[]> {
    await until(`${count} events of ${name}`, async () => (await eventsOf(name)).length >= count);
    return eventsOf(name);
  }

  it('fire at their times, with the input that each form of an event gives', async () => {
    await clock.advance(day + minute);
    expect((await waitForEvents('plain', 4))[0]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      detail: {},
    });
    const several = await waitForEvents('several', 3);
    expect(several.filter((event) => JSON.stringify(event).includes('Scheduled Event'))).toHaveLength(1);
    expect(several).toContainEqual({ shift: 'change', nested: { list: [1, 2] } });
    const rule = 'arn:aws:events:us-east-1:000000000000:rule/events-path';
    expect(await waitForEvents('path', 2)).toEqual([[rule], [rule]]);
    expect((await waitForEvents('transformed', 2))[0]).toEqual({
      from: 'aws.events',
      rule: expect.stringMatching(/^events-local-TransformedEventsRuleSchedule1-/),
    });
    expect((await waitForEvents('thrice', 3))[0]).toEqual({ every: 'eighth hour' });
    expect(await eventsOf('disabled')).toEqual([]);
  });

  it('run in a time zone and in a group by the method scheduler', async () => {
    expect((await waitForEvents('morning', 1))[0]).toEqual({ plan: 'daily' });
    const schedule = await scheduler.send(new GetScheduleCommand({ Name: 'events-morning' }));
    expect(schedule).toMatchObject({ ScheduleExpressionTimezone: 'Europe/Berlin', State: 'ENABLED' });
    expect(await eventsOf('grouped')).toEqual([]);
  });

  it('get the events of a bus that match, whole or transformed', async () => {
    const entry = (EventBusName: string, detail: object) => ({
      ...{ EventBusName, Source: 'shop', DetailType: 'order placed', Detail: JSON.stringify(detail) },
    });
    await events.send(
      new PutEventsCommand({
        Entries: [
          entry('events-orders', { id: 1, total: 5 }),
          entry('events-orders', { id: 2, total: 15 }),
          entry('events-own', { id: 3 }),
          entry('default', { id: 4, total: 99 }),
        ],
      }),
    );
    expect(await waitForEvents('orders', 1)).toEqual([{ id: 2, total: 15 }]);
    expect(await waitForEvents('transformedOrders', 1)).toEqual([{ order: 3 }]);
  });

  it('get the changes of a bucket that match', async () => {
    const bucket = { Bucket: 'events-uploads' };
    await s3.send(new PutObjectCommand({ ...bucket, Key: 'incoming/a.csv', Body: 'a' }));
    await s3.send(new PutObjectCommand({ ...bucket, Key: 'other/b.csv', Body: 'b' }));
    await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'other/b.csv' }));
    expect(await waitForEvents('uploads', 2)).toMatchObject([
      {
        Records: [
          {
            eventName: 'ObjectCreated:Put',
            s3: { bucket: { name: 'events-uploads' }, object: { key: 'incoming/a.csv' } },
          },
        ],
      },
      { Records: [{ eventName: 'ObjectRemoved:Delete', s3: { object: { key: 'other/b.csv' } } }] },
    ]);
    // A bucket with objects is not deleted with its stack.
    await s3.send(new DeleteObjectCommand({ ...bucket, Key: 'incoming/a.csv' }));
  });

  it('go with the stack', async () => {
    const { exitCode, output } = await sls('remove');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    await expect(scheduler.send(new GetScheduleCommand({ Name: 'events-morning' }))).rejects.toThrow(/does not exist/);
  });
});
