import { join } from 'node:path';
import * as z from 'zod';
import { endpointPort } from '#shared/serverless/plugin/local/environment.ts';
import type { DeployResult } from '#tools/deploy/deploy-result.ts';
import { describeResult, summarize } from '#tools/deploy/describe-result.ts';
import { endpointClients } from '#tools/deploy/endpoint-stack.ts';
import { readOutputs, resolveParams } from '#tools/deploy/plan.ts';
import { DeployError, deploy, waitingNote } from '#tools/dev/deploy.ts';
import { deployFailure } from '#tools/dev/deploy-failure.ts';
import type { Params } from '#tools/dev/params.ts';
import type { Service } from '#tools/dev/project.ts';
import { askEndpoint } from './endpoint-url.ts';

type LocalDeploy = {
  readonly root: string;
  readonly workspace: string;
  readonly services: readonly Service[];
  /** The only service to deploy; the others are what it needs. */
  readonly service: string | undefined;
  readonly params: Params;
  readonly args: readonly string[];
};

/**
 * Deploys to the endpoint, with one line for each service and one about all of them.
 * @returns the exit status
 */
export async function deployLocal({ root, workspace, services, service, params, args }: LocalDeploy): Promise<number> {
  const began = performance.now();
  const port = endpointPort(process.env);
  const isVerbose = args.includes('--verbose');
  const selected = service === undefined ? services : [await withOutputs(services, service, port)];
  const width = Math.max(...selected.map(({ name }) => name.length));
  const ended = new Map<string, DeployResult>();
  try {
    const results = await deploy({
      root,
      workspace,
      services: selected,
      params,
      port,
      environment: process.env,
      isForced: args.includes('--force'),
      onWait: (pid) => console.error(waitingNote(pid)),
      onResult: (result) => {
        ended.set(result.service, result);
        console.log(describeResult(result, width));
      },
      ...(isVerbose && { onOutput: (text: string) => process.stderr.write(text) }),
    });
    console.log(`\n${summarize(results, (performance.now() - began) / 1000)}`);
    const isChanged = results.some(({ state }) => state !== 'unchanged');
    if (isChanged) for (const line of await addresses(selected, port)) console.log(line);
    return 0;
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    const isExplained = [...ended.values()].some(({ state }) => state === 'failed');
    if (!isVerbose && !isExplained) console.error(deployFailure(error.output));
    for (const { name } of selected) if (!ended.has(name)) console.log(`${name.padEnd(width)}  not deployed`);
    console.error(`\n${error.message} The whole output is in ${join(workspace, 'deploy.log')}.`);
    return 1;
  }
}

/** Where the APIs of these services are, one line each. */
async function addresses(services: readonly Service[], port: number): Promise<readonly string[]> {
  const answer = await askEndpoint(`http://localhost:${port}`, '/_local/apis');
  const apis = z.array(z.object({ stack: z.string(), url: z.string() })).parse(await answer.json());
  const width = Math.max(...services.map(({ name }) => name.length));
  const own = services.flatMap(({ name }) =>
    apis.filter(({ stack }) => stack === `${name}-local`).map(({ url }) => `${name.padEnd(width)}  ${url}`),
  );
  return own.length === 0 ? [] : ['', ...own];
}

/** A service whose parameters are the outputs that the others have now. */
async function withOutputs(services: readonly Service[], name: string, port: number): Promise<Service> {
  using clients = endpointClients(port);
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`There is no service "${name}".`);
  const outputs = await readOutputs(clients, service.needs);
  const { dependsOn: _, ...settings } = service.settings;
  return { ...service, needs: [], settings, params: resolveParams(service.params, outputs) };
}
