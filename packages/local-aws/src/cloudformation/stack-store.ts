import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import { orderedKey } from '../core/ordered-key.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import {
  type Desired,
  eventSchema,
  type Stack,
  type StackEvent,
  type StackOutput,
  stackSchema,
} from './stack-record.ts';

const maxEvents = 2000;
const maxDeletedStacks = 50;

const keptStackSchema = stackSchema.omit({ events: true });
type KeptStack = z.infer<typeof keptStackSchema>;
const keptEventSchema = z.object({ stackId: z.string(), event: eventSchema });
type KeptEvent = z.infer<typeof keptEventSchema>;

type EventDetails = Pick<StackEvent, 'logicalId' | 'physicalId' | 'type' | 'status' | 'reason' | 'properties'>;

/** All stacks of all regions with their events and exports; deleted ones stay for those who know their id. */
export class StackStore {
  readonly #clock: Clock;
  readonly #mirror: Mirror<KeptStack>;
  readonly #keptEvents: Collection<KeptEvent>;
  /** Oldest first. */
  #stacks: Stack[];

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    // Events are records of their own: a stack has thousands, and a deployment adds them one by one.
    this.#mirror = new Mirror(state, 'cloudformation/stacks', keptStackSchema, () => this.#kept());
    this.#keptEvents = state.collection('cloudformation/events', keptEventSchema);
    const events = Map.groupBy(this.#keptEvents.entries(), ([, { stackId }]) => stackId);
    this.#stacks = [...this.#mirror.kept().values()]
      .map((stack) => ({ ...stack, events: (events.get(stack.id) ?? []).map(([, { event }]) => event) }))
      .sort((left, right) => left.createdAt - right.createdAt);
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
    for (const { id, events } of forgotten) {
      this.#mirror.changed(id);
      for (const event of events) this.#keptEvents.delete(eventKey(id, event));
    }
    this.changed(stack);
    return stack;
  }

  /** To be called after a change of a stack. */
  changed({ id }: Stack): void {
    this.#mirror.changed(id);
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
    const position = (stack.events.at(-1)?.position ?? 0) + 1;
    const event = { id: randomUUID(), position, time: this.#clock.now(), token: stack.token, ...details };
    stack.events.push(event);
    this.#keptEvents.put(eventKey(stack.id, event), { stackId: stack.id, event });
    const forgotten = stack.events.splice(0, stack.events.length - maxEvents);
    for (const old of forgotten) this.#keptEvents.delete(eventKey(stack.id, old));
    this.changed(stack);
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

  #kept(): Map<string, KeptStack> {
    return new Map(this.#stacks.map(({ events: _events, ...stack }) => [stack.id, stack]));
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

function eventKey(stackId: string, { position }: StackEvent): string {
  return `${stackId}\n${orderedKey(position)}`;
}

export function isDeleted(stack: Stack): boolean {
  return stack.status === 'DELETE_COMPLETE';
}
