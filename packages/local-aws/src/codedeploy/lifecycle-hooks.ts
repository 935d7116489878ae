import { type Clock, sleep } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { codeDeployError } from './codedeploy-error.ts';
import type { Deployment, LifecycleEventName } from './deployment-record.ts';

/** A function has an hour to report on its lifecycle event. */
const patienceMs = 3_600_000;

type HookPorts = { readonly clock: Clock; readonly invoker: LambdaInvoker };
export type HookCall = {
  readonly deployment: Deployment;
  readonly event: Exclude<LifecycleEventName, 'AllowTraffic'>;
  /** Name or ARN. */
  readonly functionName: string;
  readonly serviceRoleArn: string;
  readonly signal: AbortSignal;
};

/** Invokes the functions of lifecycle events, and waits for their reports. */
export class LifecycleHooks {
  readonly #ports: HookPorts;
  /** By execution id. */
  readonly #waiting = new Map<
    string,
    { readonly deploymentId: string; readonly report: (succeeded: boolean) => void }
  >();

  constructor(ports: HookPorts) {
    this.#ports = ports;
  }

  /** @returns why the hook failed; undefined when it succeeded or `signal` aborted */
  async run({ deployment, event, functionName, serviceRoleArn, signal }: HookCall): Promise<string | undefined> {
    const executionId = Buffer.from(JSON.stringify({ deploymentId: deployment.id, event })).toString('base64url');
    const reported = Promise.withResolvers<boolean>();
    this.#waiting.set(executionId, { deploymentId: deployment.id, report: reported.resolve });
    const over = new AbortController();
    const timeout = sleep(this.#ports.clock, patienceMs, AbortSignal.any([signal, over.signal])).then(() => undefined);
    try {
      const failure = await this.#invoke(functionName, serviceRoleArn, {
        DeploymentId: deployment.id,
        LifecycleEventHookExecutionId: executionId,
      });
      if (failure !== undefined) return failure;
      const succeeded = await Promise.race([reported.promise, timeout]);
      if (succeeded === true || signal.aborted) return undefined;
      if (succeeded === false) return `The function ${functionName} reported that ${event} failed.`;
      return `The function ${functionName} did not report on ${event} within one hour.`;
    } finally {
      this.#waiting.delete(executionId);
      over.abort();
    }
  }

  /** @throws AwsError when no function runs with this id in this deployment */
  report(deploymentId: string, executionId: string, succeeded: boolean): void {
    const waiting = this.#waiting.get(executionId);
    if (waiting?.deploymentId !== deploymentId) {
      throw codeDeployError(
        'InvalidLifecycleEventHookExecutionIdException',
        `The lifecycle event hook execution ID is not that of an event of the deployment ${deploymentId} that is in progress.`,
      );
    }
    waiting.report(succeeded);
  }

  async #invoke(functionName: string, roleArn: string, event: object): Promise<string | undefined> {
    try {
      const { functionError } = await this.#ports.invoker.invoke({
        functionName,
        type: 'RequestResponse',
        payload: JSON.stringify(event),
        principal: rolePrincipal(roleArn, 'CodeDeploy'),
      });
      return functionError === undefined ? undefined : `The function ${functionName} failed.`;
    } catch (error) {
      return `The function ${functionName} could not be invoked: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
