import { arn } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { Principal } from '../core/principal.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { Page } from '../edge/server.ts';
import type { CustomRequest } from './custom-request.ts';
import { customResourceType } from './custom-resource-type.ts';
import { PendingResponses } from './pending-responses.ts';

type Ports = {
  readonly clock: Clock;
  /** Such as `http://localhost:4566`. */
  readonly endpointUrl: () => string;
  readonly lambda: LambdaInvoker;
  readonly deliver: DeliverMessage;
};

export type CustomResources = {
  readonly resourceTypes: readonly ResourceType[];
  /** The type for a name that begins with `Custom::`. */
  typeOf(name: string): ResourceType | undefined;
  /** Takes the responses of providers. */
  findPage(path: string): Page | undefined;
  /** The resources that wait for a response. */
  pending(): readonly PendingWork[];
  /** Ends all waiting for responses. */
  interrupt(): void;
};

/** CloudFormation acts with the permissions of the caller, who is the account here. */
const caller: Principal = { kind: 'account', arn: arn('iam', '', 'root') };
/** Alphanumeric characters and `_@-`, at most 60 with the prefix. */
const customName = /^Custom::[\w@-]{1,52}$/;

/** Custom resources: what a function or topic makes when CloudFormation asks it to. */
export function createCustomResources({ clock, endpointUrl, lambda, deliver }: Ports): CustomResources {
  const responses = new PendingResponses({ clock, endpointUrl });
  const ports = {
    responses,
    async send(request: CustomRequest): Promise<void> {
      const payload = JSON.stringify(request);
      const { ServiceToken } = request;
      if (ServiceToken.startsWith('arn:aws:sns:')) {
        const subject = 'AWS CloudFormation custom resource request';
        await deliver({ destinationArn: ServiceToken, body: payload, subject, attributes: {}, principal: caller });
      } else await lambda.invoke({ functionName: ServiceToken, type: 'Event', payload, principal: caller });
    },
  };
  return {
    resourceTypes: ['AWS::CloudFormation::CustomResource', 'Custom::*'].map((type) => customResourceType(type, ports)),
    typeOf: (name) => (customName.test(name) ? customResourceType(name, ports) : undefined),
    findPage: (path) => responses.page(path),
    pending: () => responses.pending(),
    interrupt: () => responses.interrupt(),
  };
}
