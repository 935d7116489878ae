import { AwsError } from '../../core/aws-error.ts';
import type { GatewayResponse } from './api-definition.ts';
import { type PatchOperation, refusePath } from './control-input.ts';
import { applyEach, patchEntries, splitPath } from './patch-entries.ts';

/** What UpdateGatewayResponse makes of a gateway response. @throws AwsError in AWS's words */
export function patchGatewayResponse(
  response: GatewayResponse,
  operations: readonly PatchOperation[],
): GatewayResponse {
  return applyEach(operations, response, (draft: GatewayResponse, operation) => {
    const { op, path, value } = operation;
    const { member, name } = splitPath(path);
    switch (member) {
      case 'responseParameters':
        return { ...draft, responseParameters: patchTexts(draft.responseParameters, operation, member, name) };
      case 'responseTemplates':
        return { ...draft, responseTemplates: patchTexts(draft.responseTemplates, operation, member, name) };
      case 'statusCode':
        return op === 'replace' && value !== undefined ? { ...draft, statusCode: value } : refusePath(path);
      default:
        return refusePath(path);
    }
  });
}

function patchTexts(
  entries: Readonly<Record<string, string>>,
  operation: PatchOperation,
  member: string,
  name: string | undefined,
): Record<string, string> {
  if (operation.op !== 'remove' && !operation.value) {
    throw new AwsError('BadRequestException', `Invalid null or empty value in ${member}`);
  }
  return patchEntries(entries, operation, name, (value) => value);
}
