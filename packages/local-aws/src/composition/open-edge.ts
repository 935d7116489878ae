import type { CloudFormation } from '../cloudformation/cloudformation.ts';
import { Activity } from '../control/activity.ts';
import { controlApi } from '../control/control-api.ts';
import { controlRoutes } from '../control/control-routes.ts';
import type { RecentErrors } from '../control/recent-errors.ts';
import { resetEndpoint } from '../control/reset.ts';
import { stackRoutes } from '../control/stack-routes.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { ApiFrontend } from '../core/web.ts';
import { type DeployedApi, findApi } from '../deployed-apis.ts';
import { type Edge, startEdge } from '../edge/server.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import type { GrantUsage } from '../iam/grant-usage.ts';
import type { Lambda } from '../lambda/lambda.ts';
import { oidcPages, userPoolPage } from '../oidc/pages.ts';
import type { Sns } from '../sns/sns-api.ts';
import { durableApi, durableFrontend, durablePage } from '../state/durable-answers.ts';
import type { Foundation } from './foundation.ts';
import type { Storage } from './storage.ts';
import type { Web } from './web.ts';

type EdgePorts = {
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** By SigV4 service name, with the checks that apply to callers inside too. */
  readonly apis: Readonly<Record<string, AwsApi>>;
  readonly storage: Storage;
  readonly consumers: readonly Consumers[];
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly web: Web;
  readonly cloudFormation: CloudFormation;
  readonly errors: RecentErrors;
  readonly deployedApis: () => readonly DeployedApi[];
  readonly grantUsage: GrantUsage;
  readonly isIamEnforced: boolean;
  /** Sees every request to a deployed API. */
  readonly watched: (frontend: ApiFrontend) => ApiFrontend;
};

/** Serves the APIs of AWS, the deployed APIs, the pages of the endpoint and its control API on one port. */
export async function openEdge(foundation: Foundation, ports: EdgePorts): Promise<Edge> {
  const { state, credentials, clock, onError, endpointUrl } = foundation;
  const { apis, web, sns, storage, deployedApis, grantUsage } = ports;
  const { gateway, issuer, userPools } = web;
  const oidc = { issuer, userPools, url: endpointUrl };
  const activity = new Activity({
    consumers: ports.consumers,
    pendingIn: (queueArn) => storage.sqs.pendingIn(queueArn),
    others: () => foundation.services.pending(),
  });
  const edge = await startEdge({
    port: ports.port,
    apis: Object.fromEntries(Object.entries(apis).map(([name, api]) => [name, durableApi(state, api)])),
    frontends: gateway.frontends.map((frontend) => ports.watched(durableFrontend(state, frontend))),
    domains: gateway.domains,
    findApi: (name) => findApi({ stacks: ports.cloudFormation.stacks, stagesOf: gateway.stagesOf }, name),
    credentials,
    allowedHosts: ports.allowedHosts,
    clock,
    onError,
    controlApi: controlApi([
      ...stackRoutes(ports.cloudFormation),
      ...controlRoutes({ clock, activity, errors: ports.errors, reset: durableReset(foundation, ports) }),
    ]),
    pages: {
      '/_localstack/health': () => ({
        services: Object.fromEntries(Object.keys(apis).map((name) => [name, 'running'])),
        edition: 'local-aws',
      }),
      '/_local/apis': deployedApis,
      '/_api': deployedApis,
      '/_local/iam': () => ({ isEnforced: ports.isIamEnforced, roles: grantUsage.report() }),
      '/_local/emails': () => sns.emails(),
      '/_local/user-pools': () => userPools.list(),
      ...Object.fromEntries(Object.entries(oidcPages(oidc)).map(([path, page]) => [path, durablePage(state, page)])),
    },
    findPage: (path) => {
      const page = userPoolPage(path, oidc);
      return page && durablePage(state, page);
    },
  });
  return {
    port: edge.port,
    close() {
      activity.close();
      return edge.close();
    },
  };
}

/** A reset that ends when the deletions are on disk. */
function durableReset(
  { services, state }: Foundation,
  { consumers, cloudFormation, lambda, storage: { dynamoDb } }: EdgePorts,
): () => Promise<void> {
  const reset = durablePage(state, async () => {
    await resetEndpoint({
      consumers,
      pendingStacks: () => cloudFormation.pending(),
      runningFunctions: () => lambda.running(),
      dropWork: () => services.dropWork(),
      dropData: () => services.dropData(),
      streamEnd: (streamArn) => dynamoDb.streamEnd(streamArn),
    });
    return {};
  });
  return async () => void (await reset());
}
