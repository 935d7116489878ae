import { randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { checkErrorBody, loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { stackName, useStage } from '#test/support/stage.ts';

const contract = loadContract('planner.yml');
const list = z.array(z.object({ id: z.string() })).transform((tasks) => tasks.map(({ id }) => id));
const planSchema = z.object({
  date: z.string(),
  timezone: z.string(),
  summary: z.record(z.string(), z.number()),
  overdue: list,
  dueToday: list,
  upcoming: list,
  unscheduled: list,
  tasks: list,
});

const aws = useStage();

describe('planner', () => {
  let tasks: ServiceClient;
  let planner: ServiceClient;
  beforeAll(async () => {
    tasks = await serviceClient('tasks');
    planner = await serviceClient('planner');
  });

  async function create(content: object): Promise<string> {
    const answer = await tasks.send({ method: 'POST', path: '/tasks', body: { title: 'Planned', ...content } });
    expect(answer).toMatchObject({ statusCode: 201 });
    return json(z.object({ id: z.string() }), answer).id;
  }

  async function getPlan(query = '', headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await planner.send({ path: `/planner${query}`, headers });
    contract.checkAnswer('getPlan', answer);
    return answer;
  }

  it('sorts the open tasks of the other service by the day on which they are due', async () => {
    const overdue = await create({ dueAt: '2026-06-14T21:59:59Z' });
    const dueToday = await create({ dueAt: '2026-06-14T22:00:00Z' });
    const upcoming = await create({ dueAt: '2026-06-15T22:00:00Z' });
    const unscheduled = await create({});
    const completed = await create({ dueAt: '2026-06-15T12:00:00Z', isComplete: true });
    // The index of open tasks shows a change after a moment.
    const plan = await until('the plan of all open tasks', async () => {
      const found = json(planSchema, await getPlan('?date=2026-06-15&timezone=Europe/Berlin'));
      return [overdue, dueToday, upcoming, unscheduled].every((id) => found.tasks.includes(id)) ? found : undefined;
    });
    expect(plan.date).toBe('2026-06-15');
    expect(plan.timezone).toBe('Europe/Berlin');
    expect(plan.overdue).toContain(overdue);
    expect(plan.dueToday).toContain(dueToday);
    expect(plan.upcoming).toContain(upcoming);
    expect(plan.unscheduled).toContain(unscheduled);
    expect(plan.tasks).not.toContain(completed);
    expect(plan.tasks).toStrictEqual([...plan.overdue, ...plan.dueToday, ...plan.upcoming, ...plan.unscheduled]);
    for (const [bucket, ids] of Object.entries(plan)) {
      if (Array.isArray(ids) && bucket !== 'tasks') expect(plan.summary[bucket]).toBe(ids.length);
    }
  });

  it('plans today in UTC when nothing is asked', async () => {
    const dayBefore = new Date().toISOString().slice(0, 10);
    const plan = json(planSchema, await getPlan());
    const dayAfter = new Date().toISOString().slice(0, 10);
    expect([dayBefore, dayAfter]).toContain(plan.date);
    expect(plan.timezone).toBe('UTC');
  });

  it('reads every page of the tasks', async () => {
    const ids = await Promise.all(Array.from({ length: 120 }, () => create({ dueAt: '2031-01-01T00:00:00Z' })));
    await until('a plan with all of them', async () => {
      const { upcoming } = json(planSchema, await getPlan('?date=2030-12-31'));
      return ids.every((id) => upcoming.includes(id)) || undefined;
    });
  });

  it('refuses days, time zones and parameters that do not exist', async () => {
    for (const query of ['?date=2026-02-30', '?date=today', '?timezone=Mars/Base', '?day=2026-01-01', '?date=']) {
      const answer = await getPlan(query);
      expect(answer).toMatchObject({ statusCode: 400 });
      checkErrorBody(answer.body);
    }
  });

  it('carries the correlation id of the client on to the function that it invokes', async () => {
    const correlationId = randomUUID();
    const answer = await getPlan('', { 'x-correlation-id': correlationId });
    expect(answer.headers['x-correlation-id']).toBe(correlationId);
    const line = await until('the log line of the other function', async () => {
      const { events } = await aws.client(CloudWatchLogsClient).send(
        new FilterLogEventsCommand({
          logGroupName: `/aws/lambda/${stackName('tasks')}-listTasks`,
          filterPattern: `"${correlationId}"`,
        }),
      );
      return events?.[0]?.message;
    });
    expect(line).toMatch(new RegExp(correlationId));
  });
});
