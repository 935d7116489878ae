import { arn, defaultRegion, parseArn } from '../core/arn.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { errorResponse } from '../core/error-response.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { Principal } from '../core/principal.ts';
import { accessDenied } from './access-denied.ts';
import { type Access, type AccessQuestion, authorize, evaluateResourcePolicy } from './authorize.ts';
import type { IamStore } from './iam-store.ts';
import { functionArn } from './lambda-permissions.ts';
import type { Lookups, Permission } from './permission.ts';
import type { Policy } from './policy-document.ts';
import { requestPermissions } from './request-action.ts';
import { contextOf } from './request-context.ts';

export type AccessCheckOptions = {
  readonly store: IamStore;
  readonly clock: Clock;
  readonly lookups?: Lookups;
  /** The policy of a queue, topic or function, when it has one. */
  readonly resourcePolicy?: (resourceArn: string) => Policy | undefined;
  /** Told of every decision about a role, so that grants can be compared with what was used. */
  readonly onDecision?: (decision: AccessDecision) => void;
};

export type AccessDecision = {
  readonly principal: Principal;
  readonly permission: Permission;
  readonly access: Access;
  /** What was asked, with the policies as they were. */
  readonly question: AccessQuestion;
};

/** How a role is taken: the permission that it needs, and the condition keys of the call. */
export type Assumption = { readonly action?: string; readonly keys?: Permission['context'] };

const accountRoot: Principal = { kind: 'account', arn: arn('iam', '', 'root') };

/** What the services of the endpoint need of it. */
export type AccessControl = Pick<AccessCheck, 'guard' | 'guardInvoker' | 'allows' | 'mayAssume' | 'refusal'>;

/** Everyone may do everything. */
export const noAccessControl: AccessControl = {
  guard: (api) => api,
  guardInvoker: (invoker) => invoker,
  allows: () => true,
  mayAssume: () => true,
  refusal: () => undefined,
};

/** Decides whether callers may do what they ask for. */
export class AccessCheck {
  readonly #options: AccessCheckOptions;

  constructor(options: AccessCheckOptions) {
    this.#options = options;
  }

  /** @throws AwsError the service's own refusal, for the first permission that is missing */
  check(request: AwsRequest): void {
    // The developer's own credentials may do everything, as an administrator's do.
    if (request.principal.kind === 'account') return;
    const { service, principal, region } = request;
    for (const permission of requestPermissions(request, this.#options.lookups) ?? []) {
      const access = this.decide({ principal, region, permission });
      if (!access.allowed) throw accessDenied(service, { principal, permission, access });
    }
  }

  decide({
    principal,
    region,
    permission,
  }: {
    readonly principal: Principal;
    readonly region: string;
    readonly permission: Permission;
  }): Access {
    const { store, clock, resourcePolicy, onDecision } = this.#options;
    const { identity, boundary } =
      principal.kind === 'role' ? store.policiesOf(principal.roleArn) : { identity: [], boundary: undefined };
    const question: AccessQuestion = {
      principal,
      action: permission.action,
      resource: permission.resource,
      context: contextOf({ principal, region, now: clock.now() }, permission),
      identityPolicies: identity,
      boundary,
      resourcePolicy: resourcePolicy?.(permission.resource),
    };
    const access = authorize(question);
    onDecision?.({ principal, permission, access, question });
    return access;
  }

  /** Whether someone may do something, for those who ask before they do it. */
  allows(principal: Principal, action: string, resource: string, context: Permission['context'] = {}): boolean {
    const region = parseArn(resource)?.region || defaultRegion;
    return this.decide({ principal, region, permission: { action, resource, context } }).allowed;
  }

  /** Why KMS would not let someone use a key; undefined when it would. */
  refusal(principal: Principal, permission: Permission): AwsError | undefined {
    const region = parseArn(permission.resource)?.region || defaultRegion;
    const access = this.decide({ principal, region, permission });
    return access.allowed ? undefined : accessDenied('kms', { principal, permission, access });
  }

  /**
   * Whether a service or a caller of STS may take a role. Its trust policy has to allow it. If that policy names only
   * the account of a role that asks, the policies of the asking role have to allow it too.
   */
  mayAssume(principal: Principal, roleArn: string, { action = 'sts:AssumeRole', keys }: Assumption = {}): boolean {
    const { store, clock } = this.#options;
    const trust = store.trustOf(roleArn);
    if (trust === undefined) return false;
    const permission = { action, resource: roleArn, ...(keys !== undefined && { context: keys }) };
    const context = contextOf({ principal, region: defaultRegion, now: clock.now() }, permission);
    const trusted = (by: Principal) =>
      evaluateResourcePolicy(trust, { principal: by, action, resource: roleArn, context });
    const decision = trusted(principal);
    if (principal.kind !== 'role' || decision === 'explicitDeny') return decision === 'allow';
    const own = this.decide({ principal, region: defaultRegion, permission });
    if (decision === 'allow') return own.allowed || !own.explicit;
    return own.allowed && trusted(accountRoot) === 'allow';
  }

  /**
   * Puts the check in front of what calls functions without the API. A service needs the function's own policy, which
   * Lambda looks into itself.
   */
  guardInvoker(invoker: LambdaInvoker): LambdaInvoker {
    return {
      invoke: async (request) => {
        const { principal, functionName } = request;
        if (principal.kind === 'role') {
          const resource = functionArn(functionName, null, defaultRegion);
          const permission = { action: 'lambda:InvokeFunction', resource };
          const access = this.decide({ principal, region: parseArn(resource)?.region ?? defaultRegion, permission });
          if (!access.allowed) throw accessDenied('lambda', { principal, permission, access });
        }
        return invoker.invoke(request);
      },
    };
  }

  /** Puts the check in front of an API. */
  guard(api: AwsApi): AwsApi {
    return async (request) => {
      try {
        this.check(request);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return errorResponse(request, error);
      }
      return api(request);
    };
  }
}
