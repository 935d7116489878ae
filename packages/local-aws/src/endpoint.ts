import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { DomainNames, type StagesOf } from './apigateway/domain-names.ts';
import type { GatewayPorts } from './apigateway/gateway-ports.ts';
import { createHttpApis } from './apigateway/http/http-apis.ts';
import { createJwtVerifier } from './apigateway/jwt.ts';
import { createApiGateway } from './apigateway/rest/apigateway.ts';
import { createCloudFormation } from './cloudformation/cloudformation.ts';
import { createCloudWatch } from './cloudwatch/cloudwatch.ts';
import { startQueueMetrics } from './cloudwatch/queue-metrics.ts';
import { UserPools } from './cognito/user-pools.ts';
import { awsCaller } from './console/aws/call-aws.ts';
import { Console } from './console/console.ts';
import { Activity } from './control/activity.ts';
import { type ControlRoute, controlApi } from './control/control-api.ts';
import { controlRoutes } from './control/control-routes.ts';
import { RecentErrors } from './control/recent-errors.ts';
import { resetEndpoint } from './control/reset.ts';
import { stackRoutes } from './control/stack-routes.ts';
import { defaultRegion } from './core/arn.ts';
import type { AwsApi } from './core/aws-api.ts';
import { awsClient } from './core/aws-client.ts';
import type { Clock } from './core/clock.ts';
import { CredentialStore } from './core/credentials.ts';
import { deliverByArn } from './core/deliver-by-arn.ts';
import { observedDelivery } from './core/observed-delivery.ts';
import { noObserver } from './core/observer.ts';
import type { ResourceType } from './core/resource-type.ts';
import { ShiftableClock } from './core/shiftable-clock.ts';
import { noStateStore } from './core/state-store.ts';
import type { RouteAccess } from './core/web.ts';
import { type DeployedApi, listApis } from './deployed-apis.ts';
import { startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { createEcr } from './ecr/ecr.ts';
import { dispatcher, startEdge } from './edge/server.ts';
import { createEventSourceMappings } from './event-source-mapping/event-source-mappings.ts';
import { watchTableWrites } from './event-sources/watch-table-writes.ts';
import { AccessCheck, type AccessControl, noAccessControl } from './iam/access-check.ts';
import { functionLogAccess } from './iam/function-log-access.ts';
import { GrantUsage } from './iam/grant-usage.ts';
import { createIam } from './iam/iam.ts';
import { logRoleCheck } from './iam/log-role-check.ts';
import { resourcePolicies } from './iam/resource-policies.ts';
import { createLambda } from './lambda/lambda.ts';
import { createLogs } from './logs/logs.ts';
import { OidcIssuer } from './oidc/issuer.ts';
import { oidcPages, userPoolPage } from './oidc/pages.ts';
import { createPipes } from './pipes/pipes.ts';
import { recordSetResourceType } from './route53/record-set.ts';
import { openS3 } from './s3/s3.ts';
import { snapshotRoutes } from './snapshots/snapshot-routes.ts';
import { SnapshotShelf } from './snapshots/snapshot-shelf.ts';
import { withSnsLinks } from './sns/links.ts';
import { createSns } from './sns/sns-api.ts';
import { createSqs } from './sqs/sqs.ts';
import { durableApi, durableFrontend, durablePage, writableApi } from './state/durable-answers.ts';
import { noteParts } from './state/folder-parts.ts';
import { openPersistedState } from './state/open-persisted-state.ts';
import { stsApi } from './sts/sts-api.ts';
import { WebAcls } from './wafv2/web-acls.ts';

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
  readonly clock?: Clock;
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
  readonly console?: boolean;
  /** The OpenAPI document of the API of a stack, for the console; one of the routes is made by default. */
  readonly apiDocument?: (stackName: string) => Promise<object | undefined>;
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
 * The composition root of the embedded AWS endpoint: builds every service, wires them to each other and serves all of
 * them on one port.
 */
export async function startEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const { onNote = () => {}, clock = new ShiftableClock() } = options;
  const errors = new RecentErrors();
  const onError = (error: unknown): void => {
    errors.add(error);
    (options.onError ?? printError)(error);
  };
  const region = defaultRegion;
  const state = options.persist === undefined ? noStateStore : openPersistedState(resolve(options.persist), { onNote });
  const credentials = new CredentialStore();
  let port = options.port ?? 0;
  const opened = Promise.withResolvers<void>();
  const endpointUrl = (): string => `http://localhost:${port}`;

  // Services call each other through the same door as clients do. It opens once all of them are built.
  const apis: Record<string, AwsApi> = {};
  const dispatch = dispatcher(apis);
  const aws = awsClient(dispatch);

  const iam = createIam({ clock, state });
  const grantUsage = new GrantUsage(iam.store);
  const watcher =
    options.console === false ? undefined : new Console({ clock, iam: iam.store, otlpUrl: options.otlp, onNote });
  const observer = watcher?.observer ?? noObserver;
  const access: AccessControl =
    options.iam === false
      ? noAccessControl
      : new AccessCheck({
          store: iam.store,
          clock,
          lookups: {
            hashKey: (tableArn, index) => dynamoDb.facts.hashKey(tableArn, index),
            streamOfIterator: (iterator, inRegion) => dynamoDb.facts.streamOfIterator(iterator, inRegion),
          },
          resourcePolicy: resourcePolicies((arn) =>
            arn.startsWith('arn:aws:lambda:') ? lambda.policyOf(arn) : (sqs.policyOf(arn) ?? sns.policyOf(arn)),
          ),
          onDecision: (decision) => {
            grantUsage.record(decision);
            watcher?.decided(decision);
          },
        });
  const unwatched = access.guardInvoker({ invoke: (request) => lambda.invoker.invoke(request) });
  const invoker = watcher?.watchInvoker(unwatched) ?? unwatched;
  const deliver = deliverByArn({ aws, dispatch, lambda: invoker });

  const dynamoDb = await startDynamoDb({
    clock,
    state,
    binary: options.dynamoDbEngine,
    onExit: (reason) =>
      onNote(
        `${reason} It restarts. Every write that it acknowledged is kept; calls in flight fail and can be retried.`,
      ),
    onError,
    onExpired: (tableNames) => nudge(tableNames),
  });
  const s3 = await openS3(state);
  const sqs = createSqs({ clock, state, endpointUrl, observer });
  const sns = createSns({
    clock,
    state,
    endpointUrl,
    queues: sqs.queues,
    lambda: invoker,
    maySend: (sourceArn, queueArn) =>
      access.allows({ kind: 'service', service: 'sns.amazonaws.com', sourceArn }, 'sqs:SendMessage', queueArn),
    onUndelivered: onNote,
    observer,
  });
  const logs = createLogs({ clock, state });
  watcher?.watchLogs(logs.sink);
  const { onLog } = options;
  if (onLog !== undefined) {
    logs.sink.onAppend((group, _stream, events) => {
      for (const { message } of events) onLog(group, message);
    });
  }
  const hasLogGroup = (name: string): boolean => logs.groups.has(name);
  const deliverAlarm = observedDelivery(observer, deliver, 'alarm');
  const cloudWatch = createCloudWatch({
    clock,
    state,
    logs: logs.sink,
    logGroups: logs.groups,
    region,
    notify: ({ topicArn, subject, message, alarmArn }) =>
      deliverAlarm({
        destinationArn: topicArn,
        body: message,
        subject,
        attributes: {},
        principal: { kind: 'service', service: 'cloudwatch.amazonaws.com', sourceArn: alarmArn },
      }),
  });
  const stopQueueMetrics = startQueueMetrics({
    clock,
    putMetric: cloudWatch.putMetric,
    depths: () => sqs.depths(),
  });
  const mappings = createEventSourceMappings({
    clock,
    state,
    opened: opened.promise,
    aws,
    lambda: invoker,
    deliver,
    observer,
    functionOf: (name) => lambda.find(name),
    allows: (principal, action, resourceArn) => access.allows(principal, action, resourceArn),
    onMetric: (name, value, dimensions, unit) => cloudWatch.putMetric('AWS/Lambda', name, dimensions, value, unit),
  });
  const pipes = createPipes({
    clock,
    state,
    opened: opened.promise,
    aws,
    lambda: invoker,
    deliver,
    observer,
    logs: logs.sink,
    mayAssume: (roleArn, sourceArn) =>
      access.mayAssume({ kind: 'service', service: 'pipes.amazonaws.com', sourceArn }, roleArn),
    onMetric: (name, value, dimensions, unit) =>
      cloudWatch.putMetric('AWS/EventBridge/Pipes', name, dimensions, value, unit),
  });
  const consumers = [mappings.consumers, pipes.consumers];
  const nudge = (tableNames: readonly string[]): void => {
    for (const consumer of consumers) consumer.nudge(tableNames);
  };
  const lambda = createLambda({
    clock,
    state,
    logs: logs.sink,
    credentials,
    endpointUrl,
    fetchObject: s3.getObject,
    deliver: observedDelivery(observer, deliver, 'destination'),
    observer,
    mayWriteLog: functionLogAccess(access, hasLogGroup),
    mayAssume: (roleArn) => access.mayAssume({ kind: 'service', service: 'lambda.amazonaws.com' }, roleArn),
    onMetric: (name, value, dimensions, unit, timestamp) =>
      cloudWatch.putMetric('AWS/Lambda', name, dimensions, value, unit, timestamp),
    onError,
    extraRoutes: mappings.routes,
  });
  const stagesOf: StagesOf = (apiId) => restApis.stagesOf(apiId) ?? httpApis.stagesOf(apiId);
  const domains: DomainNames = new DomainNames({ state, stagesOf });
  const issuer = new OidcIssuer({ clock, state });
  const userPools = new UserPools({ state, issuer, onNote });
  const gateway: GatewayPorts = {
    clock,
    state,
    lambda: invoker,
    dispatch,
    logs: logs.sink,
    region,
    credentials,
    isAllowed: ({ principal, action, resource }) => access.allows(principal, action, resource),
    // Without a source: API Gateway tells none when it assumes the role of an integration.
    mayAssume: (roleArn) => access.mayAssume({ kind: 'service', service: 'apigateway.amazonaws.com' }, roleArn),
    verifyJwt: createJwtVerifier(clock, (name) => userPools.keysOf(name)),
    putMetric: cloudWatch.putMetric,
    observer,
  };
  const restApis = createApiGateway({
    ...gateway,
    logRole: logRoleCheck(iam.store, access, hasLogGroup),
    onError,
  });
  const httpApis = createHttpApis({
    ...gateway,
    domains,
    url: (apiId) => `${endpointUrl()}/_aws/execute-api/${apiId}/$default`,
  });
  const webAcls = new WebAcls({
    state,
    hasResource: (resourceArn) => {
      const [, apiId = '', stage = ''] =
        /^arn:aws:apigateway:[^:]+::\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(resourceArn) ?? [];
      return restApis.stagesOf(apiId)?.includes(stage) ?? false;
    },
  });
  const resourceTypes: readonly ResourceType[] = [
    ...dynamoDb.resourceTypes,
    ...sqs.resourceTypes,
    ...sns.resourceTypes,
    ...s3.resourceTypes,
    ...logs.resourceTypes,
    ...cloudWatch.resourceTypes,
    ...iam.resourceTypes,
    ...lambda.resourceTypes,
    ...mappings.resourceTypes,
    ...pipes.resourceTypes,
    ...restApis.resourceTypes,
    ...httpApis.resourceTypes,
    ...domains.resourceTypes,
    ...userPools.resourceTypes,
    ...webAcls.resourceTypes,
    recordSetResourceType(),
  ];
  const cloudFormation = createCloudFormation({
    clock,
    state,
    onError,
    fetchTemplate: async ({ bucket, key }) => (await s3.getObject(bucket, key)).toString(),
    resourceTypes,
  });

  const awsApis: Record<string, AwsApi> = {
    apigateway: (request) => (request.path.startsWith('/v2/') ? httpApis.api(request) : restApis.api(request)),
    cloudformation: cloudFormation.api,
    // Consumers of streams sleep until a table is written to, instead of polling its stream.
    dynamodb: watchTableWrites(dynamoDb.api, nudge),
    ecr: createEcr(),
    iam: iam.api,
    lambda: lambda.api,
    logs: logs.api(cloudWatch.metricFilters),
    monitoring: cloudWatch.api,
    pipes: pipes.api,
    s3: withSnsLinks(s3.api, sns.api),
    sns: sns.api,
    sqs: sqs.api,
    sts: stsApi(credentials, clock),
  };
  const clientApis: Record<string, AwsApi> = {};
  for (const [name, guarded] of Object.entries(awsApis)) {
    const api = writableApi(state, access.guard(guarded));
    const { inside, outside } = watcher?.watchApi(api) ?? { inside: api, outside: api };
    apis[name] = inside;
    const durable = durableApi(state, outside);
    clientApis[name] = watcher?.watchClients(name, durable) ?? durable;
  }

  const stacks = (): readonly StackProgress[] =>
    cloudFormation.stacks().map((stack) => ({ ...stack, resourceCount: stack.resources.length }));
  const deployedApis = () =>
    listApis({ stacks: cloudFormation.stacks(), endpointUrl: endpointUrl(), domains: domains.list(), stagesOf });
  const ownApis = Object.fromEntries(
    Object.entries(awsApis).map(([name, api]) => {
      const durable = durableApi(state, writableApi(state, api));
      return [name, watcher?.watchOwn(durable) ?? durable];
    }),
  );
  const consoleServices = {
    url: endpointUrl,
    isIamEnforced: options.iam !== false,
    queues: sqs.queues,
    emails: () => sns.emails(),
    environments: () => lambda.environments(),
    mappings,
    pipes,
    roles: () => grantUsage.report(),
    callAws: awsCaller(dispatcher(ownApis), credentials.principalOf(undefined)),
    principal: credentials.principalOf(undefined),
    onError,
    apis: deployedApis,
    apiDocument: options.apiDocument ?? (async () => undefined),
    stacks: () => cloudFormation.stacks(),
    routesOf: (apiId: string) => [...restApis.routesOf(apiId), ...httpApis.routesOf(apiId)],
    urlOf: (apiId: string) => deployedApis().find((api) => api.apiId === apiId)?.url,
    subscriptionsOf: (topicArn: string) => sns.subscriptionsOf(topicArn),
    policiesOf: (roleArn: string) => iam.store.policiesOf(roleArn).identity,
  };
  const activity = new Activity({
    consumers,
    pendingIn: (queueArn) => sqs.pendingIn(queueArn),
    others: [() => sqs.pendingMoves(), () => sns.pending(), () => lambda.pending(), () => cloudFormation.pending()],
  });
  const replaceData = async (write?: () => Promise<void>): Promise<void> =>
    resetEndpoint({
      consumers,
      pendingStacks: () => cloudFormation.pending(),
      runningFunctions: () => lambda.running(),
      dropWork: [() => lambda.reset(), () => sns.reset(), () => sqs.reset()],
      dropData: [
        () => dynamoDb.reset(),
        () => s3.reset(),
        () => logs.reset(),
        () => cloudWatch.reset(),
        ...(write === undefined ? [] : [write]),
      ],
      streamEnd: (streamArn) => dynamoDb.streamEnd(streamArn),
    });
  const durably = async (work: () => Promise<void>): Promise<void> =>
    void (await durablePage(state, async () => {
      await work();
      return {};
    })());
  const developer = credentials.principalOf(undefined);
  const ownClient = awsClient(dispatcher(awsApis));
  const routes: readonly ControlRoute[] = [
    ...stackRoutes(cloudFormation),
    ...controlRoutes({ clock, activity, errors, reset: () => durably(() => replaceData()) }),
    ...snapshotRoutes({
      clock,
      region,
      aws: ownClient,
      principal: developer,
      queues: sqs.queues,
      s3,
      shelf: new SnapshotShelf(options.snapshots ?? (state.directory && join(state.directory, 'snapshots'))),
      replaceData: (write) => durably(() => replaceData(write)),
    }),
    ...(watcher?.open(consoleServices) ?? []),
  ];
  const edge = await startEdge({
    port,
    apis: clientApis,
    frontends: [restApis.frontend, httpApis.frontend].map((frontend) => {
      const durable = durableFrontend(state, frontend);
      return watcher?.watchFrontend(durable) ?? durable;
    }),
    controlApi: watcher?.guard(controlApi(routes)) ?? controlApi(routes),
    ...(watcher !== undefined && { site: watcher.site }),
    domains,
    credentials,
    allowedHosts: options.allowedHosts ?? [],
    clock,
    onError,
    pages: {
      '/_localstack/health': () => ({
        services: Object.fromEntries(Object.keys(apis).map((name) => [name, 'running'])),
        edition: 'local-aws',
      }),
      '/_local/apis': deployedApis,
      '/_local/iam': () => ({ isEnforced: options.iam !== false, roles: grantUsage.report() }),
      '/_local/emails': () => sns.emails(),
      '/_local/user-pools': () => userPools.list(),
      ...Object.fromEntries(
        Object.entries(oidcPages({ issuer, userPools, url: endpointUrl })).map(([path, page]) => [
          path,
          durablePage(state, page),
        ]),
      ),
    },
    findPage: (path) => {
      const page = userPoolPage(path, { issuer, userPools, url: endpointUrl });
      return page && durablePage(state, page);
    },
  });
  port = edge.port;
  noteParts(state);
  opened.resolve();
  lambda.resume();
  sns.resume();

  const close = async (): Promise<void> => {
    // Functions, engine and threads do not keep the process alive: without this it ends before they do.
    const alive = setInterval(() => {}, 60_000);
    try {
      activity.close();
      await edge.close();
      await watcher?.close();
      await cloudFormation.idle();
      mappings.close();
      pipes.close();
      stopQueueMetrics();
      cloudWatch.close();
      await lambda.close();
      sns.close();
      sqs.close();
      await s3.close();
      await dynamoDb.close();
      await state.close();
    } finally {
      clearInterval(alive);
    }
  };

  return {
    port,
    url: endpointUrl(),
    clientConfig: { endpoint: endpointUrl(), region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    resourceTypes,
    stacks,
    apis: deployedApis,
    routesOf: (apiId) => [...restApis.routesOf(apiId), ...httpApis.routesOf(apiId)],
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

function printError(error: unknown): void {
  process.stderr.write(`The endpoint failed on a request: ${inspect(error)}\n`);
}
