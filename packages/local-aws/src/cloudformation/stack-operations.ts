import type { Clock } from '../core/clock.ts';
import { OperationInterrupted } from '../core/operation-interrupted.ts';
import { runInDependencyOrder } from './dependency-order.ts';
import { Deployment } from './deployment.ts';
import { Provisioner } from './provisioner.ts';
import type { ResourceTypes } from './resource-types.ts';
import {
  type ChangeSet,
  type Desired,
  type OnFailure,
  putResource,
  removeLeftover,
  removeResource,
  type Stack,
  type StackResource,
} from './stack-record.ts';
import type { StackStore } from './stack-store.ts';

type Dependencies = {
  readonly types: ResourceTypes;
  readonly store: StackStore;
  readonly clock: Clock;
  /** Told of what an operation did not expect: an error of the endpoint itself. */
  readonly onError: (error: unknown) => void;
};

type Running = { readonly abort: AbortController; readonly done: Promise<void> };

/** Runs the operations on stacks: at most one a stack, in the background, told through statuses and events. */
export class StackOperations {
  readonly #store: StackStore;
  readonly #clock: Clock;
  readonly #provisioner: Provisioner;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Map<Stack, Running>();

  constructor({ types, store, clock, onError }: Dependencies) {
    this.#store = store;
    this.#clock = clock;
    this.#onError = onError;
    this.#provisioner = new Provisioner({ types, store, clock });
  }

  /** Resolves once no operation is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** Resolves once no operation is running on a stack; those on others may be. */
  async finished(stack: Stack): Promise<void> {
    for (let running = this.#running.get(stack); running !== undefined; running = this.#running.get(stack)) {
      await running.done;
    }
  }

