import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { ActivityScope, type InvocationNote, type RequestNote } from './activity/activity.ts';
import { watchRequests } from './activity/watch-requests.ts';
import { localAddresses } from './apigateway/api-addresses.ts';
import { createCloudFormation } from './cloudformation/cloudformation.ts';
import { registerCompute } from './composition/compute.ts';
import { registerEvents } from './composition/events.ts';
import type { Foundation } from './composition/foundation.ts';
import { registerNotifications } from './composition/notifications.ts';
import { openEdge } from './composition/open-edge.ts';
import { registerPermissions } from './composition/permissions.ts';
import { registerStorage } from './composition/storage.ts';
import { registerWeb } from './composition/web.ts';
import { Console } from './console/console.ts';
import { RecentErrors } from './control/recent-errors.ts';
import { defaultRegion } from './core/arn.ts';
import type { Clock } from './core/clock.ts';
import { CredentialStore } from './core/credentials.ts';
import { deliverByArn } from './core/deliver-by-arn.ts';
import { observedDelivery } from './core/observed-delivery.ts';
import { noObserver } from './core/observer.ts';
import type { ResourceType } from './core/resource-type.ts';
import { ServiceDoors } from './core/service-doors.ts';
import { ServiceRegistry } from './core/service-registry.ts';
import { ShiftableClock } from './core/shiftable-clock.ts';
import { noStateStore } from './core/state-store.ts';
import type { RouteAccess } from './core/web.ts';
import { inspectFunctions } from './debug/inspect-functions.ts';
import { type DeployedApi, listApis } from './deployed-apis.ts';
import { createEcr } from './ecr/ecr.ts';
import { dispatcher } from './edge/server.ts';
import type { Consumers } from './event-sources/consumers.ts';
import { writableApi } from './state/durable-answers.ts';
import { noteParts } from './state/folder-parts.ts';
import { openPersistedState } from './state/open-persisted-state.ts';

export type { InvocationNote, RequestNote } from './activity/activity.ts';
export type { Clock, Timer } from './core/clock.ts';
export type { ResourceType } from './core/resource-type.ts';
export type { RouteAccess } from './core/web.ts';
export type { DeployedApi } from './deployed-apis.ts';

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
  /** The functions of a stack. */
  functions(
    stackName: string,
  ): readonly { readonly functionName: string; readonly functionArn: string; readonly handler: string }[];
  /** Puts new code under a function, as UpdateFunctionCode does. */
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

/**
 * The composition root of the embedded AWS endpoint: registers every service after those that it needs, and serves all
 * of them on one port.
 */
