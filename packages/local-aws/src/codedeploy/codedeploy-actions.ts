import * as z from 'zod';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import { readInput } from '../core/read-input.ts';
import { tagList } from '../core/tags.ts';
import { codeDeployError } from './codedeploy-error.ts';
import type { CodeDeployStore } from './codedeploy-store.ts';
import { lambdaConfigs } from './deployment-config.ts';
import type { Deployment } from './deployment-record.ts';
import { applicationView, configView, deploymentView, groupView, targetView } from './describe-deployment.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';

const name = z.string().min(1).max(100);
const nextToken = z.string().optional();
const statuses = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready'] as const;

const inputs = {
  list: z.strictObject({ nextToken }),
  application: z.strictObject({ applicationName: name }),
  groups: z.strictObject({ applicationName: name, nextToken }),
  group: z.strictObject({ applicationName: name, deploymentGroupName: name }),
  config: z.strictObject({ deploymentConfigName: name }),
  deployments: z.strictObject({
    applicationName: name.optional(),
    deploymentGroupName: name.optional(),
    includeOnlyStatuses: z.array(z.enum(statuses)).optional(),
    createTimeRange: z.strictObject({ start: z.number().optional(), end: z.number().optional() }).optional(),
    nextToken,
  }),
  deployment: z.strictObject({ deploymentId: z.string() }),
  targets: z.strictObject({ deploymentId: z.string(), nextToken }),
  target: z.strictObject({ deploymentId: z.string(), targetId: z.string() }),
  stop: z.strictObject({ deploymentId: z.string(), autoRollbackEnabled: z.boolean().optional() }),
  report: z.strictObject({
    deploymentId: z.string(),
    lifecycleEventHookExecutionId: z.string(),
    status: z.string(),
  }),
  tags: z.strictObject({ ResourceArn: z.string(), NextToken: nextToken }),
};

type Ports = {
  readonly store: CodeDeployStore;
  readonly hooks: LifecycleHooks;
  /** @returns false when it is over already */
  readonly stop: (deployment: Deployment, rollsBack: boolean | undefined) => boolean;
};

/** The API of CodeDeploy: reads applications, groups and deployments, stops deployments, takes the status of hooks. Only templates make applications and groups. */
export function codeDeployActions({ store, hooks, stop }: Ports): Readonly<Record<string, JsonAction>> {
  const groupDeployments = (applicationName: string, groupName: string) =>
    store.deployments((each) => each.applicationName === applicationName && each.groupName === groupName);
  return {
    ListApplications(input) {
      readInput(input, inputs.list);
      return { applications: store.applications().map((application) => application.name) };
    },
    GetApplication(input) {
      const { applicationName } = readInput(input, inputs.application);
      return { application: applicationView(store.application(applicationName)) };
    },
    ListDeploymentGroups(input) {
      const { applicationName } = readInput(input, inputs.groups);
      store.application(applicationName);
      return { applicationName, deploymentGroups: store.groups(applicationName).map((group) => group.name) };
    },
    GetDeploymentGroup(input) {
      const { applicationName, deploymentGroupName } = readInput(input, inputs.group);
      const group = store.group(applicationName, deploymentGroupName);
      return { deploymentGroupInfo: groupView(group, groupDeployments(applicationName, deploymentGroupName)) };
    },
    ListDeploymentConfigs(input) {
      readInput(input, inputs.list);
      return { deploymentConfigsList: [...lambdaConfigs.keys()] };
    },
    GetDeploymentConfig(input) {
      const { deploymentConfigName } = readInput(input, inputs.config);
      return { deploymentConfigInfo: configView(deploymentConfigName) };
    },
    ListDeployments: (input) => listDeployments(store, input),
    GetDeployment(input) {
      const { deploymentId } = readInput(input, inputs.deployment);
      return { deploymentInfo: deploymentView(store.deployment(deploymentId)) };
    },
    ListDeploymentTargets(input) {
      const { deploymentId } = readInput(input, inputs.targets);
      return { targetIds: [store.deployment(deploymentId).functionName] };
    },
    GetDeploymentTarget(input, { region }) {
      const { deploymentId, targetId } = readInput(input, inputs.target);
      const deployment = store.deployment(deploymentId);
      if (deployment.functionName !== targetId) {
        throw codeDeployError(
          'DeploymentTargetDoesNotExistException',
          `The deployment target ${targetId} could not be found in the deployment ${deploymentId}`,
        );
      }
      return { deploymentTarget: targetView(region, deployment) };
    },
    StopDeployment(input) {
      const { deploymentId, autoRollbackEnabled } = readInput(input, inputs.stop);
      if (!stop(store.deployment(deploymentId), autoRollbackEnabled)) {
        throw codeDeployError(
          'DeploymentAlreadyCompletedException',
          `The deployment ${deploymentId} is already completed`,
        );
      }
      return { status: 'Succeeded', statusMessage: 'Deployment is stopped.' };
    },
    PutLifecycleEventHookExecutionStatus(input) {
      const { deploymentId, lifecycleEventHookExecutionId: id, status } = readInput(input, inputs.report);
      store.deployment(deploymentId);
      if (status !== 'Succeeded' && status !== 'Failed') {
        throw codeDeployError(
          'InvalidLifecycleEventHookExecutionStatusException',
          `The lifecycle event hook execution status ${status} is invalid. It is Succeeded or Failed.`,
        );
      }
      hooks.report(deploymentId, id, status === 'Succeeded');
      return { lifecycleEventHookExecutionId: id };
    },
    ListTagsForResource(input) {
      const { ResourceArn } = readInput(input, inputs.tags);
      const [, application = '', group] =
        /^arn:aws:codedeploy:[^:]*:\d*:(?:application:|deploymentgroup:)([^/]+)(?:\/(.+))?$/.exec(ResourceArn) ?? [];
      const { tags } = group === undefined ? store.application(application) : store.group(application, group);
      return { Tags: tagList(tags) };
    },
  };
}

function listDeployments(store: CodeDeployStore, input: JsonObject): object {
  const given = readInput(input, inputs.deployments);
  const { applicationName, deploymentGroupName, includeOnlyStatuses, createTimeRange: { start, end } = {} } = given;
  if (applicationName !== undefined && deploymentGroupName !== undefined) {
    store.group(applicationName, deploymentGroupName);
  } else if (applicationName !== undefined) store.application(applicationName);
  const isWanted = (deployment: Deployment): boolean =>
    (applicationName === undefined || deployment.applicationName === applicationName) &&
    (deploymentGroupName === undefined || deployment.groupName === deploymentGroupName) &&
    (includeOnlyStatuses === undefined || includeOnlyStatuses.includes(deployment.status)) &&
    (start === undefined || deployment.createdAt >= start * 1000) &&
    (end === undefined || deployment.createdAt <= end * 1000);
  return { deployments: store.deployments(isWanted).map(({ id }) => id) };
}
