import type { Principal } from '../../core/principal.ts';
import type { PolicyStatement } from '../policy-statement.ts';
import { policyKey } from '../resource-policy.ts';
import type { FunctionUrl } from './function-urls.ts';

/** Whether a role may do something, by its policies and that of the function. `context` has condition keys. */
export type MayUse = (call: {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}) => boolean;

type Context = Readonly<Record<string, string>>;

/** Since October 2025 a URL needs both permissions, for signed and for anonymous requests. */
function permissionsOf({ config }: FunctionUrl): readonly { readonly action: string; readonly context: Context }[] {
  return [
    { action: 'lambda:InvokeFunctionUrl', context: { 'lambda:FunctionUrlAuthType': config.authType } },
    { action: 'lambda:InvokeFunction', context: { 'lambda:InvokedViaFunctionUrl': 'true' } },
  ];
}

/** Whether the policy of the function or alias lets everybody in. */
export function allowsAnonymous(url: FunctionUrl): boolean {
  const { record, qualifier } = url;
  const statements = record.policies[policyKey(qualifier)]?.statements ?? [];
  return permissionsOf(url).every(({ action, context }) =>
    statements.some((statement) => allowsEverybody(statement, action, context)),
  );
}

export function allowsSigned(url: FunctionUrl, principal: Principal, mayUse: MayUse): boolean {
  return permissionsOf(url).every((permission) => mayUse({ principal, resource: url.arn, ...permission }));
}

/** A condition on anything else, such as an account or an organization, is not met by a caller without a name. */
function allowsEverybody(
  { Principal: who, Action: allowed, Condition: conditions = {} }: PolicyStatement,
  action: string,
  context: Context,
): boolean {
  const isEverybody = who === '*' || (typeof who !== 'string' && who.AWS === '*');
  return (
    isEverybody &&
    [action, 'lambda:*', '*'].includes(allowed) &&
    Object.values(conditions).every((keys) => Object.entries(keys).every(([key, wanted]) => context[key] === wanted))
  );
}
