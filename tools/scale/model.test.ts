import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { goodput, type MeasuredOperation, saturationOf } from './model.ts';
import { splitByKey, usesBetween, withFullBatches } from './usage.ts';

const quotas = { gateway: { rate: 10_000, burst: 5_000 }, writes: { rate: 1_000, burst: 1_000 } };
const use = (quota: string, resource: string, units: number) => ({ quota, resource, units });
const operation = (share: number, ...uses: MeasuredOperation['uses']): MeasuredOperation => ({
  ...{ service: 'tasks', name: 'POST /tasks', share, uses },
  perUser: undefined,
});
const write = operation(0.1, use('gateway', 'all', 1), use('writes', 'hot', 2));
const read = operation(0.9, use('gateway', 'all', 1));

describe('the model of a service', () => {
  it('finds what saturates first in a mix of requests', () => {
    expect(saturationOf([write], quotas)).toMatchObject({ rate: 500, use: { resource: 'hot' } });
    expect(saturationOf([write, read], quotas)).toMatchObject({ rate: 5_000, use: { resource: 'hot' } });
    expect(saturationOf([read], quotas)).toMatchObject({ rate: 10_000, use: { resource: 'all' } });
  });

  it('lets requests through that use nothing which is used up', () => {
    expect(goodput([write, read], quotas, 4_000)).toBeCloseTo(4_000);
    expect(goodput([write, read], quotas, 8_000)).toBeCloseTo(7_200 + 500);
  });

  it('never lets more through than come, nor fewer when more come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 0, max: 50_000 }), (offered, more) => {
        const some = goodput([write, read], quotas, offered);
        expect(some).toBeLessThanOrEqual(offered + 1e-6);
        expect(goodput([write, read], quotas, offered + more)).toBeGreaterThanOrEqual(some - 1e-6);
      }),
    );
  });
});

describe('what the endpoint counted', () => {
  const usage = (resource: string, used: number) => ({ quota: 'partitionWrites', resource, used, refused: 0 });

  it('is what came since, for each request', () => {
    const uses = usesBetween([usage('t a', 5)], [usage('t a', 15), usage('t b', 10)], 10);
    expect(uses).toStrictEqual([use('partitionWrites', 't a', 1), use('partitionWrites', 't b', 1)]);
  });

  it('counts a consumer as often as full batches would invoke it', () => {
    const uses = [use('functionRequests', 'here/api', 1), use('functionRequests', 'here/consumer', 1)];
    const batchSizeOf = (name: string) => (name === 'consumer' ? 10 : 1);
    expect(withFullBatches(uses, batchSizeOf)).toStrictEqual([use('functionRequests', 'here', 1.1)]);
  });

  it('tells the partition that all share from those of the users', () => {
    const owned = Array.from({ length: 50 }, (_, user) => use('partitionWrites', `table user-${user}`, 2 / 50));
    const { shared, perUser } = splitByKey([...owned, use('partitionWrites', 'table/index ALL', 1)], 50);
    expect(shared).toStrictEqual([use('partitionWrites', 'table/index ALL', 1)]);
    expect(perUser?.units).toBeCloseTo(2);
  });
});
