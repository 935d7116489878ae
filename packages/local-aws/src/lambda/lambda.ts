import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { InvocationNote } from '../activity/activity.ts';
import { addressById } from '../apigateway/api-addresses.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { LogSink } from '../core/log-sink.ts';
import { noObserver, type Observer } from '../core/observer.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { type RestRoute, restJsonApi } from '../core/rest-protocol.ts';
import type { StateStore } from '../core/state-store.ts';
import type { Inspector } from '../debug/inspect-functions.ts';
import { getAlias, updateAlias } from './alias-actions.ts';
import { aliasRoutes } from './alias-routes.ts';
import { AsyncQueue } from './async-queue.ts';
import { CodeStore } from './code-store.ts';
import { Concurrency, type InvocationLimits } from './concurrency.ts';
import { presignedDownload } from './download.ts';
import { EnvironmentPool } from './environment-pool.ts';
import { eventInvokeRoutes } from './event-invoke-routes.ts';
import { FunctionActions } from './function-actions.ts';
import { FunctionMetrics, type PutMetric } from './function-metrics.ts';
import { parseFunctionName } from './function-name.ts';
import type { Alias } from './function-record.ts';
import { functionResourceTypes } from './function-resources.ts';
import { functionRoutes } from './function-routes.ts';
import { functionSettingsRoutes } from './function-settings-routes.ts';
import { FunctionStore } from './function-store.ts';
import { lambdaInvoker, runFunction } from './invoke-function.ts';
import { invokeRoute } from './invoke-route.ts';
import { invokeStreamRoute } from './invoke-stream-route.ts';
import { FunctionLayers, packagesOf } from './layers/function-layers.ts';
import { layerResourceTypes } from './layers/layer-resources.ts';
import { layerRoutes } from './layers/layer-routes.ts';
import { LayerStore } from './layers/layer-store.ts';
import { layerPublisher } from './layers/publish-layer.ts';
import { codeLoader, type FetchObject } from './load-code.ts';
import { MemoryWatchdog } from './memory-watchdog.ts';
import { policyDocument } from './permission-actions.ts';
import { permissionRoutes } from './permission-routes.ts';
import { ProcessGuard } from './process-guard.ts';
import { ProvisionedEnvironments } from './provisioned-environments.ts';
import { provisionedRoutes } from './provisioned-routes.ts';
import { policyKey } from './resource-policy.ts';
import { RuntimeLauncher } from './runtime-launcher.ts';
import { type MayWriteLog, startEnvironment } from './start-environment.ts';
import { FunctionUrls } from './urls/function-urls.ts';
import { urlType } from './urls/url-resource.ts';
import { urlRoutes } from './urls/url-routes.ts';

/** What Lambda needs of the world around it. */
export type LambdaOptions = {
  readonly clock: Clock;
  /** Measures the timeouts of functions; `clock` by default. */
  readonly executionClock?: Clock;
  readonly state: StateStore;
  readonly region: string;
  readonly logs: LogSink;
  readonly credentials: CredentialStore;
  /** Where functions reach the endpoint, e.g. `http://localhost:4566`. */
  readonly endpointUrl: () => string;
  /** The address on this machine for each address of an API in an environment variable. */
  readonly localAddresses?: (text: string) => string;
  readonly fetchObject: FetchObject;
  /** Sends to the queues, topics and functions of destinations and dead letters. */
  readonly deliver: DeliverMessage;
  /** Whether a function's role lets it write its log. */
  readonly mayWriteLog: MayWriteLog;
  /** Whether Lambda may assume a role. */
  readonly mayAssume: (roleArn: string) => boolean;
  /** What the environment variables of functions can be encrypted with. */
  readonly keys: KeyRing;
  /** Takes the metrics of functions. */
  readonly onMetric: PutMetric;
  readonly observer?: Observer;
  /** Lets debuggers attach to the processes of functions. */
  readonly inspector?: Inspector | undefined;
  /** Gets every run of a function when it is over. */
  readonly onInvocation?: ((invocation: InvocationNote) => void) | undefined;
  /** Told of defects where no caller waits. */
  readonly onError: (error: unknown) => void;
  /** Refuses invocations beyond the quotas of an account; by default only those beyond its concurrency. */
  readonly invocationLimits?: InvocationLimits | undefined;
  /** Execution environments of one function version, twice the cores by default: a laptop is no fleet. */
  readonly maxEnvironments?: number;
  /** Memory of all idle environments; a quarter of the machine's by default, and at least 512 MB. */
  readonly idleMemoryBytes?: number;
};

