import type { InvocationNote, RequestNote } from './activity/activity.ts';
import type { Clock } from './core/clock.ts';
import type { ResourceType } from './core/resource-type.ts';
import type { RouteAccess } from './core/web.ts';
import type { DeployedApi } from './deployed-apis.ts';

export type EndpointOptions = {
  /** By default a free one, as with 0. */
  readonly port?: number;
  /** The folder that keeps the state; by default nothing is kept. */
  readonly persist?: string | undefined;
  /** Called with every failure of the endpoint itself; by default it is printed on stderr. */
  readonly onError?: (error: unknown) => void;
  /** Called with notes for the developer, such as why a token is refused; by default they are dropped. */
  readonly onNote?: (text: string) => void;
  /** Called with every log event. */
  readonly onLog?: (group: string, message: string) => void;
  /** Called with every answered request to a deployed API. */
  readonly onRequest?: ((request: RequestNote) => void) | undefined;
  /** Called with every finished run of a function that no request waits for. */
  readonly onInvocation?: ((invocation: InvocationNote) => void) | undefined;
  readonly clock?: Clock;
  /** The port, on 127.0.0.1, at which debuggers find the processes of functions; 0 takes a free one. By default none. */
  readonly inspect?: number | undefined;
  /** A DynamoDB engine to use in place of the installed one. */
  readonly dynamoDbEngine?: string | undefined;
  /** Whether roles may do only what their policies allow; true by default. */
  readonly iam?: boolean | undefined;
  /**
   * Names that the endpoint answers to besides `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]` and the custom domains of
   * templates. Each includes every name below it.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The folder for snapshots; by default within `persist`, and in memory without that. */
  readonly snapshots?: string | undefined;
  /**
   * Throttles as AWS does with the default quotas of an account, each divided by `divisor`: a load that is divided by it
   * too meets what the whole load meets on AWS. By default nothing is throttled but what templates limit.
   */
  readonly limits?: { readonly divisor: number } | undefined;
  /** Whether the console watches what happens and shows it at `/`; true by default. */
  readonly console?: boolean | undefined;
  /** The OpenAPI document of the API of a stack, for the console; one of the routes is made by default. */
  readonly apiDocument?: ((stackName: string) => Promise<object | undefined>) | undefined;
  /** The URL of a collector that gets every span as OTLP/HTTP JSON, such as `http://localhost:4318`. */
  readonly otlp?: string | undefined;
};

/** How far a stack is. */
export type StackProgress = {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resourceCount: number;
};

export type Endpoint = {
  readonly port: number;
  readonly url: string;
  /** Where debuggers find functions; undefined without `inspect`. */
  readonly inspectPort: number | undefined;
  /** What clients of the AWS SDK take to call this endpoint. */
  readonly clientConfig: ClientConfig;
  /** Everything that templates may hold. */
  readonly resourceTypes: readonly ResourceType[];
  stacks(): readonly StackProgress[];
  /** The APIs of the stacks that are deployed. */
  apis(): readonly DeployedApi[];
  /** What the routes of a deployed API ask of their callers. */
  routesOf(apiId: string): readonly RouteAccess[];
  /** The functions of a stack, or of the stacks of that name in several regions. */
  functions(
    stackName: string,
  ): readonly { readonly functionName: string; readonly functionArn: string; readonly handler: string }[];
  /** Puts new code under a function, as UpdateFunctionCode does. A name without a region is one of us-east-1. */
  updateCode(functionName: string, zip: Buffer): Promise<void>;
  /** Ends everything: server, functions, engines. */
  close(): Promise<void>;
  /** `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** The configuration of a client of the AWS SDK for JavaScript. */
export type ClientConfig = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};
