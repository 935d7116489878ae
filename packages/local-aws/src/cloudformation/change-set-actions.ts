import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { QueryAction, QueryOutput } from '../core/query-protocol.ts';
import { parseRequest } from '../core/query-request.ts';
import { maskSecrets, secretAttributes, secretParameters } from './mask-secrets.ts';
import { planStack } from './plan.ts';
import { changeOutput, parameterOutput, tagOutput } from './render-stack.ts';
import { deployFields, fields, stackNameField } from './request.ts';
import type { ChangeSet, Stack } from './stack-record.ts';
import type { StackRequests } from './stack-requests.ts';
import { templateError } from './template-error.ts';

const createSchema = z.object({
  ...deployFields,
  StackName: stackNameField,
  ChangeSetName: z
    .string()
    .regex(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/, 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*'),
  ChangeSetType: z.enum(['CREATE', 'UPDATE']).default('UPDATE'),
  Description: z.string().optional(),
  OnStackFailure: z.enum(['ROLLBACK', 'DELETE', 'DO_NOTHING']).optional(),
  // Templates with nested stacks are refused, so there is nothing to include.
  IncludeNestedStacks: fields.flag.optional(),
  // Nothing is imported: a resource whose name is taken fails to be created.
  ImportExistingResources: fields.flag.optional(),
  ClientToken: fields.token.optional(),
});

const namedSchema = z.object({ ChangeSetName: fields.text, StackName: stackNameField.optional() });

const describeSchema = namedSchema.extend({ IncludePropertyValues: fields.flag.optional() });

const executeSchema = namedSchema.extend({
  DisableRollback: fields.flag.optional(),
  RetainExceptOnCreate: fields.off.optional(),
  ClientRequestToken: fields.token.optional(),
});

/** Each keeps a template, and those that are never executed stay with their stack. */
const maxChangeSets = 100;

const withoutChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Change sets: plans that wait for their execution. */
export function changeSetActions(requests: StackRequests): Record<string, QueryAction> {
  const { store, clock, operations, types } = requests;

  const find = (region: string, { ChangeSetName, StackName }: z.infer<typeof namedSchema>) => {
    if (!ChangeSetName.startsWith('arn:') && StackName === undefined) {
      throw templateError('StackName must be specified if ChangeSetName is not specified as an ARN.');
    }
    const stacks = StackName === undefined ? store.all() : [requests.requireStack(region, StackName, 'bracketed')];
    for (const stack of stacks) {
      const changeSet = stack.changeSets.find(({ id, name }) => id === ChangeSetName || name === ChangeSetName);
      if (changeSet !== undefined) return { stack, changeSet };
    }
    return undefined;
  };
  const require = (region: string, input: z.infer<typeof namedSchema>) => {
    const found = find(region, input);
    if (found === undefined) {
      throw new AwsError('ChangeSetNotFound', `ChangeSet [${input.ChangeSetName}] does not exist`, 404);
    }
    return found;
  };

  return {
    async CreateChangeSet(input, { region }) {
      const request = parseRequest(createSchema, input);
      const { StackName: name, ChangeSetName, ChangeSetType: kind } = request;
      const existing = store.find(region, name);
      requireTarget(request, existing);
      const isNew = kind === 'CREATE';
      if (existing !== undefined && !isNew) requests.requireUpdatable(existing);

      const deployed = isNew ? undefined : existing;
      const desired = await requests.desired(request, region, deployed);
      const identity = existing ?? { id: arn('cloudformation', region, `stack/${name}/new`), name, region };
      const { changes, hasChanges } = planStack({ identity, stack: deployed, desired, types, store });
      // Fetching the template takes time in which another call may have made or begun to change the stack.
      const present = store.find(region, name);
      requireTarget(request, present);
      if (present !== undefined && !isNew) requests.requireUpdatable(present);
      if ((present?.changeSets.length ?? 0) >= maxChangeSets) {
        throw new AwsError(
          'LimitExceededException',
          `The local endpoint keeps ${maxChangeSets} change sets of a stack.`,
        );
      }
      const stack = present ?? requests.addStack(region, name, desired);
      const changeSet: ChangeSet = {
        id: arn('cloudformation', region, `changeSet/${ChangeSetName}/${randomUUID()}`),
        name: ChangeSetName,
        kind,
        description: request.Description,
        desired,
        changes: [...changes],
        status: hasChanges ? 'CREATE_COMPLETE' : 'FAILED',
        reason: hasChanges ? undefined : withoutChanges,
        executionStatus: hasChanges ? 'AVAILABLE' : 'UNAVAILABLE',
        onFailure: request.OnStackFailure,
        createdAt: clock.now(),
      };
      stack.changeSets = [...stack.changeSets.filter((other) => other.name !== ChangeSetName), changeSet];
      store.changed(stack);
      return { Id: changeSet.id, StackId: stack.id };
    },

    DescribeChangeSet(input, { region }) {
      const request = parseRequest(describeSchema, input);
      const { stack, changeSet } = require(region, request);
      return { ...summary(stack, changeSet), ...details(stack, changeSet, request.IncludePropertyValues ?? false) };
    },

    ExecuteChangeSet(input, { region }) {
      const request = parseRequest(executeSchema, input);
      const { stack, changeSet } = require(region, request);
      if (changeSet.executionStatus !== 'AVAILABLE') {
        throw new AwsError(
          'InvalidChangeSetStatus',
          `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
        );
      }
      if (changeSet.kind === 'UPDATE') requests.requireUpdatable(stack);
      changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
      stack.changeSets = [changeSet];
      stack.changeSetId = changeSet.id;
      stack.token = request.ClientRequestToken;
      const disableRollback = request.DisableRollback ?? changeSet.onFailure === 'DO_NOTHING';
      if (changeSet.kind === 'UPDATE') operations.update(stack, changeSet.desired, disableRollback, changeSet);
      else {
        const onFailure = disableRollback ? 'DO_NOTHING' : (changeSet.onFailure ?? 'ROLLBACK');
        operations.create(stack, changeSet.desired, onFailure, changeSet);
      }
      return {};
    },

    DeleteChangeSet(input, { region }) {
      const request = parseRequest(namedSchema, input);
      const found = find(region, request);
      if (found === undefined) return {};
      const { stack, changeSet } = found;
      if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS') {
        throw new AwsError(
          'InvalidChangeSetStatus',
          `ChangeSet [${changeSet.id}] cannot be deleted in its current status of [EXECUTE_IN_PROGRESS]`,
        );
      }
      stack.changeSets = stack.changeSets.filter((other) => other !== changeSet);
      store.changed(stack);
      return {};
    },

    ListChangeSets(input, { region }) {
      const { StackName } = parseRequest(z.object({ StackName: stackNameField }), input);
      const stack = requests.requireStack(region, StackName, 'bracketed');
      return { Summaries: stack.changeSets.map((changeSet) => summary(stack, changeSet)) };
    },
  };
}

/** @throws AwsError when the kind of the change set does not fit the stack, or its name is taken */
function requireTarget(
  { StackName, ChangeSetName, ChangeSetType }: z.infer<typeof createSchema>,
  existing: Stack | undefined,
): void {
  const isById = StackName.startsWith('arn:');
  if ((ChangeSetType === 'UPDATE' || isById) && existing === undefined)
    throw templateError(`Stack [${StackName}] does not exist`);
  if (ChangeSetType === 'CREATE' && existing !== undefined && existing.status !== 'REVIEW_IN_PROGRESS') {
    throw templateError(
      `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
    );
  }
  if (
    existing?.changeSets.some(({ name, executionStatus }) => name === ChangeSetName && executionStatus === 'AVAILABLE')
  ) {
    throw new AwsError('AlreadyExistsException', `ChangeSet ${ChangeSetName} already exists`);
  }
}

function summary(stack: Stack, changeSet: ChangeSet): QueryOutput {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    CreationTime: new Date(changeSet.createdAt),
    Description: changeSet.description,
    IncludeNestedStacks: false,
  };
}

function details(stack: Stack, { desired, changes, onFailure }: ChangeSet, hasValues: boolean): QueryOutput {
  const secrets = hasValues ? [...[stack.current, desired].flatMap(secretParameters), ...secretAttributes(stack)] : [];
  const shownValues = hasValues ? (properties: JsonObject) => maskSecrets(properties, secrets) : undefined;
  return {
    Parameters: parameterOutput(desired),
    NotificationARNs: desired.notificationArns,
    Capabilities: desired.capabilities,
    Tags: tagOutput(desired),
    Changes: changes.map((change) => changeOutput(change, shownValues)),
    RollbackConfiguration: {},
    OnStackFailure: onFailure,
  };
}
