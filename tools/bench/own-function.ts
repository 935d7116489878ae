import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { readBuildOptions } from '../dev/build-options.ts';
import type { ProbedFunction } from './cold-start.ts';
import { restRequest } from './rest-request.ts';

/** Functions of tasks whose work other projects have, too. */
const functions = {
  createTask: {
    entry: 'create-task.ts',
    event: restRequest('POST', '/tasks', { title: 'A task' }),
    answer: {},
  },
  listTasks: {
    entry: 'list-tasks.ts',
    event: restRequest('GET', '/tasks'),
    answer: { Items: [], Count: 0, ScannedCount: 0 },
  },
} as const;

export type OwnName = keyof typeof functions;

export const ownNames = ['createTask', 'listTasks'] as const satisfies readonly OwnName[];

/** A function as its deploy bundles it, with an event for it and what its table answers. */
export type OwnFunction = ProbedFunction & { readonly answer: object };

/** Bundles a function of tasks into `folder`. */
export async function bundleOwnFunction(name: OwnName, folder: string): Promise<OwnFunction> {
  const { entry, event, answer } = functions[name];
  const root = join(import.meta.dirname, '..', '..');
  const service = resolve(root, 'services', 'tasks');
  const file = join(folder, `${name}.cjs`);
  await build({
    ...readBuildOptions(root, service),
    absWorkingDir: service,
    entryPoints: [join('src', 'handlers', entry)],
    bundle: true,
    outfile: file,
    logLevel: 'silent',
  });
  return { file, handler: 'handler', event, answer, environment: functionEnvironment({ TASKS_TABLE_NAME: 'tasks' }) };
}

/** The environment of a function, as far as Lambda and the account set it. */
export function functionEnvironment(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/bin',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    CORS_ALLOW_ORIGIN: '*',
    AUTH: 'none',
    ...own,
  };
}
