import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lambdaConfigs, routingOf, shiftSteps } from './deployment-config.ts';

test('the deployment configurations are those that AWS has for Lambda', () => {
  assert.deepEqual(
    [...lambdaConfigs.keys()].map((name) => name.replace('CodeDeployDefault.Lambda', '')),
    [
      'AllAtOnce',
      'Canary10Percent5Minutes',
      'Canary10Percent10Minutes',
      'Canary10Percent15Minutes',
      'Canary10Percent30Minutes',
      'Linear10PercentEvery1Minute',
      'Linear10PercentEvery2Minutes',
      'Linear10PercentEvery3Minutes',
      'Linear10PercentEvery10Minutes',
    ],
  );
});

test('each ends with all traffic, and never sends less than before', () => {
  for (const name of lambdaConfigs.keys()) {
    const weights = shiftSteps(routingOf(name)).map(({ weight }) => weight);
    assert.equal(weights.at(-1), 1, name);
    assert.deepEqual(weights, [...weights].sort(), name);
  }
});

test('a linear one takes nine intervals, a canary one', () => {
  const minutes = (name: string) =>
    shiftSteps(routingOf(`CodeDeployDefault.Lambda${name}`)).reduce((sum, step) => sum + step.minutes, 0);
  assert.equal(minutes('Linear10PercentEvery3Minutes'), 27);
  assert.equal(minutes('Canary10Percent15Minutes'), 15);
  assert.equal(minutes('AllAtOnce'), 0);
});
