import { join } from 'node:path';
import type { CloudFormation } from '../cloudformation/cloudformation.ts';
import type { UserPools } from '../cognito/user-pools.ts';
import { awsCaller } from '../console/aws/call-aws.ts';
import type { Console } from '../console/console.ts';
import { type ControlRoute, controlApi } from '../control/control-api.ts';
import { controlRoutes } from '../control/control-routes.ts';
import type { RecentErrors } from '../control/recent-errors.ts';
import { resetEndpoint } from '../control/reset.ts';
import { stackRoutes } from '../control/stack-routes.ts';
import { UnfinishedWork } from '../control/unfinished-work.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { awsClient } from '../core/aws-client.ts';
import type { PerRegion } from '../core/per-region.ts';
import type { ApiFrontend } from '../core/web.ts';
import type { CustomResources } from '../custom-resources/custom-resources.ts';
import { type DeployedApi, findApi } from '../deployed-apis.ts';
import { dispatcher, type Edge, startEdge } from '../edge/server.ts';
import type { GrantUsage } from '../iam/grant-usage.ts';
import type { IamStore } from '../iam/iam-store.ts';
import { limitsPage } from '../limits/account-limits.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import { oidcPages, userPoolPage } from '../oidc/pages.ts';
import type { S3 } from '../s3/s3.ts';
import { snapshotRoutes } from '../snapshots/snapshot-routes.ts';
import { SnapshotShelf } from '../snapshots/snapshot-shelf.ts';
import { durableApi, durableFrontend, durablePage } from '../state/durable-answers.ts';
import { consumersOf, type DeployedGateways } from './all-regions.ts';
import { consoleSources } from './console-sources.ts';
import type { Foundation } from './foundation.ts';
import type { Region } from './region.ts';
import { regionOfArn } from './regional-services.ts';

type EdgePorts = {
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly snapshots: string | undefined;
  readonly apiDocument: (stackName: string) => Promise<object | undefined>;
  /** By SigV4 service name, with the checks that apply to callers inside too. */
  readonly apis: Readonly<Record<string, AwsApi>>;
  /** The same without the faults that are injected, for the console and for snapshots. */
  readonly ownApis: Readonly<Record<string, AwsApi>>;
  readonly iamStore: IamStore;
  readonly regions: PerRegion<Region>;
  readonly gateways: DeployedGateways;
  readonly s3: S3;
  readonly issuer: OidcIssuer;
  readonly userPools: UserPools;
  readonly cloudFormation: CloudFormation;
  readonly customResources: Pick<CustomResources, 'findPage'>;
  readonly errors: RecentErrors;
  readonly deployedApis: () => readonly DeployedApi[];
  readonly grantUsage: GrantUsage;
  readonly isIamEnforced: boolean;
  /** Sees every request to a deployed API. */
  readonly watched: (frontend: ApiFrontend) => ApiFrontend;
};

