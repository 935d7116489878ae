import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { startEndpoint } from 'local-aws';
import { ShiftableClock } from 'local-aws/testing';
import { serveControl } from '#test/support/endpoint-control.ts';
import { DeployError, deploy } from '#tools/dev/deploy.ts';
import { readProject } from '#tools/dev/project.ts';

const root = join(import.meta.dirname, '..', '..');
const running = new AsyncDisposableStack();

/** Boots the endpoint on a free port and deploys every service to it with the real CLI, once for all the files. */
export default async function startEndpointOfAll(): Promise<void> {
  const clock = new ShiftableClock();
  const errors: string[] = [];
  const onError = (error: unknown): void => {
    errors.push(inspect(error));
    console.error('The endpoint failed:', error);
  };
  try {
    const endpoint = await startEndpoint({ port: 0, persist: undefined, clock, onError });
    running.defer(() => endpoint.close());
    const control = await serveControl(clock, errors);
    running.defer(() => control.close());
    const workspace = join(root, '.local', 'test');
    await deploy({
      root,
      workspace,
      services: readProject(root),
      port: endpoint.port,
      environment: process.env,
    });
    running.defer(() => keepGrantUsage(endpoint.url, join(workspace, 'iam-usage.json')));
    process.env.TEST_ENDPOINT_URL = endpoint.url;
    process.env.TEST_CONTROL_URL = control.url;
  } catch (error) {
    // Without a setup there is no teardown.
    await stopEndpoint();
    throw error instanceof DeployError ? new Error(`${error.output}\n${error.message}`) : error;
  }
}

/** What the tests made of the roles' permissions, for `npm run test:iam`. */
async function keepGrantUsage(url: string, file: string): Promise<void> {
  writeFileSync(file, await (await fetch(`${url}/_local/iam`)).text());
}

export async function stopEndpoint(): Promise<void> {
  await running.disposeAsync();
}
