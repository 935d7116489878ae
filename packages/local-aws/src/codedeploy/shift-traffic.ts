import { arn } from '../core/arn.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { rolePrincipal } from '../core/credentials.ts';
import type { Principal } from '../core/principal.ts';
import type { CodeDeployStore } from './codedeploy-store.ts';
import { routingOf, shiftSteps } from './deployment-config.ts';
import {
  type Deployment,
  type DeploymentGroup,
  type LifecycleEventName,
  lifecycleEvents,
} from './deployment-record.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import { alarmActive, missingRole, noPermission, ShiftFailure, stopped, unexpected } from './shift-failure.ts';

/** Where the invocations of an alias go. */
export type AliasRoute = { readonly version: string; readonly weights: Readonly<Record<string, number>> };

export type ShiftPorts = {
  readonly clock: Clock;
  readonly region: string;
  readonly store: CodeDeployStore;
  readonly hooks: LifecycleHooks;
  /** @throws AwsError when there is no such alias or version */
  readonly setRoute: (functionName: string, alias: string, route: AliasRoute) => void;
  readonly alarmState: (name: string) => string | undefined;
  /** Calls `listener` with the name of every alarm that goes into the state ALARM. @returns ends that */
  readonly onAlarm: (listener: (name: string) => void) => () => void;
  readonly mayAssume: (roleArn: string) => boolean;
  readonly allows: (principal: Principal, action: string, resource: string) => boolean;
};

const minuteMs = 60_000;

/** One deployment: the hooks, the steps of the traffic between them, and the way back when an alarm or a hook fails. */
export class TrafficShift {
  readonly #ports: ShiftPorts;
  readonly #group: DeploymentGroup;
  readonly #interrupted = new AbortController();
  /** Whether it is taken back when it is stopped; by default the group says so. */
  #rollsBack: boolean | undefined;
  #deployment: Deployment;

  constructor(ports: ShiftPorts, group: DeploymentGroup, deployment: Deployment) {
    this.#ports = ports;
    this.#group = group;
    this.#deployment = deployment;
  }

  /** Ends it early. @param rollsBack whether it is then taken back; by default the group says so */
  stop(rollsBack?: boolean): void {
    this.#rollsBack = rollsBack;
    this.#interrupted.abort(stopped());
  }

  /** @returns the deployment as it ended */
  async run(): Promise<Deployment> {
    const unwatch = this.#ports.onAlarm((name) => this.#alarmFired(name));
    try {
      if (!this.#ports.mayAssume(this.#group.serviceRoleArn)) throw missingRole(this.#group.serviceRoleArn);
      this.#checkAlarms();
      await this.#event('BeforeAllowTraffic', () => this.#hook('BeforeAllowTraffic'));
      await this.#event('AllowTraffic', () => this.#shift());
      await this.#event('AfterAllowTraffic', () => this.#hook('AfterAllowTraffic'));
      this.#change({ status: 'Succeeded', completedAt: this.#ports.clock.now() });
    } catch (error) {
      this.#fail(error instanceof ShiftFailure ? error : unexpected(error));
    } finally {
      unwatch();
    }
    return this.#deployment;
  }

  #alarmFired(name: string): void {
    if (!this.#group.alarms.names.includes(name)) return;
    try {
      this.#checkAlarms();
    } catch (error) {
      this.#interrupted.abort(error);
    }
  }

  /** @throws ShiftFailure for an alarm in the state ALARM, or when the role may not see it */
  #checkAlarms(): void {
    const { alarms } = this.#group;
    if (!alarms.enabled) return;
    const visible = alarms.names.filter((name) => this.#maySeeAlarm(name));
    if (visible.length < alarms.names.length && !alarms.ignoresPollFailure) {
      throw noPermission(this.#group.serviceRoleArn, 'AmazonCloudWatch');
    }
    const active = visible.filter((name) => this.#ports.alarmState(name) === 'ALARM');
    if (active.length > 0) throw alarmActive(active);
  }

  #maySeeAlarm(name: string): boolean {
    return this.#may('cloudwatch:DescribeAlarms', arn('cloudwatch', this.#ports.region, `alarm:${name}`));
  }

  #may(action: string, resource: string): boolean {
    return this.#ports.allows(rolePrincipal(this.#group.serviceRoleArn, 'CodeDeploy'), action, resource);
  }

  async #event(name: LifecycleEventName, run: () => Promise<void>): Promise<void> {
    this.#changeEvent(name, { status: 'InProgress', startedAt: this.#ports.clock.now() });
    try {
      await run();
      this.#interrupted.signal.throwIfAborted();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#changeEvent(name, { status: 'Failed', endedAt: this.#ports.clock.now(), message });
      throw error;
    }
    this.#changeEvent(name, { status: 'Succeeded', endedAt: this.#ports.clock.now() });
  }

