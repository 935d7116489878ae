import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { DynamicValues } from './dynamic-references.ts';
import { type ParameterInput, parameterValues, storedValues } from './parameters.ts';
import type { ResourceTypes } from './resource-types.ts';
import type { StackOperations } from './stack-operations.ts';
import type { Desired, Stack } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';
import { parseTemplate } from './template.ts';
import { templateError } from './template-error.ts';
import { type FetchTemplate, templateBody } from './template-source.ts';

type Dependencies = {
  readonly types: ResourceTypes;
  readonly store: StackStore;
  readonly operations: StackOperations;
  readonly clock: Clock;
  readonly fetchTemplate: FetchTemplate;
  /** The address on this machine for each address of an API in a text; a stack keeps those of AWS. */
  readonly localAddresses: (text: string) => string;
  readonly dynamicValues: DynamicValues;
};

type DeployRequest = {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters: readonly ParameterInput[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
  readonly Capabilities: string[];
  readonly NotificationARNs?: string[] | undefined;
  readonly RoleARN?: string | undefined;
};

/** Statuses from which a stack can be updated. */
const updatable = new Set([
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
]);

/** Finds the stacks that requests name, and reads what a request wants of them. Shared by all actions. */
export class StackRequests {
  readonly types: ResourceTypes;
  readonly store: StackStore;
  readonly operations: StackOperations;
  readonly clock: Clock;
  readonly fetchTemplate: FetchTemplate;
  readonly localAddresses: Dependencies['localAddresses'];
  readonly #dynamicValues: DynamicValues;

  constructor({ types, store, operations, clock, fetchTemplate, localAddresses, dynamicValues }: Dependencies) {
    this.types = types;
    this.store = store;
    this.operations = operations;
    this.clock = clock;
    this.fetchTemplate = fetchTemplate;
    this.localAddresses = localAddresses;
    this.#dynamicValues = dynamicValues;
  }

  /** @param style AWS's actions do not agree on how to say that a stack is missing */
  requireStack(region: string, nameOrId: string, style: 'with id' | 'bracketed' | 'quoted' = 'with id'): Stack {
    const stack = this.store.find(region, nameOrId);
    if (stack !== undefined) return stack;
    switch (style) {
      case 'with id':
        throw templateError(`Stack with id ${nameOrId} does not exist`);
      case 'bracketed':
        throw templateError(`Stack [${nameOrId}] does not exist`);
      case 'quoted':
        throw templateError(`Stack '${nameOrId}' does not exist`);
    }
  }

  requireUpdatable(stack: Stack): void {
    if (updatable.has(stack.status)) return;
    throw templateError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }

  /** @throws AwsError ValidationError */
  async desired(request: DeployRequest, region: string, stack: Stack | undefined): Promise<Desired> {
    const body = await templateBody(request, this.fetchTemplate, stack?.current.templateBody);
    const tags = request.Tags?.map(({ Key, Value }): [string, string] => [Key, Value]);
    const template = parseTemplate(body);
    const parameters = parameterValues(template, request.Parameters, stack?.current.parameters);
    return {
      templateBody: body,
      parameters,
      storedValues: storedValues(template, parameters, (name) => this.#parameterOf(region, name)),
      tags: tags === undefined ? (stack?.current.tags ?? {}) : Object.fromEntries(tags),
      capabilities: request.Capabilities,
      notificationArns: request.NotificationARNs ?? stack?.current.notificationArns ?? [],
      roleArn: request.RoleARN ?? stack?.current.roleArn,
    };
  }

  #parameterOf(region: string, name: string): { readonly value: string; readonly type: string } | undefined {
    try {
      return this.#dynamicValues.parameter(region, name);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }

  /** A stack that waits for its first change set to be executed. */
  addStack(region: string, name: string, desired: Desired): Stack {
    const empty: Desired = { ...desired, templateBody: '', parameters: {} };
    const stack = this.store.add(region, name, 'REVIEW_IN_PROGRESS', empty);
    this.store.setStatus(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
    return stack;
  }

  requireNoStack(region: string, name: string): void {
    const stack = this.store.find(region, name);
    if (stack !== undefined) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
  }
}
