import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestEndpoint, until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { deployServices } from '#test/support/deploy-services.ts';
import { serviceClient } from '#test/support/service-client.ts';

const emails = z.array(z.object({ to: z.string(), subject: z.string(), body: z.string() }));
const address = 'ada@example.com';

describe('the plan of the morning', () => {
  const stage = useEndpoint({
    url: false,
    async deploy(endpoint) {
      // Before anything is deployed, since every alarm and schedule of the time in between would run.
      await advanceTo(endpoint, '2027-03-26T12:00:00Z');
      await deployServices(['planner'], {
        morningPlan: 'true',
        morningPlanTimezone: 'Europe/Berlin',
        morningPlanEmail: address,
      })(endpoint);
    },
  });
  /** How far the clock of the endpoint is ahead of the machine's. */
  let ahead = 0;
  async function advanceTo({ clock }: Pick<TestEndpoint, 'clock'>, time: string): Promise<void> {
    const step = Date.parse(time) - (Date.now() + ahead);
    await clock.advance(step);
    ahead += step;
  }

  async function received(): Promise<z.infer<typeof emails>> {
    return emails.parse(await (await fetch(`${stage.url}/_local/emails`)).json()).filter(({ to }) => to === address);
  }
  async function plans(): Promise<readonly string[]> {
    const bodies = (await received()).map(({ body }) => body).reverse();
    return bodies.filter((body) => body.includes('Your plan for'));
  }

  beforeAll(async () => {
    const tasks = await serviceClient('tasks', stage.url);
    for (const [title, dueAt] of [
      ['Say "hello"', '2027-03-27T22:59:59Z'],
      ['Change the clocks', '2027-03-27T23:00:00Z'],
    ]) {
      expect(await tasks.send({ method: 'POST', path: '/tasks', body: { title, dueAt } })).toMatchObject({
        statusCode: 201,
      });
    }
    await until('a request to confirm', async () => {
      const [, url] = /(http\S+)/.exec((await received())[0]?.body ?? '') ?? [];
      return url === undefined ? undefined : (await fetch(url)).ok;
    });
  });

  it('comes by e-mail at seven in the time zone, one hour earlier in UTC once summer time has begun', async () => {
    for (const [before, at, expected] of [
      ['2027-03-27T05:59:30Z', '2027-03-27T06:00:30Z', 'Your plan for 2027-03-27 (Europe/Berlin). Due today: Say'],
      [
        '2027-03-28T04:59:30Z',
        '2027-03-28T05:00:30Z',
        'Your plan for 2027-03-28 (Europe/Berlin). Due today: Change the clocks. Overdue: Say',
      ],
    ] as const) {
      const earlier = (await plans()).length;
      await advanceTo(stage, before);
      await stage.untilIdle();
      expect(await plans()).toHaveLength(earlier);
      await advanceTo(stage, at);
      await stage.untilIdle();
      expect((await plans()).slice(earlier)).toStrictEqual([expect.stringContaining(expected)]);
    }
    expect(await stage.errors()).toStrictEqual([]);
  });
});
