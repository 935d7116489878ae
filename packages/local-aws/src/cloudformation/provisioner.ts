import type { Clock } from '../core/clock.ts';
import type { ResourceContext, ResourceType } from '../core/resource-type.ts';
import { putResource, type Stack, type StackResource } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';

/** A resource as it is to be, before anyone knows its physical id. */
export type ResourceSpec = Omit<StackResource, 'physicalId' | 'attributes' | 'status' | 'reason' | 'updatedAt'>;

type Dependencies = {
  readonly types: ReadonlyMap<string, ResourceType>;
  readonly store: StackStore;
  readonly clock: Clock;
};

/** Makes, changes and deletes single resources of a stack, keeping record and events. Never throws. */
export class Provisioner {
  readonly #types: ReadonlyMap<string, ResourceType>;
  readonly #store: StackStore;
  readonly #clock: Clock;

  constructor({ types, store, clock }: Dependencies) {
    this.#types = types;
    this.#store = store;
    this.#clock = clock;
  }

  async create(stack: Stack, spec: ResourceSpec, tags: Stack['current']['tags']): Promise<boolean> {
    const record = {
      ...spec,
      physicalId: '',
      attributes: {},
      status: 'CREATE_IN_PROGRESS',
      updatedAt: this.#clock.now(),
    };
    this.note(stack, record);
    try {
      const state = await this.#type(spec.type).create(spec.properties, contextOf(stack, spec, tags));
      this.note(stack, { ...record, ...state, status: 'CREATE_COMPLETE' });
      return true;
    } catch (error) {
      this.note(stack, { ...record, status: 'CREATE_FAILED', reason: messageOf(error) });
      return false;
    }
  }

  /** Goes from `before` to `spec` in place; on failure the record keeps what it had. */
  async update(
    stack: Stack,
    spec: ResourceSpec,
    before: StackResource,
    tags: Stack['current']['tags'],
  ): Promise<boolean> {
    const { physicalId, attributes, properties } = before;
    this.note(stack, { ...before, status: 'UPDATE_IN_PROGRESS', reason: undefined });
    try {
      const current = { properties, state: { physicalId, attributes } };
      const state = await this.#type(spec.type).update(spec.properties, current, contextOf(stack, spec, tags));
      this.note(stack, { ...spec, ...state, status: 'UPDATE_COMPLETE', updatedAt: this.#clock.now() });
      return true;
    } catch (error) {
      this.note(stack, { ...before, status: 'UPDATE_FAILED', reason: messageOf(error) });
      return false;
    }
  }

  /**
   * Deletes the physical resource; what becomes of the record is for the caller to say.
   * @returns why it failed
   */
  async delete(stack: Stack, resource: StackResource): Promise<string | undefined> {
    this.event(stack, { ...resource, status: 'DELETE_IN_PROGRESS', reason: undefined });
    const { physicalId, attributes, properties } = resource;
    try {
      const context = contextOf(stack, resource, stack.current.tags);
      await this.#type(resource.type).delete({ physicalId, attributes }, properties, context);
      this.event(stack, { ...resource, status: 'DELETE_COMPLETE', reason: undefined });
      return undefined;
    } catch (error) {
      const failure = messageOf(error);
      this.event(stack, { ...resource, status: 'DELETE_FAILED', reason: failure });
      return failure;
    }
  }

  /** Puts a resource's new state on record and among the events. */
  note(stack: Stack, resource: StackResource): void {
    const record = { ...resource, updatedAt: this.#clock.now() };
    putResource(stack, record);
    this.event(stack, record);
  }

  event(stack: Stack, { logicalId, physicalId, type, status, reason, properties }: StackResource): void {
    this.#store.addEvent(stack, { logicalId, physicalId, type, status, reason, properties });
  }

  needsReplacement(type: string, previous: StackResource['properties'], next: StackResource['properties']): boolean {
    return this.#type(type).needsReplacement(previous, next);
  }

  #type(name: string): ResourceType {
    const type = this.#types.get(name);
    // Kept state may name a type that this version of the endpoint no longer has.
    if (type === undefined) throw new Error(`Resource type ${name} is not supported by the local endpoint.`);
    return type;
  }
}

function contextOf(
  stack: Stack,
  { logicalId, generation }: Pick<StackResource, 'logicalId' | 'generation'>,
  tags: Stack['current']['tags'],
): ResourceContext {
  return { stackName: stack.name, stackId: stack.id, logicalId, region: stack.region, tags, generation };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