  async #hook(event: 'BeforeAllowTraffic' | 'AfterAllowTraffic'): Promise<void> {
    const functionName = this.#deployment.hooks[event];
    if (functionName === undefined) return;
    const { serviceRoleArn } = this.#group;
    const { signal } = this.#interrupted;
    const call = { deployment: this.#deployment, event, functionName, serviceRoleArn, signal };
    const failure = await this.#ports.hooks.run(call);
    signal.throwIfAborted();
    if (failure !== undefined) throw new ShiftFailure({ code: 'HOOK_EXECUTION_FAILURE', message: failure });
  }

  async #shift(): Promise<void> {
    const { currentVersion, targetVersion, configName } = this.#deployment;
    for (const { weight, minutes } of shiftSteps(routingOf(configName))) {
      this.#setRoute(
        weight === 1
          ? { version: targetVersion, weights: {} }
          : { version: currentVersion, weights: { [targetVersion]: weight } },
      );
      this.#change({ weight });
      await sleep(this.#ports.clock, minutes * minuteMs, this.#interrupted.signal);
      this.#interrupted.signal.throwIfAborted();
    }
  }

  /** @throws ShiftFailure when the role may not change the alias */
  #setRoute(route: AliasRoute): void {
    const { functionName, alias } = this.#deployment;
    const functionArn = arn('lambda', this.#ports.region, `function:${functionName}`);
    if (!['lambda:GetAlias', 'lambda:UpdateAlias'].every((action) => this.#may(action, functionArn))) {
      throw noPermission(this.#group.serviceRoleArn, 'AWSLambda');
    }
    this.#ports.setRoute(functionName, alias, route);
  }

  #fail({ error, rollbackEvent, status }: ShiftFailure): void {
    const completedAt = this.#ports.clock.now();
    const events = this.#deployment.events.map((event) =>
      event.status === 'Pending' ? { ...event, status: 'Skipped' as const } : event,
    );
    this.#change({ status, error, completedAt, events });
    const { enabled, events: triggers } = this.#group.rollback;
    if (this.#rollsBack ?? (enabled && triggers.includes(rollbackEvent))) this.#rollBack();
  }

  /** A deployment of its own, all at once and without hooks. */
  #rollBack(): void {
    const { clock, store } = this.#ports;
    const { id, error: _, currentVersion, targetVersion, ...settings } = this.#deployment;
    const now = clock.now();
    let failure: ShiftFailure | undefined;
    try {
      this.#setRoute({ version: currentVersion, weights: {} });
    } catch (error) {
      failure = error instanceof ShiftFailure ? error : unexpected(error);
    }
    const rollback = store.addDeployment({
      ...settings,
      creator: 'codeDeployRollback',
      status: failure === undefined ? 'Succeeded' : 'Failed',
      ...(failure !== undefined && { error: failure.error }),
      completedAt: now,
      currentVersion: targetVersion,
      targetVersion: currentVersion,
      weight: failure === undefined ? 1 : 0,
      hooks: {},
      events: lifecycleEvents.map((name) => ({
        name,
        status: failure === undefined || name === 'BeforeAllowTraffic' ? ('Succeeded' as const) : ('Failed' as const),
        startedAt: now,
        endedAt: now,
      })),
    });
    store.putDeployment({
      ...rollback,
      rollback: {
        triggeringDeploymentId: id,
        message: `Deployment ${rollback.id} is triggered to roll back deployment ${id}.`,
      },
    });
    const message = `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollback.id}.`;
    this.#change({ rollback: { deploymentId: rollback.id, message } });
  }

  #changeEvent(name: LifecycleEventName, change: Partial<Deployment['events'][number]>): void {
    const events = this.#deployment.events.map((event) => (event.name === name ? { ...event, ...change } : event));
    this.#change({ events });
  }

  #change(change: Partial<Deployment>): void {
    this.#deployment = { ...this.#deployment, ...change };
    this.#ports.store.putDeployment(this.#deployment);
  }
}
