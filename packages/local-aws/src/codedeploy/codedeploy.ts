import type { AwsApi } from '../core/aws-api.ts';
import { jsonApi } from '../core/json-protocol.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { codeDeployActions } from './codedeploy-actions.ts';
import { codeDeployError } from './codedeploy-error.ts';
import { applicationType, groupType } from './codedeploy-resources.ts';
import { CodeDeployStore } from './codedeploy-store.ts';
import { type Deployment, lifecycleEvents } from './deployment-record.ts';
import { LifecycleHooks } from './lifecycle-hooks.ts';
import { type AliasRoute, type ShiftPorts, TrafficShift } from './shift-traffic.ts';
import { type ShiftRequest, shiftedAlias } from './shifted-alias.ts';

export type CodeDeployOptions = Omit<ShiftPorts, 'store' | 'hooks'> & {
  readonly state: StateStore;
  readonly invoker: LambdaInvoker;
  /** @throws AwsError when there is no such alias */
  readonly routeOf: (functionName: string, alias: string) => AliasRoute & { readonly functionName: string };
};

export type CodeDeploy = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** Lets the update policy of an alias shift its traffic. */
  shifted(alias: ResourceType): ResourceType;
  /** The group that a deployment belongs to, for permissions. */
  groupOf(deploymentId: string): { readonly applicationName: string; readonly groupName: string } | undefined;
  /** Ends the deployments in progress, as StopDeployment does. */
  interrupt(): void;
  /** Gives up the deployments that the end of the process interrupted. */
  resume(): void;
};

/** CodeDeploy for the compute platform Lambda: shifts the traffic of aliases between versions. */
export function createCodeDeploy({ state, invoker, routeOf, ...options }: CodeDeployOptions): CodeDeploy {
  const store = new CodeDeployStore(options.clock, state);
  const hooks = new LifecycleHooks({ clock: options.clock, invoker });
  const running = new Map<string, TrafficShift>();

  const deploy = async ({ applicationName, groupName, alias, ...request }: ShiftRequest): Promise<Deployment> => {
    const group = store.group(applicationName, groupName);
    const conflict = store.deployments(
      (each) =>
        each.groupName === groupName && each.applicationName === applicationName && each.status === 'InProgress',
    );
    if (conflict.length > 0) {
      throw codeDeployError('DeploymentLimitExceededException', 'A conflicting deployment is in progress');
    }
    const { functionName, version: currentVersion } = routeOf(request.functionName, alias);
    const deployment = store.addDeployment({
      ...{ applicationName, groupName, alias, functionName, currentVersion },
      configName: group.configName,
      creator: 'user',
      status: 'InProgress',
      targetVersion: request.targetVersion,
      weight: 0,
      hooks: request.hooks,
      events: lifecycleEvents.map((name) => ({ name, status: 'Pending' })),
    });
    const shift = new TrafficShift({ ...options, store, hooks }, group, deployment);
    running.set(deployment.id, shift);
    try {
      return await shift.run();
    } finally {
      running.delete(deployment.id);
    }
  };

  return {
    api: jsonApi(
      'codedeploy',
      '1.1',
      codeDeployActions({
        store,
        hooks,
        stop({ id }, rollsBack) {
          const shift = running.get(id);
          shift?.stop(rollsBack);
          return shift !== undefined;
        },
      }),
    ),
    resourceTypes: [applicationType(store), groupType({ store, mayAssume: options.mayAssume })],
    shifted: (alias) => shiftedAlias(alias, deploy),
    groupOf: (deploymentId) => store.find(deploymentId),
    interrupt() {
      for (const shift of running.values()) shift.stop();
    },
    resume() {
      const message = 'The local endpoint ended during the deployment.';
      for (const deployment of store.deployments(({ status }) => status === 'InProgress')) {
        const completedAt = options.clock.now();
        store.putDeployment({
          ...deployment,
          status: 'Failed',
          completedAt,
          error: { code: 'INTERNAL_ERROR', message },
        });
      }
    },
  };
}
