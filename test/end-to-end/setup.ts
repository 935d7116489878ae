import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Endpoint, startEndpoint } from '#local/endpoint.ts';
import { deploy } from '#local/start/deploy.ts';
import { readProject } from '#local/start/project.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let endpoint: Endpoint | undefined;

/** Boots the endpoint on a free port and deploys every service to it with the real CLI, once for all the files. */
export async function globalSetup(): Promise<void> {
  endpoint = await startEndpoint({ port: 0, persist: undefined, onError: (error) => console.error(error) });
  await deploy({
    root,
    workspace: join(root, '.local', 'test'),
    services: readProject(root),
    port: endpoint.port,
    environment: process.env,
  });
  process.env.TEST_ENDPOINT_URL = endpoint.url;
}

export async function globalTeardown(): Promise<void> {
  await endpoint?.close();
}