export async function startEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const errors = new RecentErrors();
  const foundation = layFoundation(options, errors);
  const { clock, state, region, doors, services, endpointUrl, onError, watcher } = foundation;
  const isIamEnforced = options.iam !== false;
  const inspector = options.inspect === undefined ? undefined : await inspectFunctions(options.inspect, clock);
  const { onRequest, onInvocation } = options;
  const activity =
    onRequest === undefined && onInvocation === undefined ? undefined : new ActivityScope(onInvocation ?? (() => {}));
  const addresses = localAddresses({ endpointUrl, hasApi: (apiId) => web.gateway.stagesOf(apiId) !== undefined });

  const consumers: Consumers[] = [];
  const { dynamoDbEngine, onLog } = options;
  const storage = await registerStorage(foundation, { dynamoDbEngine, onLog, consumers });
  const permissions = registerPermissions(foundation, { isEnforced: isIamEnforced, storage });
  const { access, grantUsage } = permissions;
  const guarded = access.guardInvoker(doors.lambda);
  const invoker = watcher?.watchInvoker(guarded) ?? guarded;
  const deliver = deliverByArn({ aws: doors.aws, dispatch: doors.dispatch, lambda: invoker });
  storage.s3.connect({
    deliver: observedDelivery(foundation.observer, deliver, 'notification'),
    allows: (principal, action, resource) => access.allows(principal, action, resource),
    putEvent: async ({ resource, ...event }) => events.receive({ source: 'aws.s3', resources: [resource], ...event }),
    onNote: foundation.onNote,
  });
  const { sns, cloudWatch } = registerNotifications(foundation, { storage, access, invoker, deliver });
  const compute = registerCompute(foundation, {
    ...{ storage, access, invoker, deliver, cloudWatch, inspector, activity },
    localAddresses: addresses,
  });
  const events = registerEvents(foundation, { access, invoker, deliver, cloudWatch });
  const { lambda } = compute;
  consumers.push(...compute.consumers);
  const web = registerWeb(foundation, { storage, permissions, invoker, cloudWatch, inspector });
  services.register({ apis: { ecr: createEcr() } });
  const resourceTypes = services.resourceTypes();
  const cloudFormation = createCloudFormation({
    clock,
    state,
    onError,
    fetchTemplate: async ({ bucket, key }) => (await storage.s3.getObject(bucket, key)).toString(),
    resourceTypes,
    localAddresses: addresses,
    dynamicValues: {
      parameter: (inRegion, reference) => storage.ssm.parameter(inRegion, reference),
      secret: (inRegion, secretId, version) => storage.secrets.textOf(inRegion, secretId, version),
    },
  });
  services.register({
    apis: { cloudformation: cloudFormation.api },
    pending: () => cloudFormation.pending(),
    close: () => cloudFormation.idle(),
  });

  const apis = Object.fromEntries(
    services
      .apis()
      .map(([name, api]) => [name, writableApi(state, access.guard(api))] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  const watched = Object.entries(apis).map(
    ([name, api]) => [name, watcher?.watchApi(api) ?? { inside: api, outside: api }] as const,
  );
  doors.connect(dispatcher(Object.fromEntries(watched.map(([name, { inside }]) => [name, inside]))), lambda.invoker);
  const { gateway } = web;
  const deployedApis = (): readonly DeployedApi[] =>
    listApis({
      stacks: cloudFormation.stacks(),
      endpointUrl: endpointUrl(),
      domains: gateway.domains.list(),
      stagesOf: gateway.stagesOf,
    });
  const edge = await openEdge(foundation, {
    port: options.port ?? 0,
    allowedHosts: options.allowedHosts ?? [],
    watched: (frontend) =>
      activity && onRequest
        ? watchRequests(frontend, { scope: activity, stagesOf: gateway.stagesOf, onRequest })
        : frontend,
    snapshots: options.snapshots,
    apiDocument: options.apiDocument ?? (async () => undefined),
    apis: Object.fromEntries(watched.map(([name, { outside }]) => [name, outside])),
    ownApis: apis,
    iamStore: permissions.iam.store,
    ...{ storage, consumers, compute, sns, web, cloudFormation, errors, deployedApis, grantUsage, isIamEnforced },
  });
  foundation.setPort(edge.port);
  noteParts(state);
  doors.open();
  services.resume();

  const close = async (): Promise<void> => {
    // Functions, engine and threads do not keep the process alive: without this it ends before they do.
    const alive = setInterval(() => {}, 60_000);
    try {
      await inspector?.close();
      await edge.close();
      await watcher?.close();
      await services.close();
      await state.close();
    } finally {
      clearInterval(alive);
    }
  };

  return {
    port: edge.port,
    url: endpointUrl(),
    inspectPort: inspector?.port,
    clientConfig: { endpoint: endpointUrl(), region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    resourceTypes,
    stacks: () => cloudFormation.stacks().map((stack) => ({ ...stack, resourceCount: stack.resources.length })),
    apis: deployedApis,
    routesOf: (apiId) => gateway.routesOf(apiId),
    functions: (stackName) =>
      cloudFormation
        .stacks()
        .filter(({ name }) => name === stackName)
        .flatMap(({ resources }) => resources.filter(({ type }) => type === 'AWS::Lambda::Function'))
        .flatMap(({ physicalId }) => {
          const found = lambda.find(physicalId);
          return found === undefined
            ? []
            : [{ functionName: found.name, functionArn: found.arn, handler: found.handler }];
        }),
    updateCode: (functionName, zip) => lambda.updateCode(functionName, zip),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function layFoundation(options: EndpointOptions, errors: RecentErrors): Foundation & { setPort(port: number): void } {
  const { onNote = () => {}, clock = new ShiftableClock() } = options;
  const watcher = options.console === false ? undefined : new Console({ clock, otlpUrl: options.otlp, onNote });
  let port = options.port ?? 0;
  return {
    clock,
    state: options.persist === undefined ? noStateStore : openPersistedState(resolve(options.persist), { onNote }),
    region: defaultRegion,
    credentials: new CredentialStore(),
    doors: new ServiceDoors(),
    services: new ServiceRegistry(),
    watcher,
    observer: watcher?.observer ?? noObserver,
    endpointUrl: () => `http://localhost:${port}`,
    onError(error) {
      errors.add(error);
      (options.onError ?? printError)(error);
    },
    onNote,
    setPort(taken) {
      port = taken;
    },
  };
}

function printError(error: unknown): void {
  process.stderr.write(`The endpoint failed on a request: ${inspect(error)}\n`);
}
