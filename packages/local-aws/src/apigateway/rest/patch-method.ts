import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import {
  type Integration,
  type IntegrationResponse,
  integrationSchema,
  type Method,
  type MethodResponse,
  methodSchema,
} from './api-definition.ts';
import { type PatchOperation, refusePath } from './control-input.ts';
import { applyEach, patchEntries, splitPath } from './patch-entries.ts';

/** What UpdateMethod makes of a method. @throws AwsError in AWS's words, as all here */
export function patchMethod(method: Method, operations: readonly PatchOperation[]): Method {
  const patched = applyEach(operations, method, (draft: Method, operation) => {
    const { op, path, value = '' } = operation;
    const { member, name } = splitPath(path);
    switch (member) {
      case 'requestParameters':
        return { ...draft, requestParameters: patchEntries(draft.requestParameters, operation, name, isTrue) };
      case 'requestModels':
        return { ...draft, requestModels: patchEntries(draft.requestModels, operation, name, asIs) };
      case 'authorizationScopes': {
        const others = draft.authorizationScopes.filter((scope) => scope !== value);
        return { ...draft, authorizationScopes: op === 'remove' ? others : [...others, value] };
      }
    }
    checkReplaces(operation, [
      'apiKeyRequired',
      'authorizationType',
      'authorizerId',
      'operationName',
      'requestValidatorId',
    ]);
    return readMember(methodSchema, draft, member, member === 'apiKeyRequired' ? isTrue(value) : value);
  });
  const { authorizerId: _, ...withoutAuthorizer } = patched;
  return takesAuthorizer(patched) ? patched : withoutAuthorizer;
}

/** What UpdateIntegration makes of an integration. */
export function patchIntegration(integration: Integration, operations: readonly PatchOperation[]): Integration {
  return applyEach(operations, integration, (draft: Integration, operation) => {
    const { path, value = '' } = operation;
    const { member, name } = splitPath(path);
    switch (member) {
      case 'requestParameters':
        return { ...draft, requestParameters: patchEntries(draft.requestParameters, operation, name, asIs) };
      case 'requestTemplates':
        return { ...draft, requestTemplates: patchEntries(draft.requestTemplates, operation, name, asIs) };
    }
    checkReplaces(operation, [
      'contentHandling',
      'credentials',
      'httpMethod',
      'passthroughBehavior',
      'timeoutInMillis',
      'uri',
    ]);
    return readMember(integrationSchema, draft, member, member === 'timeoutInMillis' ? Number(value) : value);
  });
}

/** What UpdateIntegrationResponse makes of a response of an integration. */
export function patchIntegrationResponse(
  response: IntegrationResponse,
  operations: readonly PatchOperation[],
): IntegrationResponse {
  return applyEach(operations, response, (draft: IntegrationResponse, operation) => {
    const { member, name } = splitPath(operation.path);
    switch (member) {
      case 'responseParameters':
        return { ...draft, responseParameters: patchEntries(draft.responseParameters, operation, name, asIs) };
      case 'responseTemplates':
        return { ...draft, responseTemplates: patchEntries(draft.responseTemplates, operation, name, asIs) };
    }
    checkReplaces(operation, ['contentHandling', 'selectionPattern']);
    return readMember(integrationSchema.shape.responses.element, draft, member, operation.value ?? '');
  });
}

/** What UpdateMethodResponse makes of a response of a method. */
export function patchMethodResponse(response: MethodResponse, operations: readonly PatchOperation[]): MethodResponse {
  return applyEach(operations, response, (draft: MethodResponse, operation) => {
    const { member, name } = splitPath(operation.path);
    switch (member) {
      case 'responseParameters':
        return { ...draft, responseParameters: patchEntries(draft.responseParameters, operation, name, isTrue) };
      case 'responseModels':
        return { ...draft, responseModels: patchEntries(draft.responseModels, operation, name, asIs) };
      default:
        return refusePath(operation.path);
    }
  });
}

export function takesAuthorizer({ authorizationType }: Method): boolean {
  return authorizationType === 'CUSTOM' || authorizationType === 'COGNITO_USER_POOLS';
}

const isTrue = (value: string): boolean => value === 'true';
const asIs = (value: string): string => value;

function checkReplaces({ op, path }: PatchOperation, members: readonly string[]): void {
  if (!members.some((member) => path === `/${member}`)) refusePath(path);
  if (op !== 'replace') {
    throw new AwsError('BadRequestException', 'Invalid patch operation specified. Must be one of: [replace]');
  }
}

/** The draft with one member set, or without it when its value is empty. */
function readMember<T>(schema: z.ZodType<T>, draft: T, member: string, value: unknown): T {
  const result = schema.safeParse({ ...draft, [member]: value === '' ? undefined : value });
  if (result.success) return result.data;
  throw new AwsError(
    'BadRequestException',
    `Invalid ${member} specified: ${String(value)}. ${z.prettifyError(result.error)}`,
  );
}
