import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetDeploymentTargetCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { ShiftableClock } from '../core/shiftable-clock.ts';
import { type Endpoint, startEndpoint } from '../endpoint.ts';
import { until } from '../testing/until.ts';
import { GradualStacks, gradualTemplate } from './gradual-deployment.fixture.ts';

const minute = 60_000;
const canary = 'Canary10Percent5Minutes';

describe('an update of a stack whose alias CodeDeploy updates', () => {
  const clock = new ShiftableClock();
  let endpoint: Endpoint;
  let stacks: GradualStacks;
  let alarms: CloudWatchClient;
  before(async () => {
    endpoint = await startEndpoint({ clock });
    stacks = new GradualStacks(endpoint);
    alarms = new CloudWatchClient(endpoint.clientConfig);
  });
  after(async () => {
    stacks.destroy();
    alarms.destroy();
    await endpoint.close();
  });

  const raiseAlarm = (stack: string) =>
    alarms.send(new SetAlarmStateCommand({ AlarmName: `${stack}-errors`, StateValue: 'ALARM', StateReason: 'a test' }));
  /** Of the function of a deployment. */
  async function eventsOf(stack: string, deploymentId: string) {
    const targetId = await stacks.output(stack, 'Function');
    const { deploymentTarget } = await stacks.codeDeploy.send(
      new GetDeploymentTargetCommand({ deploymentId, targetId }),
    );
    return (deploymentTarget?.lambdaTarget?.lifecycleEvents ?? []).map(
      ({ lifecycleEventName, status }) => `${lifecycleEventName} ${status}`,
    );
  }

  it('sends a tenth of the traffic to the new version for five minutes, between hooks that report success', async () => {
    const options = { config: canary, hooks: { before: 'Succeeded', after: 'Succeeded' } };
    await stacks.create('canary', { answer: 'A', ...options });
    assert.equal(await stacks.route('canary'), '1');
    assert.deepEqual(await stacks.deployments('canary'), []);
    await stacks.update('canary', { answer: 'B', ...options });
    await stacks.routed('canary', '1 2=0.1');
    await clock.advance(4.5 * minute);
    assert.equal(await stacks.route('canary'), '1 2=0.1');
    const [running] = await stacks.deployments('canary');
    assert.equal(running?.status, 'InProgress');
    await clock.advance(0.6 * minute);
    await stacks.settled('canary', 'UPDATE_COMPLETE');
    assert.equal(await stacks.route('canary'), '2');
    const [deployment, ...others] = await stacks.deployments('canary');
    assert.deepEqual(others, []);
    assert.equal(deployment?.status, 'Succeeded');
    assert.equal(deployment.deploymentConfigName, 'CodeDeployDefault.LambdaCanary10Percent5Minutes');
    assert.equal(deployment.computePlatform, 'Lambda');
    assert.deepEqual(await eventsOf('canary', deployment.deploymentId ?? ''), [
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Succeeded',
      'AfterAllowTraffic Succeeded',
    ]);
  });

  it('adds a tenth every minute', async () => {
    const config = 'Linear10PercentEvery1Minute';
    await stacks.create('linear', { answer: 'A', config });
    await stacks.update('linear', { answer: 'B', config });
    for (const share of [0.1, 0.2, 0.3]) {
      await stacks.routed('linear', `1 2=${share}`);
      await clock.advance(minute);
    }
    await clock.advance(6 * minute);
    await stacks.settled('linear', 'UPDATE_COMPLETE');
    assert.equal(await stacks.route('linear'), '2');
  });

  it('moves all traffic at once without a configuration', async () => {
    await stacks.create('at-once', { answer: 'A' });
    await stacks.update('at-once', { answer: 'B' });
    await stacks.settled('at-once', 'UPDATE_COMPLETE');
    assert.equal(await stacks.route('at-once'), '2');
    assert.equal((await stacks.deployments('at-once'))[0]?.status, 'Succeeded');
  });

  // Status, error and rollback as they were recorded on AWS.
  it('goes back when an alarm of the group fires', async () => {
    await stacks.create('alarmed', { answer: 'A', config: canary });
    await stacks.update('alarmed', { answer: 'B', config: canary });
    await stacks.routed('alarmed', '1 2=0.1');
    await raiseAlarm('alarmed');
    await stacks.settled('alarmed', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('alarmed'), '1');
    const [rollback, stopped] = await stacks.deployments('alarmed');
    const message =
      'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <alarmed-errors>';
    assert.equal(stopped?.status, 'Stopped');
    assert.deepEqual(stopped.errorInformation, { code: 'ALARM_ACTIVE', message });
    assert.deepEqual(stopped.rollbackInfo, {
      rollbackDeploymentId: rollback?.deploymentId,
      rollbackMessage: `Deployment ${stopped.deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${rollback?.deploymentId}.`,
    });
    assert.equal(rollback?.status, 'Succeeded');
    assert.equal(rollback.creator, 'codeDeployRollback');
    assert.equal(rollback.rollbackInfo?.rollbackTriggeringDeploymentId, stopped.deploymentId);
    assert.deepEqual(await eventsOf('alarmed', stopped.deploymentId ?? ''), [
      'BeforeAllowTraffic Succeeded',
      'AllowTraffic Failed',
      'AfterAllowTraffic Skipped',
    ]);
    assert.ok((await stacks.reasons('alarmed')).includes(`Alias: ${stopped.deploymentId} failed. ${message}`));
  });

  it('goes back when the new version fails its first invocation', async () => {
    await stacks.create('broken', { answer: 'A', config: canary });
    await stacks.update('broken', { answer: 'B', isBroken: true, config: canary });
    await stacks.routed('broken', '1 2=0.1');
    await until('the new version to get an event of the alias', async () => {
      const executed = await stacks.invoke('broken', 'live');
      assert.ok(['1', '2 Unhandled'].includes(executed), executed);
      return executed !== '1';
    });
    await stacks.settled('broken', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('broken'), '1');
    assert.equal(await stacks.invoke('broken', 'live'), '1');
  });

  it('shifts nothing while an alarm of the group is active', async () => {
    await stacks.create('alarmed-before', { answer: 'A', config: canary });
    await raiseAlarm('alarmed-before');
    await stacks.update('alarmed-before', { answer: 'B', config: canary });
    await stacks.settled('alarmed-before', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('alarmed-before'), '1');
  });

  it('shifts nothing when the hook before it reports failure', async () => {
    await stacks.create('refused', { answer: 'A', hooks: { before: 'Failed' } });
    await stacks.update('refused', { answer: 'B', hooks: { before: 'Failed' } });
    await stacks.settled('refused', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('refused'), '1');
    const failed = (await stacks.deployments('refused')).at(-1);
    assert.equal(failed?.status, 'Failed');
    assert.equal(failed.errorInformation?.code, 'HOOK_EXECUTION_FAILURE');
    assert.deepEqual(await eventsOf('refused', failed.deploymentId ?? ''), [
      'BeforeAllowTraffic Failed',
      'AllowTraffic Skipped',
      'AfterAllowTraffic Skipped',
    ]);
  });

  it('takes the traffic back when the hook after it reports failure', async () => {
    await stacks.create('regretted', { answer: 'A', hooks: { after: 'Failed' } });
    await stacks.update('regretted', { answer: 'B', hooks: { after: 'Failed' } });
    await stacks.settled('regretted', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('regretted'), '1');
  });

  it('waits an hour for the report of a hook', async () => {
    await stacks.create('silent', { answer: 'A', hooks: { before: 'None' } });
    await stacks.update('silent', { answer: 'B', hooks: { before: 'None' } });
    await until('the deployment', async () => (await stacks.deployments('silent')).length === 1);
    await clock.advance(59 * minute);
    assert.equal((await stacks.deployments('silent'))[0]?.status, 'InProgress');
    await clock.advance(2 * minute);
    await stacks.settled('silent', 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(await stacks.reasons('silent'), /did not report on BeforeAllowTraffic within one hour/);
  });

  it('fails when the service role may not change the alias', async () => {
    const permissions = ['cloudwatch:DescribeAlarms', 'lambda:GetAlias'];
    await stacks.create('forbidden', { answer: 'A', permissions });
    await stacks.update('forbidden', { answer: 'B', permissions });
    await stacks.settled('forbidden', 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(
      await stacks.reasons('forbidden'),
      /does not give you permission to perform operations in .*AWSLambda/,
    );
  });

  it('fails when the service role may not see the alarms', async () => {
    const permissions = ['lambda:UpdateAlias', 'lambda:GetAlias'];
    await stacks.create('blind', { answer: 'A', permissions });
    await stacks.update('blind', { answer: 'B', permissions });
    await stacks.settled('blind', 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(await stacks.reasons('blind'), /perform operations in .*AmazonCloudWatch/);
  });

  it('fails when the service role may not invoke the hook', async () => {
    const options = { permissions: ['lambda:*Alias', 'cloudwatch:DescribeAlarms'], hooks: { before: 'Succeeded' } };
    await stacks.create('powerless', { answer: 'A', ...options });
    await stacks.update('powerless', { answer: 'B', ...options });
    await stacks.settled('powerless', 'UPDATE_ROLLBACK_COMPLETE');
    assert.match(
      await stacks.reasons('powerless'),
      /could not be invoked: .*not authorized to perform: lambda:InvokeFunction/,
    );
  });

  it('is rolled back when the deployment is stopped', async () => {
    await stacks.create('stopped', { answer: 'A', config: canary });
    await stacks.update('stopped', { answer: 'B', config: canary });
    await stacks.routed('stopped', '1 2=0.1');
    const [deployment] = await stacks.deployments('stopped');
    const stop = new StopDeploymentCommand({ deploymentId: deployment?.deploymentId });
    assert.equal((await stacks.codeDeploy.send(stop)).status, 'Succeeded');
    await stacks.settled('stopped', 'UPDATE_ROLLBACK_COMPLETE');
    assert.equal(await stacks.route('stopped'), '1');
    assert.equal((await stacks.deployments('stopped')).length, 1);
    await assert.rejects(stacks.codeDeploy.send(stop), { name: 'DeploymentAlreadyCompletedException' });
  });

  it('keeps no other stack waiting', async () => {
    await stacks.create('slow', { answer: 'A', config: canary });
    await stacks.update('slow', { answer: 'B', config: canary });
    await stacks.routed('slow', '1 2=0.1');
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ template }) };
    const deployed = await fetch(`${endpoint.url}/_local/api/stacks/quick`, { method: 'PUT', ...init });
    assert.equal(deployed.status, 200);
    assert.equal(await stacks.route('slow'), '1 2=0.1');
    await clock.advance(6 * minute);
    await stacks.settled('slow', 'UPDATE_COMPLETE');
  });

  it('ends with the endpoint', async () => {
    const other = await startEndpoint({ clock: new ShiftableClock() });
    const there = new GradualStacks(other);
    await there.create('closed', { answer: 'A', config: canary });
    await there.update('closed', { answer: 'B', config: canary });
    await there.routed('closed', '1 2=0.1');
    there.destroy();
    await other.close();
  });

  it('is refused by name for what CodeDeploy has and the endpoint has not', async () => {
    const deploy = async (group: object, alias: object = {}) => {
      const { Resources } = gradualTemplate({ answer: 'A', group });
      const template = { Resources: { ...Resources, Alias: { ...Resources.Alias, ...alias } } };
      const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ template }) };
      return (await fetch(`${endpoint.url}/_local/api/stacks/odd`, { method: 'PUT', ...init })).text();
    };
    const shift = { ApplicationName: { Ref: 'Nothing' }, DeploymentGroupName: 'g' };
    assert.match(
      await deploy({}, { UpdatePolicy: { CodeDeployLambdaAliasUpdate: shift } }),
      /Unresolved resource dependencies \[Nothing\]/,
    );
    const TriggerConfigurations = [{ TriggerEvents: ['DeploymentFailure'], TriggerName: 't', TriggerTargetArn: 'a' }];
    assert.match(await deploy({ TriggerConfigurations }), /unsupported property TriggerConfigurations/);
    assert.match(
      await deploy({ DeploymentConfigName: 'mine' }),
      /DeploymentConfigName: the local endpoint has CodeDeploy/,
    );
    assert.match(
      await deploy({ DeploymentStyle: { DeploymentType: 'IN_PLACE', DeploymentOption: 'WITH_TRAFFIC_CONTROL' } }),
      /deploys to Lambda only/,
    );
    assert.match(
      await deploy({ ServiceRoleArn: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] } }),
      /required to assume the role/,
    );
  });
});
