import { accountId } from '../core/arn.ts';
import type { Principal } from '../core/principal.ts';
import { requestContext } from './evaluate.ts';
import type { RequestContext } from './pattern.ts';
import type { Permission } from './permission.ts';

type Caller = { readonly principal: Principal; readonly region: string; readonly now: number };

/** The condition keys of one permission of one call. */
export function contextOf({ principal, region, now }: Caller, { context }: Permission): RequestContext {
  return requestContext({
    ...principalKeys(principal),
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': accountId,
    // Whatever comes in over loopback stands for a call that is made over TLS.
    'aws:SecureTransport': 'true',
    'aws:SourceIp': principal.kind === 'service' ? undefined : '127.0.0.1',
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    ...context,
  });
}

function principalKeys(principal: Principal): Record<string, string | undefined> {
  switch (principal.kind) {
    case 'account':
      return {
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalAccount': accountId,
        'aws:PrincipalType': 'Account',
        'kms:CallerAccount': accountId,
      };
    case 'role':
      return {
        'aws:PrincipalArn': principal.roleArn,
        'aws:PrincipalAccount': accountId,
        'aws:PrincipalType': 'AssumedRole',
        'kms:CallerAccount': accountId,
      };
    case 'service':
      return {
        'aws:SourceArn': principal.sourceArn,
        'aws:SourceAccount': principal.sourceArn === undefined ? undefined : accountId,
        // What default policies of topics ask for; alarms carry it, other services do not.
        'aws:SourceOwner': principal.service === 'cloudwatch.amazonaws.com' ? accountId : undefined,
      };
  }
}
