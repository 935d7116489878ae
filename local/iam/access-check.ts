import type { AwsApi, AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import type { Principal } from '../core/principal.ts';
import { queryErrorResponse } from '../core/query-protocol.ts';
import { restErrorResponse } from '../core/rest-protocol.ts';
import { accessDenied } from './access-denied.ts';
import { type Access, authorize } from './authorize.ts';
import type { IamStore } from './iam-store.ts';
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
  readonly onDecision?: (decision: { principal: Principal; permission: Permission; access: Access }) => void;
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
    const access = authorize({
      principal,
      action: permission.action,
      resource: permission.resource,
      context: contextOf({ principal, region, now: clock.now() }, permission),
      identityPolicies: identity,
      boundary,
      resourcePolicy: resourcePolicy?.(permission.resource),
    });
    onDecision?.({ principal, permission, access });
    return access;
  }

  /** Puts the check in front of an API. */
  guard(api: AwsApi): AwsApi {
    return async (request) => {
      try {
        this.check(request);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return refuse(request, error);
      }
      return api(request);
    };
  }
}

/** In the protocol of the call. */
function refuse(request: AwsRequest, error: AwsError): AwsResponse {
  if (request.service === 'lambda') return restErrorResponse(request, error);
  if (request.headers['x-amz-target'] === undefined) return queryErrorResponse(request, '', error);
  const version = request.headers['content-type']?.includes('1.1') ? '1.1' : '1.0';
  return jsonErrorResponse(request, version, error);
}
