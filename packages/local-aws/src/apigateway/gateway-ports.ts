import type { PutMetric } from '../cloudwatch/cloudwatch.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Observer } from '../core/observer.ts';
import type { StateStore } from '../core/state-store.ts';
import type { MayAssume } from './assume-role.ts';
import type { JwtVerifier } from './jwt.ts';
import type { PolicyCheck } from './signed-caller.ts';

/** What both kinds of API need of the rest of the endpoint. */
export type GatewayPorts = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly lambda: LambdaInvoker;
  /** The door to the other services, for integrations with them. */
  readonly dispatch: AwsApi;
  readonly logs: LogSink;
  readonly region: string;
  /** Tells whose an access key is, where callers sign. */
  readonly credentials: Pick<CredentialStore, 'principalOf'>;
  /** Whether a caller who signs may call a method or route. */
  readonly isAllowed: PolicyCheck;
  readonly mayAssume: MayAssume;
  /** One for both kinds, so that an issuer's keys are fetched once. */
  readonly verifyJwt: JwtVerifier;
  /** Takes the metrics of every request, of the namespace `AWS/ApiGateway`. */
  readonly putMetric: PutMetric;
  readonly observer?: Observer;
  /** Whether the account may have one more request now; by default it may. */
  readonly admitsRequest?: (() => boolean) | undefined;
};
