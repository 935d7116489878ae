import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import type { Access } from './authorize.ts';
import type { Permission } from './permission.ts';

/** How each service calls the refusal. */
const errors: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  lambda: { code: 'AccessDeniedException', status: 403 },
  sns: { code: 'AuthorizationError', status: 403 },
  sqs: { code: 'AccessDeniedException', status: 403 },
};

type Denial = {
  readonly principal: Principal;
  readonly permission: Permission;
  readonly access: Extract<Access, { allowed: false }>;
};

/** The refusal of a call, in the words of AWS. */
export function accessDenied(service: string, { principal, permission, access }: Denial): AwsError {
  const { code, status } = errors[service] ?? { code: 'AccessDeniedException', status: 400 };
  const user = principal.kind === 'service' ? principal.service : principal.arn;
  const action = service === 'sqs' ? permission.action.toLowerCase() : permission.action;
  const resource = permission.resource === '*' ? '' : ` on resource: ${permission.resource}`;
  const because = access.explicit
    ? `with an explicit deny in ${article(access.by)} ${access.by}`
    : `because no ${access.by} allows the ${action} action`;
  return new AwsError(code, `User: ${user} is not authorized to perform: ${action}${resource} ${because}`, status);
}

function article(noun: string): 'a' | 'an' {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}
