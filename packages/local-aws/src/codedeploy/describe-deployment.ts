import { hash } from 'node:crypto';
import { arn } from '../core/arn.ts';
import { routingOf } from './deployment-config.ts';
import type { Application, Deployment, DeploymentGroup, LifecycleEvent } from './deployment-record.ts';

const style = { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' };
const computePlatform = 'Lambda';

export function applicationView({ name, id, createdAt }: Application): object {
  return {
    applicationId: id,
    applicationName: name,
    createTime: createdAt / 1000,
    linkedToGitHub: false,
    computePlatform,
  };
}

/** @param latest its deployments, newest first */
export function groupView(group: DeploymentGroup, latest: readonly Deployment[]): object {
  const { alarms } = group;
  const succeeded = latest.find(({ status }) => status === 'Succeeded');
  return {
    applicationName: group.applicationName,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    deploymentConfigName: group.configName,
    serviceRoleArn: group.serviceRoleArn,
    triggerConfigurations: [],
    alarmConfiguration: {
      enabled: alarms.enabled,
      ignorePollAlarmFailure: alarms.ignoresPollFailure,
      alarms: alarms.names.map((name) => ({ name })),
    },
    autoRollbackConfiguration: group.rollback,
    deploymentStyle: style,
    outdatedInstancesStrategy: 'UPDATE',
    computePlatform,
    ...(latest[0] !== undefined && { lastAttemptedDeployment: lastDeploymentView(latest[0]) }),
    ...(succeeded !== undefined && { lastSuccessfulDeployment: lastDeploymentView(succeeded) }),
  };
}

function lastDeploymentView({ id, status, createdAt, completedAt }: Deployment): object {
  return {
    deploymentId: id,
    status,
    createTime: createdAt / 1000,
    ...(completedAt !== undefined && { endTime: completedAt / 1000 }),
  };
}

export function deploymentView(deployment: Deployment): object {
  const { status, error, rollback, completedAt } = deployment;
  const count = (state: Deployment['status'][]) => (state.includes(status) ? 1 : 0);
  return {
    applicationName: deployment.applicationName,
    deploymentGroupName: deployment.groupName,
    deploymentConfigName: deployment.configName,
    deploymentId: deployment.id,
    revision: { revisionType: 'AppSpecContent', appSpecContent: appSpec(deployment) },
    status,
    ...(error !== undefined && { errorInformation: error }),
    createTime: deployment.createdAt / 1000,
    startTime: deployment.createdAt / 1000,
    ...(completedAt !== undefined && { completeTime: completedAt / 1000 }),
    deploymentOverview: {
      Pending: 0,
      InProgress: count(['InProgress']),
      Succeeded: count(['Succeeded']),
      Failed: count(['Failed', 'Stopped']),
      Skipped: 0,
      Ready: 0,
    },
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    updateOutdatedInstancesOnly: false,
    ...(rollback !== undefined && {
      rollbackInfo: {
        ...(rollback.deploymentId !== undefined && { rollbackDeploymentId: rollback.deploymentId }),
        ...(rollback.triggeringDeploymentId !== undefined && {
          rollbackTriggeringDeploymentId: rollback.triggeringDeploymentId,
        }),
        rollbackMessage: rollback.message,
      },
    }),
    deploymentStyle: style,
    instanceTerminationWaitTimeStarted: false,
    computePlatform,
  };
}

/** The revision: which alias goes from which version to which, with its hooks. */
function appSpec({ functionName, alias, currentVersion, targetVersion, hooks }: Deployment): object {
  const Properties = { Name: functionName, Alias: alias, CurrentVersion: currentVersion, TargetVersion: targetVersion };
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ [functionName]: { Type: 'AWS::Lambda::Function', Properties } }],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  });
  return { content, sha256: hash('sha256', content) };
}

/** The one target of a deployment, which is a function. */
export function targetView(region: string, deployment: Deployment): object {
  const { id, functionName, alias, currentVersion, targetVersion, weight, events, completedAt, createdAt } = deployment;
  return {
    deploymentTargetType: 'LambdaTarget',
    lambdaTarget: {
      deploymentId: id,
      targetId: functionName,
      targetArn: arn('lambda', region, `function:${functionName}`),
      status: deployment.status === 'Stopped' ? 'Failed' : deployment.status,
      lastUpdatedAt: (completedAt ?? createdAt) / 1000,
      lifecycleEvents: events.map(eventView),
      lambdaFunctionInfo: {
        functionName,
        functionAlias: alias,
        currentVersion,
        targetVersion,
        targetVersionWeight: weight,
      },
    },
  };
}

function eventView({ name, status, startedAt, endedAt, message }: LifecycleEvent): object {
  return {
    lifecycleEventName: name,
    status,
    ...(startedAt !== undefined && { startTime: startedAt / 1000 }),
    ...(endedAt !== undefined && { endTime: endedAt / 1000 }),
    ...(message !== undefined && { diagnostics: { errorCode: 'UnknownError', message } }),
  };
}

export function configView(name: string): object {
  const routing = routingOf(name);
  return {
    deploymentConfigName: name,
    computePlatform,
    trafficRoutingConfig:
      routing.type === 'AllAtOnce'
        ? { type: routing.type }
        : routing.type === 'TimeBasedCanary'
          ? {
              type: routing.type,
              timeBasedCanary: { canaryPercentage: routing.percentage, canaryInterval: routing.interval },
            }
          : {
              type: routing.type,
              timeBasedLinear: { linearPercentage: routing.percentage, linearInterval: routing.interval },
            },
  };
}
