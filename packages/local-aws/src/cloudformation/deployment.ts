import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import { resourceDependencies } from './check-template.ts';
import { runInDependencyOrder } from './dependency-order.ts';
import { commitOutputs } from './exports.ts';
import { resolveOutputs } from './outputs.ts';
import { existingResource } from './plan.ts';
import type { Manner, Provisioner, ResourceSpec } from './provisioner.ts';
import type { Resolver } from './resolver.ts';
import {
  addLeftover,
  type Desired,
  isMade,
  putResource,
  removeLeftover,
  resourceOf,
  type Stack,
  type StackResource,
} from './stack-record.ts';
import { liveReference, stackResolver } from './stack-resolver.ts';
import type { StackStore } from './stack-store.ts';
import { parseTemplate, type Template } from './template.ts';

type Options = {
  readonly stack: Stack;
  readonly desired: Desired;
  readonly provisioner: Provisioner;
  readonly store: StackStore;
  readonly signal: AbortSignal;
};

/** One run from what a stack has to what its template asks for, with what is needed to take it back. */
export class Deployment {
  readonly stack: Stack;
  readonly desired: Desired;
  /** The resources as they stood when the run began. */
  readonly before: ReadonlyMap<string, StackResource>;
  readonly #provisioner: Provisioner;
  readonly #store: StackStore;
  readonly #signal: AbortSignal;
  readonly #failed = new AbortController();
  /** Aborts with the deletion of the stack, and with the failure of a resource. */
  readonly #cancelled: AbortSignal;
  readonly #template: Template;
  readonly #resolver: Resolver;
  readonly #dependencies: ReadonlyMap<string, readonly string[]>;
  readonly #imports = new Set<string>();
  readonly #tagsChanged: boolean;
  /** Logical ids of what has a successor. */
  readonly #replaced = new Set<string>();
  /** What in-place updates tried to apply, whether or not they succeeded. */
  readonly #attempted = new Map<string, ResourceSpec>();
  readonly #failedToCreate: string[] = [];
  readonly #failedToUpdate: string[] = [];
  #outputsFailure: string | undefined;

