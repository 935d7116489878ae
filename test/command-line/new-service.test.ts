import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { withOutput } from '#test/support/deploy-services.ts';
import { copyRepository, type FixtureProject } from '#test/support/fixture-project.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { type Finished, runCommand } from '#test/support/run-command.ts';
import { serviceClient } from '#test/support/service-client.ts';
import { deploy } from '#tools/dev/deploy.ts';
import { readProject, selectServices } from '#tools/dev/project.ts';

describe('npm run new-service', () => {
  let project: FixtureProject;
  const aws = useEndpoint({ url: false });
  const apis = { 'book-notes': 'rest', gadgets: 'http' } as const;
  const services = Object.keys(apis);
  beforeAll(() => {
    project = copyRepository('test', '.gitignore', 'biome.json', 'jest.config.js', 'redocly.yaml', 'tsconfig.json');
  });
  afterAll(() => project[Symbol.dispose]());

  const run = (command: string, ...args: string[]): Promise<Finished> =>
    runCommand(command, args, { cwd: project.folder, env: process.env });
  const newService = (...args: string[]) => run(process.execPath, 'tools/new-service/run.ts', ...args);
  const read = (file: string) => readFileSync(join(project.folder, file), 'utf8');

  it('explains itself, and refuses bad and taken names by name', async () => {
    expect(await newService('--help')).toMatchObject({ exitCode: 0, output: expect.stringContaining('--api') });
    const refusals = [
      [['Books'], /not "Books"/],
      [['../books'], /not "\.\.\/books"/],
      [['tasks'], /has a service tasks already/],
      [['books', 'more'], /Give one name/],
      [['books', '--item', 'books'], /--item must differ/],
      [['books', '--api', 'soap'], /--api takes rest or http, not "soap"/],
      [['a-name-that-is-too-long-for-roles'], /too long together/],
    ] as const;
    for (const [args, reason] of refusals) {
      const { exitCode, output } = await newService(...args);
      expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringMatching(reason) });
    }
  });

  it('makes services of both kinds, says what it made, and keeps the comments of shared files', async () => {
    const before = read('serverless-compose.yml');
    const pool = read('services/platform/user-pool.yml');
    for (const [name, api] of Object.entries(apis)) {
      const { exitCode, output } = await newService(name, '--api', api);
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      for (const file of [`services/${name}/serverless.yml`, `openapi/${name}.yml`, 'serverless-compose.yml']) {
        expect(output).toContain(file);
      }
    }
    expect(read('serverless-compose.yml').startsWith(before.trimEnd())).toBe(true);
    const comments = (text: string) => text.match(/#.*/g);
    expect(comments(read('services/platform/user-pool.yml'))).toStrictEqual(comments(pool));
  });

  it('never overwrites a file', async () => {
    const file = 'openapi/lamps.yml';
    writeFileSync(join(project.folder, file), 'mine');
    const { exitCode, output } = await newService('lamps');
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringContaining(`${file} exists`) });
    expect(read(file)).toBe('mine');
    expect(read('serverless-compose.yml')).not.toContain('lamps');
  });

  it('what it makes deploys, and its routes answer as its specification says', async () => {
    await withOutput(
      deploy({
        root: project.folder,
        workspace: join(project.folder, '.local', 'deploy'),
        services: selectServices(readProject(project.folder), services),
        port: aws.port,
        environment: process.env,
      }),
    );
    for (const name of services) {
      const contract = loadContract(`${name}.yml`, join(project.folder, 'openapi'));
      const client = await serviceClient(name, aws.url);
      const [create, get] = contract.operations.map(({ operationId }) => operationId);
      const created = await client.send({ method: 'POST', path: `/${name}`, body: { name: 'First' } });
      contract.checkAnswer(create ?? '', created);
      expect(created.statusCode).toBe(201);
      const location = new URL(created.headers.location ?? '', `${client.url}/${name}`).href;
      const found = await client.send({ path: location.slice(client.url.length) });
      contract.checkAnswer(get ?? '', found);
      expect(JSON.parse(found.body)).toStrictEqual(JSON.parse(created.body));
    }
  });

  it('what it makes passes the checks and the tests of this project', async () => {
    const made = services.flatMap((name) => [`services/${name}`, `test/end-to-end/${name}.test.ts`]);
    writeFileSync(
      join(project.folder, 'tsconfig.made.json'),
      JSON.stringify({ extends: './tsconfig.json', include: made }),
    );
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...made, 'test/route-scopes'];
    const checks = [
      ['tsc', '--noEmit', '--project', 'tsconfig.made.json'],
      ['biome', 'check', ...made],
      ['redocly', 'lint', ...services.map((name) => `openapi/${name}.yml`)],
      [process.execPath, ...jest, '--selectProjects', 'unit'],
    ];
    for (const [command = '', ...args] of checks) {
      const { exitCode, output } = await run(command, ...args);
      expect({ command, exitCode, output }).toMatchObject({ exitCode: 0 });
    }
  });
});