/** Lambda as the other services see it. */
export type Lambda = {
  readonly api: AwsApi;
  /** What the API serves, for an API that has more: event source mappings. */
  readonly routes: readonly RestRoute[];
  readonly invoker: LambdaInvoker;
  readonly urls: FunctionUrls;
  readonly resourceTypes: readonly ResourceType[];
  /** What others need to know of a function, by name, partial ARN or ARN; undefined when there is none. */
  find(functionName: string): FunctionSummary | undefined;
  /** Where the invocations of an alias go, and how that is changed, for who shifts traffic. @throws AwsError */
  readonly aliases: {
    routeOf(functionName: string, alias: string): AliasRoute & { readonly functionName: string };
    setRoute(functionName: string, alias: string, route: AliasRoute): void;
  };
  /** A function's own policy as JSON, when it has one; versions and aliases have their own. */
  policyOf(functionArn: string): string | undefined;
  /** Swaps a function's code in place. @throws AwsError ResourceNotFoundException */
  updateCode(functionName: string, zip: Buffer): Promise<void>;
  /** How many execution environments live. */
  environmentCount(functionName?: string): number;
  /** The execution environments that live. */
  environments(): readonly EnvironmentView[];
  /** The asynchronous invocations that are not finished. */
  pending(): readonly PendingWork[];
  /** The names of the functions that run now. */
  running(): readonly string[];
  /** Drops the asynchronous invocations that are not finished. */
  reset(): void;
  /** Starts provisioned environments, and takes up the asynchronous invocations that a restart interrupted. */
  resume(): void;
  close(): Promise<void>;
};

type EnvironmentView = {
  readonly functionName: string;
  readonly version: string;
  readonly pid: number;
  readonly state: 'starting' | 'busy' | 'idle';
  readonly hasServed: boolean;
  readonly memoryUsedBytes: number;
  readonly memoryLimitBytes: number;
  readonly initDurationMs: number | null;
  readonly logStream: string;
};

/** What a function is to those who call it or act in its name. */
type FunctionSummary = {
  /** With the qualifier that was asked for. */
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly handler: string;
};

type AliasRoute = Pick<Alias, 'version' | 'weights'>;

