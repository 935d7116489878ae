import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { root } from '#test/support/fixture-project.ts';
import { commandsOf, runCommands, shellBlocks } from '#test/support/readme-commands.ts';
import { readProject } from '#tools/dev/project.ts';

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;

// Other tests have users and players of the same names. Jest runs these hooks in the order of their calls.
afterAll(() => aws.reset());
const aws = useEndpoint();
beforeAll(() => aws.reset());

it.each([...readProject(root), { name: 'the project', path: '.' }])(
  'the commands in the README of $name do what it says, as printed',
  async ({ path }) => {
    const blocks = shellBlocks(readFileSync(join(path, 'README.md'), 'utf8')).filter(
      (each) => !each.includes('npm ci'),
    );
    const firstWithCli = blocks.findIndex((block) => /\baws /.test(block));
    const runnable = hasAwsCli || firstWithCli === -1 ? blocks : blocks.slice(0, firstWithCli);
    const commands = runnable.flatMap(commandsOf);
    const port = String(aws.port);
    const results = await runCommands(
      commands.map((command) => ({ ...command, code: command.code.replaceAll('localhost:4566', `localhost:${port}`) })),
      {
        cwd: path,
        env: {
          ...process.env,
          EDGE_PORT: port,
          AWS_PAGER: '',
          PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
        },
      },
    );
    for (const [index, { code, expectedStatus, expectedText }] of commands.entries()) {
      const { status, output = '' } = results[index] ?? {};
      if (code.startsWith('curl ') || expectedStatus !== undefined)
        expect({ code, output, status }).toMatchObject({ status: expectedStatus });
      if (expectedText !== undefined && !output.includes(expectedText)) {
        throw new Error(`The output of ${code}lacks ${expectedText}:\n${output}`);
      }
    }
  },
);
