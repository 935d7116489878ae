import { join } from 'node:path';
import { inspect } from 'node:util';
import { startEndpoint } from 'local-aws';
import { DeployError, deploy } from '#tools/dev/deploy.ts';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { copyRepository } from './fixture-project.ts';

/** An endpoint of its own, with some services on it. */
export type DeployedStage = AsyncDisposable & { readonly url: string };

/**
 * Boots another endpoint and deploys `services`, and what they need, with `params` as an operator would give them.
 *
 * @param prepare makes what has to be there before, at the endpoint's URL
 */
export async function deployedStage(
  services: readonly string[],
  params: Readonly<Record<string, string>>,
  prepare: (url: string) => Promise<void> = async () => {},
): Promise<DeployedStage> {
  const running = new AsyncDisposableStack();
  const onError = (error: unknown): void => console.error('The endpoint failed:', inspect(error));
  try {
    const endpoint = await startEndpoint({ port: 0, persist: undefined, onError });
    running.defer(() => endpoint.close());
    await prepare(endpoint.url);
    const project = copyRepository();
    running.use(project);
    const root = project.folder;
    await deploy({
      root,
      workspace: join(root, '.local', 'deploy'),
      services: selectServices(readProject(root), services),
      params,
      port: endpoint.port,
      environment: process.env,
    });
    return { url: endpoint.url, [Symbol.asyncDispose]: () => running.disposeAsync() };
  } catch (error) {
    await running.disposeAsync();
    throw error instanceof DeployError ? new Error(`${error.output}\n${error.message}`) : error;
  }
}
