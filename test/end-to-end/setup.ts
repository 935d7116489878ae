import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StartedTestEndpoint, startTestEndpoint } from 'local-aws/testing';
import { withOutput } from '#test/support/deploy-services.ts';
import { deploy } from '#tools/dev/deploy.ts';
import { readProject } from '#tools/dev/project.ts';

const root = join(import.meta.dirname, '..', '..');
const workspace = join(root, '.local', 'test');
let endpoint: StartedTestEndpoint | undefined;

/** Starts an endpoint and deploys every service to it with the real CLI, once for all files, which share it. */
export default async function startEndpointOfAll(): Promise<void> {
  endpoint = await startTestEndpoint({
    url: false,
    deploy: ({ port }) =>
      withOutput(deploy({ root, workspace, services: readProject(root), port, environment: process.env })),
  });
  process.env.LOCAL_AWS_ENDPOINT_URL = endpoint.url;
}

export async function stopEndpoint(): Promise<void> {
  if (endpoint === undefined) return;
  await keepGrantUsage(endpoint.url, join(workspace, 'iam-usage.json'));
  await endpoint.stop();
}

/** What the tests made of the roles' permissions, for `npm run test:iam`. */
async function keepGrantUsage(url: string, file: string): Promise<void> {
  writeFileSync(file, await (await fetch(`${url}/_local/iam`)).text());
}
