import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { StateStore } from '../core/state-store.ts';
import { type Desired, type Stack, type StackEvent, type StackOutput, stackSchema } from './stack.ts';

const documentName = 'cloudformation';
const maxEvents = 2000;
const maxDeletedStacks = 50;

type EventDetails = Pick<StackEvent, 'logicalId' | 'physicalId' | 'type' | 'status' | 'reason' | 'properties'>;

/** All stacks of all regions with their events and exports; deleted ones stay for those who know their id. */
export class StackStore {
  readonly #clock: Clock;
  readonly #state: StateStore;
  #stacks: Stack[];

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#state = state;
    this.#stacks = z.array(stackSchema).parse(state.read(documentName) ?? []);
    for (const stack of this.#stacks) this.#failInterrupted(stack);
  }

  all(region?: string): readonly Stack[] {
    return this.#stacks.filter((stack) => region === undefined || stack.region === region);
  }

  /** By name among those that are there, or by id among all. */
  find(region: string, nameOrId: string): Stack | undefined {
    return nameOrId.startsWith('arn:')
      ? this.#stacks.find(({ id }) => id === nameOrId)
      : this.#stacks.find((stack) => stack.region === region && stack.name === nameOrId && !isDeleted(stack));
  }

  add(region: string, name: string, status: string, current: Desired): Stack {
    const stack: Stack = {
      id: arn('cloudformation', region, `stack/${name}/${randomUUID()}`),
      name,
      region,
      status,
      createdAt: this.#clock.now(),
      current,
      outputs: [],
      imports: [],
      resources: [],
      leftovers: [],
      events: [],
      changeSets: [],
      terminationProtection: false,
      disableRollback: false,
    };
    const deleted = this.#stacks.filter(isDeleted);
    const forgotten = new Set(deleted.slice(0, Math.max(0, deleted.length - maxDeletedStacks)));
    this.#stacks = [...this.#stacks.filter((other) => !forgotten.has(other)), stack];
    this.changed();
    return stack;
  }

  changed(): void {
    this.#state.changed(documentName, () => JSON.parse(JSON.stringify(this.#stacks)));
  }

  /** Sets the status of the stack itself and notes it as an event. */
  setStatus(stack: Stack, status: string, reason?: string): void {
    stack.status = status;
    stack.reason = reason;
    this.addEvent(stack, {
      logicalId: stack.name,
      physicalId: stack.id,
      type: 'AWS::CloudFormation::Stack',
      status,
      reason,
    });
  }

  addEvent(stack: Stack, details: EventDetails): void {
    stack.events.push({ id: randomUUID(), time: this.#clock.now(), token: stack.token, ...details });
    if (stack.events.length > maxEvents) stack.events.splice(0, stack.events.length - maxEvents);
    this.changed();
  }

  exports(region: string): readonly { stack: Stack; output: StackOutput; name: string }[] {
    return this.all(region)
      .filter((stack) => !isDeleted(stack))
      .flatMap((stack) =>
        stack.outputs.flatMap((output) =>
          output.exportName === undefined ? [] : [{ stack, output, name: output.exportName }],
        ),
      );
  }

  importersOf(region: string, exportName: string): readonly Stack[] {
    return this.all(region).filter((stack) => !isDeleted(stack) && stack.imports.includes(exportName));
  }

  /** An operation that the end of the process cut off will never finish. */
  #failInterrupted(stack: Stack): void {
    const match = /^(CREATE|UPDATE|DELETE|ROLLBACK|UPDATE_ROLLBACK)(?:_COMPLETE_CLEANUP)?_IN_PROGRESS$/.exec(
      stack.status,
    );
    if (match === null) return;
    const reason = 'The local endpoint stopped while the operation was in progress.';
    for (const changeSet of stack.changeSets) {
      if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS') changeSet.executionStatus = 'EXECUTE_FAILED';
    }
    stack.resources = stack.resources.map((resource) =>
      resource.status.endsWith('_IN_PROGRESS')
        ? { ...resource, status: resource.status.replace('_IN_PROGRESS', '_FAILED'), reason }
        : resource,
    );
    this.setStatus(stack, `${match[1]}_FAILED`, reason);
  }
}

export function isDeleted(stack: Stack): boolean {
  return stack.status === 'DELETE_COMPLETE';
}