  create(stack: Stack, desired: Desired, onFailure: OnFailure, changeSet?: ChangeSet): void {
    stack.current = desired;
    this.#provisioner.hide(stack, desired);
    stack.disableRollback = onFailure === 'DO_NOTHING';
    this.#store.setStatus(stack, 'CREATE_IN_PROGRESS', 'User Initiated');
    this.#start(stack, changeSet, async (signal) => {
      const deployment = this.#deployment(stack, desired, signal);
      const failed = await deployment.run();
      if (signal.aborted) return;
      if (failed === undefined) this.#store.setStatus(stack, 'CREATE_COMPLETE');
      else await this.#abandonCreate(deployment, onFailure, failed.failure);
    });
  }

  async #abandonCreate({ stack, created }: Deployment, onFailure: OnFailure, failure: string): Promise<void> {
    switch (onFailure) {
      case 'DO_NOTHING':
        this.#store.setStatus(stack, 'CREATE_FAILED', failure.trim());
        return;
      case 'DELETE':
        this.#store.setStatus(stack, 'DELETE_IN_PROGRESS', `${failure}Delete requested by user.`);
        this.#finishDelete(stack, await this.#deleteAll(stack, created, 'create'));
        return;
      case 'ROLLBACK': {
        this.#store.setStatus(stack, 'ROLLBACK_IN_PROGRESS', `${failure.trim()} Rollback requested by user.`);
        const failed = await this.#deleteAll(stack, created, 'create');
        for (const { logicalId, physicalId } of stack.resources)
          if (physicalId === '') removeResource(stack, logicalId);
        if (failed.length > 0) this.#store.setStatus(stack, 'ROLLBACK_FAILED', deleteFailure(failed));
        else this.#store.setStatus(stack, 'ROLLBACK_COMPLETE');
      }
    }
  }

  update(stack: Stack, desired: Desired, disableRollback: boolean, changeSet?: ChangeSet): void {
    stack.updatedAt = this.#clock.now();
    this.#provisioner.hide(stack, stack.current, desired);
    stack.disableRollback = disableRollback;
    this.#store.setStatus(stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
    this.#start(stack, changeSet, async (signal) => {
      const deployment = this.#deployment(stack, desired, signal);
      const failed = await deployment.run();
      if (failed === undefined) {
        this.#store.setStatus(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
        const left = [
          ...(await this.#deleteLeftovers(stack)),
          ...(await this.#deleteAll(stack, deployment.removed, 'remove')),
        ];
        const reason = 'Update successful. One or more resources could not be deleted.';
        this.#store.setStatus(stack, 'UPDATE_COMPLETE', left.length > 0 ? reason : undefined);
      } else if (disableRollback) {
        stack.current = desired;
        this.#store.setStatus(stack, 'UPDATE_FAILED', failed.failure.trim());
      } else await this.#rollBackUpdate(deployment, failed.failure);
    });
  }

  async #rollBackUpdate(deployment: Deployment, failure: string): Promise<void> {
    const { stack } = deployment;
    this.#store.setStatus(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', failure.trim());
    const failed = await deployment.restore();
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to update: [${failed.join(', ')}].`;
      this.#store.setStatus(stack, 'UPDATE_ROLLBACK_FAILED', reason);
      return;
    }
    this.#store.setStatus(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.#deleteLeftovers(stack, ({ status }) => status.startsWith('DELETE_'));
    await this.#deleteAll(stack, deployment.created, 'create');
    for (const { logicalId, physicalId } of stack.resources) if (physicalId === '') removeResource(stack, logicalId);
    this.#store.setStatus(stack, 'UPDATE_ROLLBACK_COMPLETE');
  }

  /** A stack that is still being created stops at once; nothing new is started for it. */
  delete(stack: Stack, retained: readonly string[]): void {
    const running = this.#running.get(stack);
    running?.abort.abort();
    this.#provisioner.hide(stack, stack.current);
    this.#store.setStatus(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    this.#start(stack, undefined, async () => {
      await running?.done;
      const kept = stack.resources.filter(({ logicalId }) => retained.includes(logicalId));
      for (const resource of kept) {
        this.#provisioner.event(stack, { ...resource, status: 'DELETE_SKIPPED' });
        removeResource(stack, resource.logicalId);
      }
      stack.leftovers = stack.leftovers.filter(({ logicalId }) => !retained.includes(logicalId));
      const failed = await this.#deleteAll(stack, stack.resources, 'delete');
      this.#finishDelete(stack, [...failed, ...(await this.#deleteLeftovers(stack))]);
    });
  }

  #finishDelete(stack: Stack, failed: readonly string[]): void {
    if (failed.length > 0) {
      this.#store.setStatus(stack, 'DELETE_FAILED', deleteFailure(failed));
      return;
    }
    stack.deletedAt = this.#clock.now();
    stack.outputs = [];
    stack.imports = [];
    stack.resources = [];
    stack.changeSets = [];
    this.#store.setStatus(stack, 'DELETE_COMPLETE');
  }

  /** Deletes what the policies let go, dependents first. @returns the logical ids that could not be deleted */
  async #deleteAll(
    stack: Stack,
    resources: readonly StackResource[],
    why: 'create' | 'remove' | 'delete',
  ): Promise<string[]> {
    const failed: string[] = [];
    const targets = new Map(resources.map((resource) => [resource.logicalId, resource]));
    const dependents = new Map(
      resources.map(({ logicalId }) => [
        logicalId,
        resources.filter(({ dependsOn }) => dependsOn.includes(logicalId)).map((dependent) => dependent.logicalId),
      ]),
    );
    await runInDependencyOrder(
      dependents,
      async (logicalId) => {
        const resource = targets.get(logicalId);
        if (resource === undefined) return true;
        const failure = await this.#deleteOne(stack, resource, why);
        if (failure !== undefined) {
          failed.push(logicalId);
          putResource(stack, { ...resource, status: 'DELETE_FAILED', reason: failure });
          return false;
        }
        removeResource(stack, logicalId);
        return true;
      },
      { haltOnFailure: false },
    );
    return failed;
  }

  /** Latest first, which is dependents first. @returns the logical ids of those that could not be deleted */
  async #deleteLeftovers(stack: Stack, isDue: (leftover: StackResource) => boolean = () => true): Promise<string[]> {
    const failed: string[] = [];
    for (const leftover of stack.leftovers.filter(isDue).toReversed()) {
      // Types that overwrite what is there give a successor the physical id of what it replaces.
      const isInUse = stack.resources.some(
        ({ type, physicalId }) => type === leftover.type && physicalId === leftover.physicalId,
      );
      const failure = isInUse ? undefined : await this.#deleteOne(stack, leftover, 'replace');
      if (failure === undefined) removeLeftover(stack, leftover);
      else {
        failed.push(leftover.logicalId);
        stack.leftovers = stack.leftovers.map((other) =>
          other === leftover ? { ...leftover, status: 'DELETE_FAILED', reason: failure } : other,
        );
      }
    }
    return failed;
  }

  async #deleteOne(
    stack: Stack,
    resource: StackResource,
    why: 'create' | 'replace' | 'remove' | 'delete',
  ): Promise<string | undefined> {
    const policy = why === 'replace' ? resource.updateReplacePolicy : resource.deletionPolicy;
    const isKept = policy === 'Retain' || (policy === 'RetainExceptOnCreate' && why !== 'create');
    if (resource.physicalId === '') return undefined;
    if (isKept) {
      this.#provisioner.event(stack, { ...resource, status: 'DELETE_SKIPPED', reason: undefined });
      return undefined;
    }
    return this.#provisioner.delete(stack, resource);
  }

  #deployment(stack: Stack, desired: Desired, signal: AbortSignal): Deployment {
    return new Deployment({ stack, desired, provisioner: this.#provisioner, store: this.#store, signal });
  }

  /** The call that starts an operation is answered before its first step. */
  #start(stack: Stack, changeSet: ChangeSet | undefined, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      try {
        await work(abort.signal);
      } catch (error) {
        if (!(error instanceof OperationInterrupted)) {
          this.#onError(error);
          this.#store.setStatus(stack, stack.status.replace(/_IN_PROGRESS$/, '_FAILED'), String(error));
        }
      }
      // An operation that was interrupted stays in progress until the next start of the endpoint.
      if (changeSet !== undefined && !stack.status.endsWith('_IN_PROGRESS')) {
        changeSet.executionStatus =
          stack.status.endsWith('_COMPLETE') && !stack.status.includes('ROLLBACK')
            ? 'EXECUTE_COMPLETE'
            : 'EXECUTE_FAILED';
      }
      if (this.#running.get(stack)?.abort === abort) this.#running.delete(stack);
      this.#store.changed(stack);
    };
    this.#running.set(stack, { abort, done: run() });
  }
}

function deleteFailure(logicalIds: readonly string[]): string {
  return `The following resource(s) failed to delete: [${logicalIds.join(', ')}]. `;
}
