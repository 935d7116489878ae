import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { ActivityScope } from './activity/activity.ts';
import { watchRequests } from './activity/watch-requests.ts';
import { localAddresses } from './apigateway/api-addresses.ts';
import { budgetResourceType } from './budgets/budget.ts';
import { cdkMetadataResourceType } from './cloudformation/cdk-metadata.ts';
import { createCloudFormation } from './cloudformation/cloudformation.ts';
import { Dashboards } from './cloudwatch/dashboards.ts';
import { UserPools } from './cognito/user-pools.ts';
import { gatewaysOf } from './composition/all-regions.ts';
import { type Foundation, foundationOf } from './composition/foundation.ts';
import { openEdge } from './composition/open-edge.ts';
import { registerPermissions } from './composition/permissions.ts';
import { openRegion, type Region } from './composition/region.ts';
import { regionalServices, regionOfArn } from './composition/regional-services.ts';
import { Console } from './console/console.ts';
import { RecentErrors } from './control/recent-errors.ts';
import { defaultRegion } from './core/arn.ts';
import { CredentialStore } from './core/credentials.ts';
import { deliverByArn } from './core/deliver-by-arn.ts';
import { observedDelivery } from './core/observed-delivery.ts';
import { noObserver } from './core/observer.ts';
import { PerRegion } from './core/per-region.ts';
import { ServiceDoors } from './core/service-doors.ts';
import { ServiceRegistry } from './core/service-registry.ts';
import { ShiftableClock } from './core/shiftable-clock.ts';
import { noStateStore } from './core/state-store.ts';
import { createCustomResources } from './custom-resources/custom-resources.ts';
import { inspectFunctions } from './debug/inspect-functions.ts';
import { type DeployedApi, listApis } from './deployed-apis.ts';
import { createEcr } from './ecr/ecr.ts';
import { dispatcher } from './edge/server.ts';
import type { Endpoint, EndpointOptions } from './endpoint-types.ts';
import { Limits } from './limits/limits.ts';
import { OidcIssuer } from './oidc/issuer.ts';
import { recordSetResourceType } from './route53/record-set.ts';
import { openS3 } from './s3/s3.ts';
import { withSnsLinks } from './sns/links.ts';
import { writableApi } from './state/durable-answers.ts';
import { noteParts } from './state/folder-parts.ts';
import { openPersistedState } from './state/open-persisted-state.ts';
import { keepRegion, keptRegions } from './state/regional-state.ts';

