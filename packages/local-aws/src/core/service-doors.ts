import type { AwsApi } from './aws-api.ts';
import { type AwsClient, awsClient } from './aws-client.ts';
import type { InvokeRequest, InvokeResult, LambdaInvoker } from './lambda-invoker.ts';

/**
 * How services call each other: through the doors that clients use. Services that call each other in a circle, such as
 * Lambda, whose failures go to topics, and SNS, whose topics go to functions, get the doors before they are built.
 */
export class ServiceDoors {
  readonly #opened = Promise.withResolvers<void>();
  #dispatch: AwsApi | undefined;
  #lambda: LambdaInvoker | undefined;

  /** Calls an AWS API. */
  readonly dispatch: AwsApi = (request) => opened(this.#dispatch)(request);
  readonly aws: AwsClient = awsClient(this.dispatch);
  /** Invokes functions. */
  readonly lambda: LambdaInvoker = {
    invoke: (request: InvokeRequest): Promise<InvokeResult> => opened(this.#lambda).invoke(request),
  };
  /** Resolves once functions can reach the endpoint. */
  readonly whenOpen: Promise<void> = this.#opened.promise;

  /** Connects the doors to the services. */
  connect(dispatch: AwsApi, lambda: LambdaInvoker): void {
    this.#dispatch = dispatch;
    this.#lambda = lambda;
  }

  open(): void {
    this.#opened.resolve();
  }
}

function opened<T>(service: T | undefined): T {
  if (service === undefined) throw new Error('A service was called before all services were built.');
  return service;
}
