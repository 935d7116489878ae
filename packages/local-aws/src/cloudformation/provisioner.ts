import type { Clock } from '../core/clock.ts';
import { OperationInterrupted } from '../core/operation-interrupted.ts';
import { CreationFailed, type ResourceContext, type ResourceType } from '../core/resource-type.ts';
import { maskSecrets, secretAttributes, secretParameters } from './mask-secrets.ts';
import type { ResourceTypes } from './resource-types.ts';
import { putResource, type Stack, type StackResource } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';

/** A resource as it is to be, before anyone knows its physical id. */
export type ResourceSpec = Omit<
  StackResource,
  'physicalId' | 'attributes' | 'isSecret' | 'status' | 'reason' | 'updatedAt'
>;

/** How the resources of one operation are made. */
export type Manner = Pick<ResourceContext, 'updatePolicy' | 'signal'> & { readonly tags: Stack['current']['tags'] };

type Dependencies = {
  readonly types: ResourceTypes;
  readonly store: StackStore;
  readonly clock: Clock;
};

/**
 * Makes, changes and deletes single resources of a stack, keeping record and events.
 * Errors: throws OperationInterrupted alone.
 */
export class Provisioner {
  readonly #types: ResourceTypes;
  readonly #store: StackStore;
  readonly #clock: Clock;
  readonly #secrets = new WeakMap<Stack, readonly string[]>();

  constructor({ types, store, clock }: Dependencies) {
    this.#types = types;
    this.#store = store;
    this.#clock = clock;
  }

  async create(stack: Stack, spec: ResourceSpec, manner: Manner): Promise<boolean> {
    const context = contextOf(stack, spec, manner);
    const record = {
      ...spec,
      physicalId: this.#types.get(spec.type)?.initialId?.(context) ?? '',
      attributes: {},
      status: 'CREATE_IN_PROGRESS',
      updatedAt: this.#clock.now(),
    };
    this.note(stack, record);
    try {
      const state = await this.#type(spec.type).create(spec.properties, context);
      this.note(stack, { ...record, ...state, status: 'CREATE_COMPLETE' });
      return true;
    } catch (error) {
      const physicalId = error instanceof CreationFailed ? error.physicalId : record.physicalId;
      this.note(stack, { ...record, physicalId, status: 'CREATE_FAILED', reason: failureOf(error) });
      return false;
    }
  }

  /** Goes from `before` to `spec` in place; on failure the record keeps what it had. */
  async update(stack: Stack, spec: ResourceSpec, before: StackResource, manner: Manner): Promise<boolean> {
    const { physicalId, attributes, properties } = before;
    const type = this.#types.get(spec.type);
    this.note(stack, { ...before, status: 'UPDATE_IN_PROGRESS', reason: undefined });
    try {
      const current = { properties, state: { physicalId, attributes } };
      const state = await this.#type(spec.type).update(spec.properties, current, contextOf(stack, spec, manner));
      const record = { ...spec, isSecret: undefined, ...state, updatedAt: this.#clock.now() };
      if (type?.isCustom && state.physicalId !== physicalId) {
        const reason = 'Requested update required the provider to create a new physical resource';
        this.event(stack, { ...record, status: 'UPDATE_IN_PROGRESS', reason });
      }
      this.note(stack, { ...record, status: 'UPDATE_COMPLETE', reason: undefined });
      return true;
    } catch (error) {
      this.note(stack, { ...before, status: 'UPDATE_FAILED', reason: failureOf(error) });
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
      const context = contextOf(stack, resource, { tags: stack.current.tags });
      await this.#type(resource.type).delete({ physicalId, attributes }, properties, context);
      this.event(stack, { ...resource, status: 'DELETE_COMPLETE', reason: undefined });
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
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
    const secrets = [...(this.#secrets.get(stack) ?? []), ...secretAttributes(stack)];
    const shown = maskSecrets(properties, secrets);
    this.#store.addEvent(stack, { logicalId, physicalId, type, status, reason, properties: shown });
  }

  /** Keeps the values of `NoEcho` parameters out of the events of an operation. */
  hide(stack: Stack, ...states: readonly Stack['current'][]): void {
    this.#secrets.set(stack, [...new Set(states.flatMap(secretParameters))]);
  }

  isCustom(type: string): boolean {
    return this.#types.get(type)?.isCustom === true;
  }

  /** Why an update cannot even be tried. */
  updateRefusal({ type, properties }: StackResource, next: StackResource['properties']): string | undefined {
    return this.#types.get(type)?.updateRefusal?.(properties, next);
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
  manner: Manner,
): ResourceContext {
  return { stackName: stack.name, stackId: stack.id, logicalId, region: stack.region, generation, ...manner };
}

/** The reason that an error is for a failure. */
function failureOf(error: unknown): string {
  if (error instanceof OperationInterrupted) throw error;
  return error instanceof Error ? error.message : String(error);
}