/** Serves the APIs of AWS, the deployed APIs, the pages of the endpoint and its control API on one port. */
export async function openEdge(foundation: Foundation, ports: EdgePorts): Promise<Edge> {
  const { state, credentials, clock, watcher, onError, endpointUrl } = foundation;
  const { apis, regions, gateways, s3, issuer, userPools, deployedApis, grantUsage } = ports;
  const oidc = { issuer, userPools, url: endpointUrl };
  const unfinished = new UnfinishedWork({
    consumers: [consumersOf(regions)],
    pendingIn: (queueArn) => regionOfArn(regions, queueArn)?.storage.sqs.pendingIn(queueArn),
    others: () => foundation.services.pending(),
  });
  const replaceData = durableReset(foundation, ports);
  const routes: readonly ControlRoute[] = [
    ...stackRoutes(ports.cloudFormation),
    ...controlRoutes({
      ...{ clock, unfinished, credentials },
      errors: ports.errors,
      reset: () => replaceData(),
      roles: ports.iamStore,
    }),
    ...snapshotRoutes({
      clock,
      regions: () => regions.all().map(({ region, storage }) => ({ region, queues: storage.sqs.queues })),
      aws: awsClient(dispatcher(ports.ownApis)),
      principal: credentials.principalOf(undefined),
      s3,
      shelf: new SnapshotShelf(ports.snapshots ?? (state.directory && join(state.directory, 'snapshots'))),
      replaceData,
    }),
    ...(watcher?.open(consoleServices(watcher, foundation, ports)) ?? []),
  ];
  const frontend = ports.watched(durableFrontend(state, gateways.frontend));
  const edge = await startEdge({
    port: ports.port,
    apis: Object.fromEntries(
      Object.entries(apis).map(([name, api]) => {
        const durable = durableApi(state, api);
        return [name, watcher?.watchClients(name, durable) ?? durable];
      }),
    ),
    frontends: [watcher?.watchFrontend(frontend, gateways.stagesOf) ?? frontend],
    domains: gateways.domains,
    findApi: (name) => findApi({ stacks: ports.cloudFormation.stacks, stagesOf: gateways.stagesOf }, name),
    credentials,
    allowedHosts: ports.allowedHosts,
    clock,
    onError,
    controlApi: watcher?.guard(controlApi(routes)) ?? controlApi(routes),
    ...(watcher !== undefined && { site: watcher.site }),
    pages: {
      '/_localstack/health': () => ({
        services: Object.fromEntries(Object.keys(apis).map((name) => [name, 'running'])),
        edition: 'local-aws',
      }),
      '/_local/apis': deployedApis,
      '/_api': deployedApis,
      '/_local/iam': () => ({ isEnforced: ports.isIamEnforced, roles: grantUsage.report() }),
      '/_local/limits': () => limitsPage(foundation.limits),
      '/_local/emails': () => regions.all().flatMap(({ sns }) => sns.emails()),
      '/_local/user-pools': () => userPools.list(),
      ...Object.fromEntries(Object.entries(oidcPages(oidc)).map(([path, page]) => [path, durablePage(state, page)])),
    },
    findPage: (path) => {
      const page = ports.customResources.findPage(path) ?? userPoolPage(path, oidc);
      return page && durablePage(state, page);
    },
  });
  return {
    port: edge.port,
    close() {
      unfinished.close();
      return edge.close();
    },
  };
}

/** What the console shows of the services. */
function consoleServices(watcher: Console, { state, credentials, onError, endpointUrl }: Foundation, ports: EdgePorts) {
  const { regions, gateways, cloudFormation, iamStore, deployedApis } = ports;
  const ownApis = Object.entries(ports.ownApis).map(([name, api]) => [name, watcher.watchOwn(durableApi(state, api))]);
  const principal = credentials.principalOf(undefined);
  return {
    url: endpointUrl,
    isIamEnforced: ports.isIamEnforced,
    iam: iamStore,
    ...consoleSources(regions),
    roles: () => ports.grantUsage.report(),
    callAws: awsCaller(dispatcher(Object.fromEntries(ownApis)), principal),
    principal,
    onError,
    apis: deployedApis,
    apiDocument: ports.apiDocument,
    stacks: () => cloudFormation.stacks(),
    routesOf: gateways.routesOf,
    urlOf: (apiId: string) => deployedApis().find((api) => api.apiId === apiId)?.url,
    subscriptionsOf: (topicArn: string) => regionOfArn(regions, topicArn)?.sns.subscriptionsOf(topicArn) ?? [],
    policiesOf: (roleArn: string) => iamStore.policiesOf(roleArn).identity,
  };
}

/**
 * A reset that ends when the deletions are on disk, with what `write` puts in their place: consumers go on afterwards,
 * so that it is no change to them.
 */
function durableReset(
  { services, state }: Foundation,
  { regions, cloudFormation }: EdgePorts,
): (write?: () => Promise<void>) => Promise<void> {
  const reset = durablePage(state, async (write: () => Promise<void>) => {
    await resetEndpoint({
      consumers: [consumersOf(regions)],
      pendingStacks: () => cloudFormation.pending(),
      runningFunctions: () => regions.all().flatMap(({ compute }) => compute.lambda.running()),
      dropWork: () => services.dropWork(),
      dropData: async () => {
        await services.dropData();
        await write();
      },
      streamEnd: (streamArn) => regionOfArn(regions, streamArn)?.storage.dynamoDb.streamEnd(streamArn),
    });
    return {};
  });
  return async (write = async () => {}) => void (await reset(write));
}
