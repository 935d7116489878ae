import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Inspector } from '../debug/inspect-functions.ts';
import type { CodeStore } from './code-store.ts';
import { ExecutionEnvironment } from './environment.ts';
import { EnvironmentLog } from './environment-log.ts';
import type { FunctionVersion } from './function-record.ts';
import { hasParametersExtension, optPackage } from './layers/function-layers.ts';
import type { MemoryWatchdog } from './memory-watchdog.ts';
import type { RuntimeLauncher } from './runtime-launcher.ts';

export type StartOptions = {
  readonly clock: Clock;
  readonly logs: LogSink;
  readonly credentials: CredentialStore;
  readonly code: CodeStore;
  readonly endpointUrl: () => string;
  readonly localAddresses?: (text: string) => string;
  readonly watchdog: MemoryWatchdog;
  readonly launcher: RuntimeLauncher;
  readonly mayWriteLog: MayWriteLog;
  readonly inspector?: Inspector | undefined;
};

/** Why an environment was started: for an event, or ahead of events. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** Whether a function's role lets it write its log stream. Asked once for each execution environment. */
export type MayWriteLog = (log: {
  readonly roleArn: string;
  readonly functionName: string;
  readonly group: string;
  readonly stream: string;
}) => boolean;

const maxResponseBytes = 6_291_556;
const systemPath = '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin';

/** Starts a process that runs `version`, as the role of its function. */
export function startEnvironment(
  options: StartOptions,
  version: FunctionVersion,
  initializationType: InitializationType,
  onEnd: () => void,
): { environment: ExecutionEnvironment; log: EnvironmentLog } {
  const { clock, logs, credentials, code, endpointUrl, localAddresses, watchdog, launcher, mayWriteLog } = options;
  const { inspector } = options;
  const log = new EnvironmentLog({ clock, sink: logs, version, initializationType, mayWrite: mayWriteLog });
  const taskRoot = code.taskRoot(version.codeSha256);
  const opt = optRoot(code, version);
  log.initStart();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(version.role, version.functionName);
  const region = version.functionArn.split(':')[3] ?? '';
  const environment = new ExecutionEnvironment({
    clock,
    memoryMb: version.memorySize,
    onLog: (lines) => log.write(lines),
    onEnd,
    watchdog,
    launcher,
    onInspector: inspector && ((pid, url) => inspector.add({ functionName: version.functionName, pid, url })),
    settings: {
      handler: version.handler,
      taskRoot,
      opt,
      hasParametersExtension: hasParametersExtension(version.layers),
      // Beside the code, so that it goes with the package.
      compileCache: join(dirname(taskRoot), 'compile-cache'),
      allowsCallbacks: version.runtime === 'nodejs20.x' || version.runtime === 'nodejs22.x',
      logFormat: version.logging.format,
      logLevel: version.logging.applicationLevel,
      maxResponseBytes,
      isInspected: inspector !== undefined,
      context: {
        functionName: version.functionName,
        functionVersion: version.version,
        memoryLimitInMB: String(version.memorySize),
        logGroupName: version.logging.group,
        logStreamName: log.stream,
      },
    },
    // All of it: nothing of the endpoint's own environment is seen by a function.
    variables: {
      PATH: `${systemPath}:/opt/bin`,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      AWS_ENDPOINT_URL: endpointUrl(),
      // SDKs put the bucket before a name, and not every system resolves names below `localhost`.
      AWS_ENDPOINT_URL_S3: endpointUrl().replace('//localhost:', '//127.0.0.1:'),
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      ...optVariables(opt),
      ...mapValues(version.variables, localAddresses),
      ...debugVariables(version, inspector),
      _HANDLER: version.handler,
      LAMBDA_TASK_ROOT: taskRoot,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: version.functionName,
      AWS_LAMBDA_FUNCTION_VERSION: version.version,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memorySize),
      AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
      AWS_LAMBDA_LOG_GROUP_NAME: version.logging.group,
      AWS_LAMBDA_LOG_STREAM_NAME: log.stream,
      ...(version.logging.format === 'JSON'
        ? { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: version.logging.applicationLevel }
        : {}),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  });
  return { environment, log };
}

function optRoot(code: CodeStore, { layers }: FunctionVersion): string | undefined {
  const merged = optPackage(layers);
  return merged === undefined ? undefined : code.taskRoot(merged);
}

/** Where Node, shells and the dynamic linker look into `/opt`. */
function optVariables(opt: string | undefined): Readonly<Record<string, string>> {
  if (opt === undefined) return {};
  const modules = [join(opt, 'nodejs', 'node24', 'node_modules'), join(opt, 'nodejs', 'node_modules')];
  const libraries = join(opt, 'lib');
  return {
    PATH: `${systemPath}:${join(opt, 'bin')}`,
    NODE_PATH: modules.join(delimiter),
    ...(existsSync(libraries) && { LD_LIBRARY_PATH: libraries }),
  };
}

function debugVariables(
  { variables: { NODE_OPTIONS: own = '' } }: FunctionVersion,
  inspector: Inspector | undefined,
): Readonly<Record<string, string>> {
  const { NODE_OPTIONS, ...rest } = inspector?.variables ?? {};
  return NODE_OPTIONS === undefined ? rest : { ...rest, NODE_OPTIONS: `${NODE_OPTIONS} ${own}`.trim() };
}

function mapValues(
  variables: Readonly<Record<string, string>>,
  change: (value: string) => string = (value) => value,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, change(value)]));
}