/** AWS Lambda of one region: functions in processes, and the API that manages them. */
export function createLambda(options: LambdaOptions): Lambda {
  const { clock, state, region, credentials, endpointUrl, fetchObject, onError, observer = noObserver } = options;
  const { executionClock = clock } = options;
  const functions = new FunctionStore(state);
  const layers = new LayerStore({ state, region, clock });
  const code = new CodeStore(state.directory === undefined ? undefined : join(state.directory, 'lambda', 'code'));
  const watchdog = new MemoryWatchdog();
  const guard = new ProcessGuard();
  const { nodeOptions = [] } = options.inspector ?? {};
  const launcher = new RuntimeLauncher({ clock, entry: code.entry, guard, nodeOptions });
  const maxEnvironments = options.maxEnvironments ?? Math.max(4, 2 * availableParallelism());
  const pool = new EnvironmentPool({
    clock,
    maxEnvironments,
    idleMemoryBytes: options.idleMemoryBytes ?? Math.max(512 * 1024 * 1024, totalmem() / 4),
    start: (version, type, onEnd) =>
      startEnvironment({ ...options, clock: executionClock, code, watchdog, launcher }, version, type, onEnd),
    // A debugger stays attached to its process while its user reads code.
    keepsIdle: options.inspector !== undefined,
    onSweep: () => code.removeUnused([...codeOf(functions), ...layers.code(), ...pool.codeInUse()]),
  });
  const metrics = new FunctionMetrics(options.onMetric);
  const concurrency = new Concurrency(options.invocationLimits);
  const provisioned = new ProvisionedEnvironments({
    clock: executionClock,
    functions,
    pool,
    maxProcesses: maxEnvironments,
    onError,
  });
  const { onInvocation } = options;
  const run = runFunction({ clock, pool, concurrency, provisioned, metrics, observer, onInvocation });
  const queue = new AsyncQueue({ clock, state, functions, run, metrics, observer, deliver: options.deliver, onError });
  const invoker = lambdaInvoker({ functions, run, queue, region });
  const loadCode = codeLoader(code, fetchObject);
  const actions = new FunctionActions({
    clock,
    functions,
    loadCode,
    layers: new FunctionLayers({ layers, code, region }),
    pool,
    mayAssume: options.mayAssume,
    keys: options.keys,
  });
  const find = (name: string) => functions.get(parseFunctionName(name), region);

  const urls = new FunctionUrls({ functions, region, clock });
  const publish = layerPublisher(layers, loadCode);
  const download = presignedDownload({ endpointUrl, credentials, clock });
  const addressOf = (urlId: string): string => `${addressById(endpointUrl(), urlId)}/`;

  const routes = [
    invokeRoute(invoker),
    invokeStreamRoute(invoker, onError),
    ...functionRoutes({ functions, actions, code, download }),
    ...aliasRoutes(functions),
    ...provisionedRoutes({ functions, environments: provisioned, clock }),
    ...permissionRoutes(functions),
    ...eventInvokeRoutes(functions, clock),
    ...functionSettingsRoutes(functions),
    ...urlRoutes(urls, addressOf),
    ...layerRoutes({ layers, code, publish, download }),
  ];

  return {
    api: restJsonApi('lambda', routes),
    routes,
    invoker,
    urls,
    resourceTypes: [
      ...functionResourceTypes({ functions, actions, provisioned, clock }),
      urlType(urls, addressOf),
      ...layerResourceTypes(layers, publish),
    ],
    find(functionName) {
      try {
        const { record, version, arn } = functions.resolve(parseFunctionName(functionName), region);
        const { role: roleArn, timeout: timeoutSeconds, handler } = version;
        return { arn, name: record.name, roleArn, timeoutSeconds, handler };
      } catch (error) {
        if (error instanceof AwsError) return undefined;
        throw error;
      }
    },
    aliases: {
      routeOf(functionName, alias) {
        const record = find(functionName);
        const { version, weights } = getAlias(record, alias);
        return { functionName: record.name, version, weights };
      },
      setRoute(functionName, alias, { version: FunctionVersion, weights }) {
        updateAlias(find(functionName), alias, { FunctionVersion, weights });
        functions.changed();
      },
    },
    policyOf(functionArn) {
      const { name, qualifier } = parseFunctionName(functionArn);
      const policy = functions.find(name)?.policies[policyKey(qualifier)];
      return policy === undefined ? undefined : policyDocument(policy);
    },
    async updateCode(functionName, zip) {
      await actions.updateCode(find(functionName), { zip });
    },
    environmentCount: (functionName) => pool.size(functionName),
    environments: () =>
      Array.from(pool.views(), ({ version, environment, log, isCold, isIdle }) => ({
        functionName: version.functionName,
        version: version.version,
        pid: environment.pid,
        state: isIdle ? 'idle' : environment.initDuration === undefined ? 'starting' : 'busy',
        hasServed: !isCold,
        memoryUsedBytes: environment.memoryBytes,
        memoryLimitBytes: environment.memoryLimitBytes,
        initDurationMs: environment.initDuration ?? null,
        logStream: log.stream,
      })),
    pending: () => queue.pending(),
    running: () => concurrency.runningFunctions(),
    reset: () => queue.reset(),
    resume() {
      provisioned.reconcile();
      queue.resume();
    },
    async close() {
      queue.close();
      await pool.close();
      watchdog.close();
      launcher.close();
      guard.close();
      code.close();
    },
  };
}

function codeOf(functions: FunctionStore): string[] {
  return functions.all().flatMap(({ latest, versions }) => [latest, ...versions].flatMap(packagesOf));
}
