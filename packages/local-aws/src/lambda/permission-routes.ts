import * as z from 'zod';
import type { RestRoute } from '../core/rest-protocol.ts';
import type { FunctionStore } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { addPermission, policyView, removePermission } from './permission-actions.ts';
import { queryOf, readInput } from './rest-input.ts';

const optionalText = z.string().optional();

const permissionInput = z.strictObject({
  StatementId: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: optionalText,
  SourceAccount: optionalText,
  FunctionUrlAuthType: optionalText,
  InvokedViaFunctionUrl: z.boolean().optional(),
  RevisionId: optionalText,
});

/** The resource policy of a function, version or alias. */
export function permissionRoutes(functions: FunctionStore): RestRoute[] {
  const path = `/2015-03-31/functions/{name}/policy`;
  return [
    {
      method: 'POST',
      path,
      handle(request, parameters) {
        const statement = addPermission(
          resolveTarget(functions, request, parameters),
          readInput(request, permissionInput),
        );
        functions.changed();
        return { status: 201, body: { Statement: JSON.stringify(statement) } };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record, qualifier } = resolveTarget(functions, request, parameters);
        return { body: policyView(record, qualifier) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{sid}`,
      handle(request, parameters) {
        removePermission(
          resolveTarget(functions, request, parameters),
          parameters.sid ?? '',
          queryOf(request, 'RevisionId'),
        );
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}
