import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { evaluateDatapoints, type MissingData, missingDataTreatments } from './evaluate-datapoints.ts';

const isBreaching = (value: number): boolean => value > 0;

/** `0` does not breach, `X` does, `-` is missing; oldest first, as the service's documentation writes it. */
function stateOf(range: string, datapointsToAlarm: number, missingData: MissingData): string {
  const values = [...range].map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0));
  return evaluateDatapoints(values, { evaluationPeriods: 3, datapointsToAlarm, isBreaching, missingData }).state;
}

function assertTable(datapointsToAlarm: number, rows: readonly (readonly [string, ...string[]])[]): void {
  for (const [range, ...states] of rows) {
    const order = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    order.forEach((missingData, index) => {
      assert.equal(stateOf(range, datapointsToAlarm, missingData), states[index], `${range} ${missingData}`);
    });
  }
}

it('evaluates 3 out of 3 as documented', () => {
  assertTable(3, [
    ['0-X-X', 'OK', 'OK', 'OK', 'OK'],
    ['0----', 'OK', 'OK', 'OK', 'OK'],
    ['-----', 'INSUFFICIENT_DATA', 'unchanged', 'ALARM', 'OK'],
    ['0XX-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['--X--', 'ALARM', 'unchanged', 'ALARM', 'OK'],
  ]);
});

it('evaluates 2 out of 3 as documented', () => {
  assertTable(2, [
    ['0-X-X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['00X0X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['0-X--', 'OK', 'OK', 'ALARM', 'OK'],
    ['----0', 'OK', 'OK', 'ALARM', 'OK'],
    ['---X-', 'ALARM', 'unchanged', 'ALARM', 'OK'],
  ]);
});

it('does not go into ALARM prematurely', () => {
  assert.equal(stateOf('----X', 3, 'missing'), 'unchanged');
  assert.equal(stateOf('---X-', 3, 'missing'), 'unchanged');
  assert.equal(stateOf('--X-0', 3, 'missing'), 'OK');
});

it('counts complete data as M out of the last N, whatever the treatment of missing data', () => {
  const model = fc
    .tuple(fc.integer({ min: 1, max: 10 }), fc.array(fc.constantFrom(0, 1), { minLength: 12, maxLength: 12 }))
    .chain(([n, values]) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n }), fc.constant(values)));
  fc.assert(
    fc.property(model, fc.constantFrom(...missingDataTreatments), ([n, m, values], missingData) => {
      const expected = values.slice(-n).filter(isBreaching).length >= m ? 'ALARM' : 'OK';
      const rule = { evaluationPeriods: n, datapointsToAlarm: m, isBreaching, missingData };
      assert.equal(evaluateDatapoints(values, rule).state, expected);
    }),
  );
});

it('agrees with a plain model when data is missing', () => {
  const cases = fc
    .integer({ min: 1, max: 5 })
    .chain((n) =>
      fc.tuple(
        fc.constant(n),
        fc.integer({ min: 1, max: n }),
        fc.array(fc.constantFrom(0, 1, undefined), { minLength: n + 2, maxLength: n + 2 }),
      ),
    );
  fc.assert(
    fc.property(cases, fc.constantFrom('breaching', 'notBreaching'), ([n, m, values], missingData) => {
      const stand = missingData === 'breaching' ? 1 : 0;
      const real = values.filter((value) => value !== undefined);
      const used = [...Array.from({ length: Math.max(0, n - real.length) }, () => stand), ...real.slice(-n)];
      const rule = { evaluationPeriods: n, datapointsToAlarm: m, isBreaching, missingData } as const;
      const verdict = evaluateDatapoints(values, rule);
      assert.equal(verdict.state, used.filter(isBreaching).length >= m ? 'ALARM' : 'OK');
      assert.equal(verdict.counted.length + verdict.filled, n);
    }),
  );
});

it('leaves INSUFFICIENT_DATA to alarms without any data', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, undefined), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (values, m) => {
        const rule = { evaluationPeriods: 3, datapointsToAlarm: m, isBreaching, missingData: 'missing' } as const;
        const empty = values.every((value) => value === undefined);
        assert.equal(evaluateDatapoints(values, rule).state === 'INSUFFICIENT_DATA', empty);
      },
    ),
  );
});