export type { InvocationNote, RequestNote } from './activity/activity.ts';
export type { Clock, Timer } from './core/clock.ts';
export type { ResourceType } from './core/resource-type.ts';
export type { RouteAccess } from './core/web.ts';
export type { DeployedApi } from './deployed-apis.ts';
export type { ClientConfig, Endpoint, EndpointOptions, StackProgress } from './endpoint-types.ts';

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
  const { onRequest, onInvocation, dynamoDbEngine, onLog } = options;
  const activity =
    onRequest === undefined && onInvocation === undefined ? undefined : new ActivityScope(onInvocation ?? (() => {}));

  const s3 = await openS3({ clock, state });
  services.register({ resourceTypes: s3.resourceTypes, dropData: () => s3.reset(), close: () => s3.close() });
  const permissions = registerPermissions(foundation, {
    isEnforced: isIamEnforced,
    keysIn: (inRegion) => regions.find(inRegion)?.storage.kms.keys,
    lookups: {
      hashKey: (tableArn, index) => regionOfArn(regions, tableArn)?.storage.dynamoDb.facts.hashKey(tableArn, index),
      keyArn: (inRegion, reference) => regions.find(inRegion)?.storage.kms.arnOf(reference),
      keyOfCiphertext: (inRegion, blob) => regions.find(inRegion)?.storage.kms.arnOfCiphertext(blob),
      secretArn: (inRegion, secretId) => regions.find(inRegion)?.storage.secrets.arnOf(inRegion, secretId),
      deploymentGroup: (inRegion, deploymentId) => regions.find(inRegion)?.compute.codeDeploy.groupOf(deploymentId),
      streamOfIterator: (iterator, inRegion) =>
        regions.find(inRegion)?.storage.dynamoDb.facts.streamOfIterator(iterator, inRegion),
    },
  });
  const { access, grantUsage, encrypted } = permissions;
  const issuer = new OidcIssuer({ clock, state });
  const userPools = new UserPools({ state, issuer, onNote: foundation.onNote });
  services.register({
    resourceTypes: [
      ...userPools.resourceTypes,
      recordSetResourceType(),
      budgetResourceType(),
      cdkMetadataResourceType(),
    ],
  });

  const guarded = access.guardInvoker(doors.lambda);
  const invoker = watcher?.watchInvoker(guarded) ?? guarded;
  const deliver = deliverByArn({ aws: doors.aws, dispatch: doors.dispatch, lambda: invoker });
  s3.connect({
    keysIn: (inRegion) => regions.find(inRegion)?.storage.kms.keys,
    deliver: observedDelivery(foundation.observer, deliver, 'notification'),
    allows: (principal, action, resource) => access.allows(principal, action, resource),
    putEvent: async ({ resource, ...event }) => {
      const { events } = await regions.of(event.region);
      return events.receive({ source: 'aws.s3', resources: [resource], ...event });
    },
    onNote: foundation.onNote,
  });
  const dashboards = new Dashboards(clock, state);
  let isServing = false;
  const regions: PerRegion<Region> = new PerRegion(async (name) => {
    const opened = await openRegion(foundationOf(name, foundation), {
      ...{ s3, permissions, userPools, dashboards, invoker, deliver, inspector, activity, dynamoDbEngine, onLog },
      queues: { byArn: (queueArn) => regionOfArn(regions, queueArn)?.storage.sqs.queues.byArn(queueArn) },
      localAddresses: addresses,
    });
    keepRegion(state, name);
    if (isServing) opened.services.resume();
    return opened;
  });
  const gateways = gatewaysOf(regions);
  const addresses = localAddresses({ endpointUrl, hasApi: (apiId) => gateways.frontend.has(apiId) });
  for (const name of new Set([defaultRegion, ...keptRegions(state)])) await regions.of(name);
  services.register(regionalServices(regions));
  const snsOf = (resourceArn: string) => (regionOfArn(regions, resourceArn) ?? regions.default).sns.api;
  const ecr = createEcr({ clock, state });
  services.register({ apis: { s3: withSnsLinks(s3.api, snsOf), ecr: ecr.api }, resourceTypes: ecr.resourceTypes });
  const customResources = createCustomResources({ clock, endpointUrl, lambda: invoker, deliver });
  const resourceTypes = [...services.resourceTypes(), ...customResources.resourceTypes];

  // A region that is not in use holds nothing: the default region answers so.
  const storageIn = (name: string) => (regions.find(name) ?? regions.default).storage;
  const cloudFormation = createCloudFormation({
    clock,
    state,
    onError,
    fetchTemplate: async ({ bucket, key }) => (await s3.getObject(bucket, key)).toString(),
    resourceTypes,
    customType: customResources.typeOf,
    localAddresses: addresses,
    dynamicValues: {
      parameter: (inRegion, reference) => storageIn(inRegion).ssm.parameter(inRegion, reference),
      secret: (inRegion, secretId, version) => storageIn(inRegion).secrets.textOf(inRegion, secretId, version),
    },
  });
  services.register({
    apis: { cloudformation: cloudFormation.api },
    pending: () => [...cloudFormation.pending(), ...customResources.pending()],
    close() {
      customResources.interrupt();
      // A stack waits for its deployments, which may take hours.
      for (const { compute } of regions.all()) compute.codeDeploy.interrupt();
      return cloudFormation.idle();
    },
  });

  const apis = Object.fromEntries(
    services
      .apis()
      .map(([name, api]) => [name, writableApi(state, access.guard(encrypted.guard(name, api)))] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  const watched = Object.entries(apis).map(
    ([name, api]) => [name, watcher?.watchApi(api) ?? { inside: api, outside: api }] as const,
  );
  doors.connect(dispatcher(Object.fromEntries(watched.map(([name, { inside }]) => [name, inside]))), {
    // A region that is not in use has no functions: the default region answers so.
    invoke: (request) => {
      const { compute } = regionOfArn(regions, request.functionName) ?? regions.default;
      return compute.lambda.invoker.invoke(request);
    },
  });
  const deployedApis = (): readonly DeployedApi[] =>
    listApis({
      stacks: cloudFormation.stacks(),
      endpointUrl: endpointUrl(),
      domains: gateways.domains.list(),
      stagesOf: gateways.stagesOf,
    });
  const edge = await openEdge(foundation, {
    port: options.port ?? 0,
    allowedHosts: options.allowedHosts ?? [],
    watched: (frontend) =>
      activity && onRequest
        ? watchRequests(frontend, { scope: activity, stagesOf: gateways.stagesOf, onRequest })
        : frontend,
    snapshots: options.snapshots,
    apiDocument: options.apiDocument ?? (async () => undefined),
    apis: Object.fromEntries(watched.map(([name, { outside }]) => [name, outside])),
    ownApis: apis,
    iamStore: permissions.iam.store,
    ...{
      customResources,
      regions,
      gateways,
      s3,
      issuer,
      userPools,
      cloudFormation,
      errors,
      deployedApis,
      grantUsage,
      isIamEnforced,
    },
  });
  foundation.setPort(edge.port);
  noteParts(state);
  doors.open();
  services.resume();
  isServing = true;

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
    routesOf: gateways.routesOf,
    functions: (stackName) =>
      cloudFormation
        .stacks((name) => name === stackName)
        .flatMap(({ region: stackRegion, resources }) =>
          resources
            .filter(({ type }) => type === 'AWS::Lambda::Function')
            .flatMap(({ physicalId }) => regions.find(stackRegion)?.compute.lambda.find(physicalId) ?? []),
        )
        .map(({ name, arn, handler }) => ({ functionName: name, functionArn: arn, handler })),
    updateCode: (functionName, zip) =>
      (regionOfArn(regions, functionName) ?? regions.default).compute.lambda.updateCode(functionName, zip),
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
    limits: options.limits && new Limits(clock, options.limits.divisor),
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
