import { join } from 'node:path';
import type { TestEndpoint } from 'local-aws/testing';
import { DeployError, deploy } from '#tools/dev/deploy.ts';
import { readProject, selectServices } from '#tools/dev/project.ts';
import { copyRepository } from './fixture-project.ts';

/** Deploys `services`, and what they need, from a copy of this repository, with `params` as an operator gives them. */
export function deployServices(
  services: readonly string[],
  params: Readonly<Record<string, string>>,
): (endpoint: TestEndpoint) => Promise<void> {
  return async ({ port }) => {
    using project = copyRepository();
    const root = project.folder;
    await withOutput(
      deploy({
        root,
        workspace: join(root, '.local', 'deploy'),
        services: selectServices(readProject(root), services),
        params,
        port,
        environment: process.env,
      }),
    );
  };
}

/** Adds the output of a deploy that fails to its error. */
export async function withOutput(deployed: Promise<void>): Promise<void> {
  try {
    await deployed;
  } catch (error) {
    throw error instanceof DeployError ? new Error(`${error.output}\n${error.message}`) : error;
  }
}
