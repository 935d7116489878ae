import { join } from 'node:path';
import type { Endpoint } from 'local-aws';
import {
  failureText,
  inspectNote,
  type SourceOf,
  StartError,
  startFromCommandLine,
  untilStopped,
} from 'local-aws/command';
import { localRegion } from '#shared/serverless/plugin/local/environment.ts';
import { apiDocument } from './api-document.ts';
import { readBuildOptions } from './build-options.ts';
import { DeployError, deploy, waitingNote } from './deploy.ts';
import { deployFailure } from './deploy-failure.ts';
import { parseCommand, type StartOptions } from './options.ts';
import { readProject, type Service, selectServices } from './project.ts';
import { summaryOf } from './summary.ts';
import type { Watcher } from './watch.ts';

const root = join(import.meta.dirname, '..', '..');
const workspace = join(root, '.local', 'deploy');

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'print') {
    (command.exitCode === 0 ? process.stdout : process.stderr).write(`${command.text}\n`);
    process.exitCode = command.exitCode;
    return;
  }
  const { options } = command;
  // Lines of JSON have the standard output for themselves.
  if (options.activity === 'json') console.log = console.error;
  const services = select(options);
  const stopping = new AbortController();
  const stopped = untilStopped(stopping);

  const began = performance.now();
  let watcher: Watcher | undefined;
  let sourceOf: SourceOf | undefined;
  const endpoint = await startFromCommandLine({
    ...options,
    portExample: 'npm start -- --port 4567',
    snapshots: join(root, '.local', 'snapshots'),
    apiDocument: async (stackName) => apiDocument(root, stackName),
    sourceOf: (...place) => sourceOf?.(...place),
  });
  try {
    console.log(`AWS endpoint ready on ${endpoint.url} (${seconds(began)} s)`);
    if (options.console) console.log(`Console: ${endpoint.url}/`);
    if (options.deploy) await deployAll(endpoint, services, options, stopping.signal);
    const summary = summaryOf({ root, services, endpoint });
    if (summary !== undefined) {
      console.log(`\n${summary.count} ready in ${seconds(began)} s:\n\n${summary.lines.join('\n')}\n`);
    }
    const isForDebugging = endpoint.inspectPort !== undefined;
    if (options.watch) watcher = await watch(endpoint, services, isForDebugging);
    sourceOf = watcher?.sourceOf;
    if (isForDebugging && !options.watch) {
      const { deployForDebugging } = await import('./watch.ts');
      ({ sourceOf } = await deployForDebugging(functionsOf(endpoint, services)));
    }
    if (endpoint.inspectPort !== undefined) console.log(inspectNote(endpoint.inspectPort));
    console.log('Ctrl-C stops everything.');
    await stopped;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await watcher?.close();
    await endpoint.close();
  }
}

function select({ services }: StartOptions): readonly Service[] {
  try {
    const project = readProject(root);
    return services === undefined ? project : selectServices(project, services);
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
}

async function deployAll(
  endpoint: Endpoint,
  services: readonly Service[],
  { verbose, params }: StartOptions,
  signal: AbortSignal,
): Promise<void> {
  const { startProgress } = await import('./progress.ts');
  const progress = verbose ? undefined : startProgress(process.stderr);
  const show = (): void => progress?.update(services.map(({ name }) => progressOf(endpoint, name)));
  const timer = setInterval(show, 100);
  try {
    await deploy({
      root,
      workspace,
      services,
      params,
      port: endpoint.port,
      environment: process.env,
      isEmpty: endpoint.stacks().length === 0,
      signal,
      onWait: (pid) => console.error(waitingNote(pid)),
      ...(verbose ? { onOutput: (text: string) => process.stderr.write(text) } : {}),
    });
    show();
  } finally {
    clearInterval(timer);
    progress?.stop();
  }
}

function progressOf(endpoint: Endpoint, name: string) {
  const stack = endpoint
    .stacks()
    .find((candidate) => candidate.name === `${name}-local` && candidate.region === localRegion);
  if (stack === undefined) return { name, state: 'waiting', detail: '' } as const;
  // The CLI first makes a stack of nothing but its bucket, then updates it to what the service is.
  const isDone = stack.status === 'UPDATE_COMPLETE';
  return { name, state: isDone ? 'done' : 'deploying', detail: `(${stack.resourceCount} resources)` } as const;
}

/** The functions of the services, with the sources that they are built from. In several regions they have the same. */
function functionsOf(endpoint: Endpoint, services: readonly Service[]) {
  const deployed = services.flatMap(({ name, path }) =>
    endpoint.functions(`${name}-local`).map((target) => ({
      ...target,
      folder: join(root, path),
      artifact: join(root, path, '.serverless', `${target.functionName.replace(`${name}-local-`, '')}.zip`),
    })),
  );
  return {
    root,
    functions: [...new Map(deployed.map((target) => [target.functionName, target])).values()],
    build: (folder: string) => readBuildOptions(root, folder),
    async updateCode(functionName: string, zip: Buffer): Promise<void> {
      const targets = deployed.filter((target) => target.functionName === functionName);
      await Promise.all(targets.map(({ functionArn }) => endpoint.updateCode(functionArn, zip)));
    },
  };
}

async function watch(endpoint: Endpoint, services: readonly Service[], isForDebugging: boolean): Promise<Watcher> {
  // As in deployAll: the endpoint does not wait for libraries that come into play later.
  const { watchFunctions } = await import('./watch.ts');
  const port = endpoint.port === 4566 ? '' : `EDGE_PORT=${endpoint.port} `;
  const deployCommand = `${port}npm run deploy -- --stage local`;
  const watcher = await watchFunctions({
    ...functionsOf(endpoint, services),
    isForDebugging,
    folders: ['shared', 'openapi', ...services.map(({ path }) => path)].map((folder) => join(root, folder)),
    onUpdated: (names, milliseconds) => console.log(`${names.join(', ')} updated in ${milliseconds} ms`),
    onMended: (service) => console.log(`${service} builds again, unchanged`),
    onTemplates: (files) => console.log(`${files.join(', ')} saved: a template changes with ${deployCommand}`),
    onError: (error) => console.error(error instanceof Error ? error.message : error),
  });
  console.log(`Watching the code of the functions. A change of serverless.yml takes ${deployCommand}`);
  return watcher;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

main().catch((error: unknown) => {
  if (error instanceof DeployError) {
    console.error(
      `\n${deployFailure(error.output)}\n${error.message} The whole output is in ${join(workspace, 'deploy.log')}.`,
    );
  } else {
    console.error(failureText(error));
  }
  process.exitCode = 1;
});
