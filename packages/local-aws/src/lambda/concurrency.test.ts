import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { invocationLimits } from '../limits/account-limits.ts';
import { Limits } from '../limits/limits.ts';
import { Concurrency } from './concurrency.ts';

const targetOf = (name: string) => ({
  arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  record: { name },
  version: { version: '$LATEST' },
});
const none = { ofVersion: 0, ofFunction: 0 };

function setUp(divisor: number) {
  const clock = new ManualClock();
  const concurrency = new Concurrency(invocationLimits(new Limits(clock, divisor), 'us-east-1'));
  const enter = (name: string) => concurrency.enter(targetOf(name), none);
  const leave = (name: string, level: ReturnType<typeof enter>) => concurrency.leave(targetOf(name), level);
  return { clock, enter, leave };
}

const refusal = (Reason: string) => ({
  code: 'TooManyRequestsException',
  status: 429,
  members: { Reason, Type: 'User' },
});

describe('the concurrency of an account', () => {
  it('is shared by all functions', () => {
    const { enter, leave } = setUp(100);
    const levels = Array.from({ length: 10 }, (_, index) => ({ name: `f${index}`, level: enter(`f${index}`) }));
    assert.throws(() => enter('one-more'), refusal('ConcurrentInvocationLimitExceeded'));
    for (const { name, level } of levels.slice(0, 1)) leave(name, level);
    enter('one-more');
  });

  it('allows ten times as many invocations a second', async () => {
    const { clock, enter, leave } = setUp(100);
    for (let call = 0; call < 100; call += 1) leave('f', enter('f'));
    assert.throws(() => enter('f'), refusal('FunctionInvocationRateLimitExceeded'));
    await clock.advance(10);
    leave('f', enter('f'));
  });

  it('is reached by a function in steps: new environments come at a rate, those that are there serve at once', async () => {
    const clock = new ManualClock();
    const limits = new Limits(clock, 1);
    const { admitsEnvironment } = invocationLimits(limits, 'us-east-1');
    const unlimited = { concurrency: 5_000, admitsRequest: () => true, admitsEnvironment };
    const concurrency = new Concurrency(unlimited);
    const target = targetOf('f');
    const levels = Array.from({ length: 1_000 }, () => concurrency.enter(target, none));
    assert.throws(() => concurrency.enter(target, none), refusal('ConcurrentInvocationLimitExceeded'));
    for (const level of levels) concurrency.leave(target, level);
    for (const _ of levels) concurrency.enter(target, none);
    assert.throws(() => concurrency.enter(target, none), refusal('ConcurrentInvocationLimitExceeded'));
    await clock.advance(1_000);
    for (let more = 0; more < 100; more += 1) concurrency.enter(target, none);
    assert.throws(() => concurrency.enter(target, none), refusal('ConcurrentInvocationLimitExceeded'));
  });
});