  constructor({ stack, desired, provisioner, store, signal }: Options) {
    this.stack = stack;
    this.desired = desired;
    this.#provisioner = provisioner;
    this.#store = store;
    this.#signal = signal;
    this.#cancelled = AbortSignal.any([signal, this.#failed.signal]);
    this.before = new Map(stack.resources.map((resource) => [resource.logicalId, resource]));
    this.#tagsChanged = !isDeepStrictEqual(stack.current.tags, desired.tags);
    this.#template = parseTemplate(desired.templateBody);
    this.#resolver = stackResolver({
      identity: stack,
      template: this.#template,
      desired,
      store,
      reference: liveReference(stack),
      onImport: (name) => this.#imports.add(name),
    });
    this.#dependencies = resourceDependencies(this.#template, this.#resolver);
  }

  /** Makes and changes what the template asks for; what is no longer wanted stays until `obsolete` is deleted. */
  async run(): Promise<{ failure: string } | undefined> {
    await runInDependencyOrder(this.#dependencies, (logicalId) => this.#apply(logicalId), {
      haltOnFailure: true,
      signal: this.#signal,
    });
    if (this.#failedToCreate.length + this.#failedToUpdate.length === 0 && !this.#signal.aborted) this.#commit();
    const failure = this.#failure();
    return failure === undefined ? undefined : { failure };
  }

  #commit(): void {
    try {
      const outputs = resolveOutputs(this.#resolver);
      commitOutputs(this.#store, this.stack, outputs);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#outputsFailure = error.message;
      return;
    }
    this.stack.current = this.desired;
    this.stack.description = this.#template.description;
    this.stack.imports = [...this.#imports];
  }

  #failure(): string | undefined {
    const sentence = (verb: string, ids: readonly string[]): string =>
      ids.length === 0 ? '' : `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
    const text = sentence('create', this.#failedToCreate) + sentence('update', this.#failedToUpdate);
    return text === '' ? this.#outputsFailure : text;
  }

  async #apply(logicalId: string): Promise<boolean> {
    const succeeded = await this.#applyOne(logicalId);
    if (!succeeded) this.#failed.abort();
    return succeeded;
  }

  async #applyOne(logicalId: string): Promise<boolean> {
    const existing = existingResource(this.stack, logicalId);
    const planned = this.#plan(logicalId, existing);
    if (planned === undefined) return false;
    const { spec, updatePolicy } = planned;
    if (existing === undefined) return this.#create(spec);

    const isSame = isDeepStrictEqual(existing.properties, spec.properties);
    const refusal = this.#provisioner.updateRefusal(existing, spec.properties);
    if (refusal !== undefined) {
      this.#provisioner.note(this.stack, { ...existing, status: 'UPDATE_FAILED', reason: refusal });
      this.#failedToUpdate.push(logicalId);
      return false;
    }
    const replace = !isSame && this.#provisioner.needsReplacement(spec.type, existing.properties, spec.properties);
    if (replace) return this.#replace(spec, existing);
    const canTag =
      this.#tagsChanged &&
      !this.#provisioner.isCustom(spec.type) &&
      !this.#provisioner.needsReplacement(spec.type, spec.properties, spec.properties);
    if (!isSame || canTag || existing.status === 'UPDATE_FAILED') {
      this.#attempted.set(logicalId, spec);
      const succeeded = await this.#provisioner.update(this.stack, spec, existing, { ...this.#manner, updatePolicy });
      if (!succeeded) this.#failedToUpdate.push(logicalId);
      else if (this.#hasOtherId(existing)) addLeftover(this.stack, existing);
      return succeeded;
    }
    putResource(this.stack, { ...existing, ...spec });
    return true;
  }

  /** Undefined when the properties cannot be resolved, which is then the resource's failure. */
  #plan(
    logicalId: string,
    existing: StackResource | undefined,
  ): { readonly spec: ResourceSpec; readonly updatePolicy: JsonObject | undefined } | undefined {
    const declaration = this.#template.resources.get(logicalId);
    if (declaration === undefined) return undefined;
    const spec: ResourceSpec = {
      logicalId,
      type: declaration.Type,
      properties: {},
      dependsOn: [...(this.#dependencies.get(logicalId) ?? [])],
      deletionPolicy: declaration.DeletionPolicy ?? 'Delete',
      updateReplacePolicy: declaration.UpdateReplacePolicy ?? 'Delete',
      metadata: declaration.Metadata,
      generation: existing?.generation ?? 0,
    };
    try {
      const { Properties = {}, UpdatePolicy } = declaration;
      return {
        spec: { ...spec, properties: this.#resolver.resolveProperties(Properties) },
        updatePolicy: UpdatePolicy && this.#resolver.resolveProperties(UpdatePolicy),
      };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { message: reason } = error;
      const record = existing ?? { ...spec, physicalId: '', attributes: {}, updatedAt: 0 };
      const status = existing === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED';
      this.#provisioner.note(this.stack, { ...record, status, reason });
      (existing === undefined ? this.#failedToCreate : this.#failedToUpdate).push(logicalId);
      return undefined;
    }
  }

  async #create(spec: ResourceSpec): Promise<boolean> {
    const failed = resourceOf(this.stack, spec.logicalId);
    if (failed !== undefined && failed.physicalId !== '') {
      addLeftover(this.stack, { ...failed, status: 'DELETE_IN_PROGRESS' });
    }
    const succeeded = await this.#provisioner.create(this.stack, spec, this.#manner);
    if (!succeeded) this.#failedToCreate.push(spec.logicalId);
    return succeeded;
  }

  async #replace(spec: ResourceSpec, existing: StackResource): Promise<boolean> {
    this.#provisioner.event(this.stack, {
      ...existing,
      properties: spec.properties,
      status: 'UPDATE_IN_PROGRESS',
      reason: 'Requested update requires the creation of a new physical resource; hence creating one.',
    });
    // The record is the successor's from here on, and the old one must not be forgotten whatever happens.
    addLeftover(this.stack, existing);
    const next = { ...spec, generation: existing.generation + 1 };
    const succeeded = await this.#provisioner.create(this.stack, next, this.#manner);
    if (!succeeded) {
      // The old one is still there, and still the resource.
      removeLeftover(this.stack, existing);
      putResource(this.stack, { ...existing, status: 'UPDATE_FAILED' });
      this.#failedToUpdate.push(spec.logicalId);
      return false;
    }
    this.#replaced.add(spec.logicalId);
    const made = resourceOf(this.stack, spec.logicalId);
    if (made !== undefined) this.#provisioner.event(this.stack, { ...made, status: 'UPDATE_COMPLETE' });
    return true;
  }

  get #manner(): Manner {
    return { tags: this.desired.tags, signal: this.#cancelled };
  }

  /** Whether the provider of a custom resource has replaced it in an update. */
  #hasOtherId({ logicalId, type, physicalId }: StackResource): boolean {
    return this.#provisioner.isCustom(type) && resourceOf(this.stack, logicalId)?.physicalId !== physicalId;
  }

  /** What the template no longer has. */
  get removed(): readonly StackResource[] {
    return [...this.before.values()].filter(({ logicalId }) => !this.#dependencies.has(logicalId));
  }

  /** What a failed run has made. */
  get created(): readonly StackResource[] {
    return this.stack.resources.filter(({ logicalId, physicalId }) => {
      const before = this.before.get(logicalId);
      return physicalId !== '' && (before === undefined || !isMade(before));
    });
  }

  /**
   * Takes every resource back to what it was before the run; replacements become leftovers.
   * @returns what could not be restored
   */
  async restore(): Promise<string[]> {
    const failed: string[] = [];
    const changed = [...this.before.values()].filter(
      ({ logicalId }) => this.#attempted.has(logicalId) || this.#replaced.has(logicalId),
    );
    await runInDependencyOrder(
      new Map(changed.map(({ logicalId, dependsOn }) => [logicalId, dependsOn])),
      async (logicalId) => {
        const before = this.before.get(logicalId);
        const current = resourceOf(this.stack, logicalId);
        if (before === undefined || current === undefined) return true;
        const attempted = this.#attempted.get(logicalId);
        if (attempted === undefined) {
          removeLeftover(this.stack, before);
          addLeftover(this.stack, { ...current, status: 'DELETE_IN_PROGRESS' });
          this.#provisioner.note(this.stack, { ...before, status: 'UPDATE_COMPLETE', reason: undefined });
          return true;
        }
        const from = { ...current, properties: attempted.properties };
        const restored = await this.#provisioner.update(this.stack, before, from, { tags: this.stack.current.tags });
        if (!restored) failed.push(logicalId);
        else if (this.#hasOtherId(from)) {
          addLeftover(this.stack, { ...from, status: 'DELETE_IN_PROGRESS' });
          // The provider may have gone back to the one that the update had replaced.
          const back = resourceOf(this.stack, logicalId)?.physicalId;
          this.stack.leftovers = this.stack.leftovers.filter(
            (leftover) => leftover.logicalId !== logicalId || leftover.physicalId !== back,
          );
        }
        return restored;
      },
      { haltOnFailure: false },
    );
    for (const before of this.before.values()) {
      // What did not exist and does now is for the caller to delete.
      if (!changed.includes(before) && isMade(before)) putResource(this.stack, before);
    }
    return failed;
  }
}
