import * as z from 'zod';
import { arn } from '../core/arn.ts';
import type { QueryAction } from '../core/query-protocol.ts';
import { parseRequest } from '../core/query-request.ts';
import { refuseDeleteOfImported } from './exports.ts';
import { planStack } from './plan.ts';
import { deployFields, deploymentConfig, fields, newStackNameField, stackNameField } from './request.ts';
import type { StackRequests } from './stack-requests.ts';
import { isDeleted } from './stack-store.ts';
import { templateError } from './template-error.ts';

const createSchema = z.object({
  ...deployFields,
  StackName: newStackNameField,
  OnFailure: z.enum(['ROLLBACK', 'DELETE', 'DO_NOTHING']).optional(),
  DisableRollback: fields.flag.optional(),
  EnableTerminationProtection: fields.flag.optional(),
  RetainExceptOnCreate: fields.off.optional(),
  ClientRequestToken: fields.token.optional(),
});

const updateSchema = z.object({
  ...deployFields,
  StackName: stackNameField,
  DisableRollback: fields.flag.optional(),
  RetainExceptOnCreate: fields.off.optional(),
  ClientRequestToken: fields.token.optional(),
});

const deleteSchema = z.object({
  StackName: stackNameField,
  RetainResources: fields.list(fields.text),
  // Without effect, as in a deploy.
  RoleARN: fields.text.optional(),
  DeploymentConfig: deploymentConfig,
  DeletionMode: z.literal('STANDARD', { error: 'Member must satisfy enum value set: [STANDARD]' }).optional(),
  ClientRequestToken: fields.token.optional(),
});

/** Operations on whole stacks. */
export function stackActions(requests: StackRequests): Record<string, QueryAction> {
  const { store, operations, types } = requests;
  return {
    async CreateStack(input, { region }) {
      const request = parseRequest(createSchema, input);
      const { StackName: name } = request;
      requests.requireNoStack(region, name);
      if (request.OnFailure !== undefined && request.DisableRollback !== undefined) {
        throw templateError('You can specify either DisableRollback or OnFailure, but not both.');
      }
      const desired = await requests.desired(request, region, undefined);
      const identity = { id: arn('cloudformation', region, `stack/${name}/new`), name, region };
      planStack({ identity, stack: undefined, desired, types, store });
      // Fetching the template takes time in which another call may have made the stack.
      requests.requireNoStack(region, name);
      const stack = store.add(region, name, 'CREATE_IN_PROGRESS', desired);
      stack.terminationProtection = request.EnableTerminationProtection ?? false;
      stack.token = request.ClientRequestToken;
      operations.create(stack, desired, request.OnFailure ?? (request.DisableRollback ? 'DO_NOTHING' : 'ROLLBACK'));
      return { StackId: stack.id };
    },

    async UpdateStack(input, { region }) {
      const request = parseRequest(updateSchema, input);
      const stack = requests.requireStack(region, request.StackName, 'bracketed');
      requests.requireUpdatable(stack);
      const desired = await requests.desired(request, region, stack);
      const { hasChanges } = planStack({ identity: stack, stack, desired, types, store });
      if (!hasChanges) throw templateError('No updates are to be performed.');
      requests.requireUpdatable(stack);
      // They were made against what the stack is no longer going to be.
      stack.changeSets = [];
      stack.token = request.ClientRequestToken;
      operations.update(stack, desired, request.DisableRollback ?? false);
      return { StackId: stack.id };
    },

    DeleteStack(input, { region }) {
      const { StackName, RetainResources, ClientRequestToken } = parseRequest(deleteSchema, input);
      const stack = store.find(region, StackName);
      if (stack === undefined || isDeleted(stack) || stack.status === 'DELETE_IN_PROGRESS') return {};
      if (stack.terminationProtection) {
        throw templateError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
      }
      const canStop = stack.status === 'CREATE_IN_PROGRESS' || stack.status === 'REVIEW_IN_PROGRESS';
      if (stack.status.endsWith('_IN_PROGRESS') && !canStop) {
        throw templateError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
      }
      if (RetainResources.length > 0 && stack.status !== 'DELETE_FAILED') {
        throw templateError(
          `Invalid operation on stack [${stack.id}]. Specify the resources to retain only when the stack is in the DELETE_FAILED state.`,
        );
      }
      refuseDeleteOfImported(store, stack);
      stack.token = ClientRequestToken;
      operations.delete(stack, RetainResources);
      return {};
    },

    UpdateTerminationProtection(input, { region }) {
      const request = parseRequest(
        z.object({ StackName: stackNameField, EnableTerminationProtection: fields.flag }),
        input,
      );
      const stack = requests.requireStack(region, request.StackName, 'bracketed');
      stack.terminationProtection = request.EnableTerminationProtection;
      store.changed(stack);
      return { StackId: stack.id };
    },
  };
}
